"""A bench that is about to begin: an empty account with a portal at some instant, or what a file kept.

Decides: what every account has from the start, and what time a resumed bench has.  Does not know sockets, or
backends.
"""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path

from rehearsal_harness.core.requests.portal_configurations import save_default_portal
from rehearsal_harness.core.world import Settings, World
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.clock import SimulatedClock
from rehearsal_specs.reader import read_dunning, read_retry_tables, read_rules


def bench_of(*, at: int | None = None, speed: float = 1.0, seed: int = 1, state: Path | None = None) -> Bench:
    """A bench at the unix second `at`, or now; equal seeds and requests give equal ids.

    With a `state` that kept a world, the bench goes on from there: `seed` and an `at` that is past are of no
    account.  Raises StateError for a file that cannot be used.
    """
    rules, dunning = read_rules(), read_dunning()
    retries_s = read_retry_tables()["test"].delays_s
    clock = SimulatedClock(int(time.time()) if at is None else at, speed)
    main_id = Settings().account_id

    def start(account_id: str) -> World:
        settings = Settings(account_id=account_id)
        own = seed if account_id == main_id else _seed_of(seed, account_id)
        return save_default_portal(World.start(rules, dunning, at=clock.now(), seed=own, settings=settings))

    if state is None:
        return Bench(start(main_id), start, clock, retries_s=retries_s)

    from rehearsal_harness.serving.keeping import Keeper, resume
    from rehearsal_harness.serving.state import StateFile

    keeper = Keeper(StateFile.open(state), rules, dunning)
    note = keeper.note
    begins_at = note.get("now", 0) if at is None else max(at, note.get("now", 0))
    if note:
        clock = SimulatedClock(begins_at, speed)
    main = keeper.opened(main_id, start)
    bench = Bench(
        main, lambda account_id: keeper.opened(account_id, start), clock, retries_s=retries_s, keeper=keeper
    )
    for account_id in keeper.account_ids():
        if account_id != main_id:
            bench.by_key.open(account_id)
    resume(bench, note)
    return bench


def _seed_of(seed: int, account_id: str) -> int:
    """A seed of an account's own: an id, as in the address of a page, must not mean two objects."""
    return int.from_bytes(sha256(f"{seed}|{account_id}".encode()).digest()[:6])
