"""A bench that is about to begin: an empty account with a portal, at some instant.

Decides: what every account has from the start.  Does not know sockets, or backends.
"""

from __future__ import annotations

from rehearsal_harness.core.requests.portal_configurations import save_default_portal
from rehearsal_harness.core.world import Settings, World
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.clock import SimulatedClock
from rehearsal_specs.reader import read_dunning, read_retry_tables, read_rules


def bench_of(*, at: int, speed: float = 1.0, seed: int = 1) -> Bench:
    """A bench at the unix second `at`; equal seeds and requests give equal ids."""
    rules, dunning = read_rules(), read_dunning()
    clock = SimulatedClock(at, speed)

    def start(account_id: str) -> World:
        settings = Settings(account_id=account_id)
        return save_default_portal(World.start(rules, dunning, at=clock.now(), seed=seed, settings=settings))

    main = save_default_portal(World.start(rules, dunning, at=at, seed=seed))
    return Bench(main, start, clock, retries_s=read_retry_tables()["test"].delays_s)
