"""A bench that is about to begin: an empty account with a portal at some instant, or what a file kept.

Decides: what every account has from the start, and what time a resumed bench has.  Does not know sockets, or
backends.
"""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal_harness.core.requests.portal_configurations import save_default_portal
from rehearsal_harness.core.world import API_VERSION, Settings, World
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.clock import SimulatedClock
from rehearsal_specs.reader import read_dunning, read_retry_tables, read_rules
from rehearsal_specs.tables import Dunning, Rules

if TYPE_CHECKING:
    from rehearsal_harness.serving.keeping import Keeper


def bench_of(
    *,
    at: int | None = None,
    speed: float = 1.0,
    seed: int = 1,
    api_version: str | None = None,
    state: Path | None = None,
    held: bool = False,
) -> Bench:
    """A bench at the unix second `at`, or now; equal seeds and requests give equal ids.

    `api_version` is every account's, one of API_VERSIONS; None means the kept one, else the newest.
    With a `state` that kept a world, the bench goes on from there: `seed` and an `at` that is past are of no
    account.  `held`: no webhook leaves before `bench.webhooks.release()`.  Raises StateError for a file that
    cannot be used.
    """
    rules, dunning, main_id = read_rules(), read_dunning(), Settings().account_id
    clock = SimulatedClock(int(time.time()) if at is None else at, speed)
    keeper = None if state is None else _keeper(state, rules, dunning)
    version = api_version or (API_VERSION if keeper is None else keeper.api_version(main_id))

    def start(account_id: str) -> World:
        settings = Settings(account_id=account_id, api_version=version)
        own = seed if account_id == main_id else _seed_of(seed, account_id)
        return save_default_portal(World.start(rules, dunning, at=clock.now(), seed=own, settings=settings))

    note = {} if keeper is None else keeper.note
    if note:
        clock = SimulatedClock(note["now"] if at is None else max(at, note["now"]), speed)

    def opened(account_id: str) -> World:
        return start(account_id) if keeper is None else keeper.opened(account_id, start, version)

    retries_s = read_retry_tables()["test"].delays_s
    bench = Bench(opened(main_id), opened, clock, retries_s=retries_s, keeper=keeper)
    if held:
        bench.webhooks.hold()
    if keeper is not None:
        keeper.begin(bench, note)
    return bench


def _keeper(state: Path, rules: Rules, dunning: Dunning) -> Keeper:
    from rehearsal_harness.serving.keeping import Keeper
    from rehearsal_harness.serving.state import StateFile

    return Keeper(StateFile.open(state), rules, dunning)


def _seed_of(seed: int, account_id: str) -> int:
    """A seed of an account's own: an id, as in the address of a page, must not mean two objects."""
    return int.from_bytes(sha256(f"{seed}|{account_id}".encode()).digest()[:6])
