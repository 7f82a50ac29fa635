"""Moving the clock: from one thing that happens to the next, each with its webhooks, until it is there.

Decides: in which order time, tasks and deliveries take turns, so that a backend hears of an event at the
second at which it happened.  Does not know how anything is delivered.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rehearsal_harness.core.billing.due import is_due

if TYPE_CHECKING:
    from rehearsal_harness.serving.account import Account
    from rehearsal_harness.serving.bench import Bench

SETTLE_S = 600  # how long one instant may wait for slow backends before time goes on without them


@dataclass(slots=True)
class Moving:
    """One move of the clock.  `at` is how far it has come; `events` how many events it has brought."""

    began_at: int
    to: int
    deliver: bool = True
    at: int = 0
    events: int = 0
    problem: str = ""
    is_done: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.at = self.began_at


def move(bench: Bench, moving: Moving) -> None:
    """Carry out a move; the clock stands still wherever it was stopped."""
    bench.clock.hold()
    try:
        _go(bench, moving, bench.clock.now())  # what is under way may plan the next thing
        while not moving.stopped.is_set():
            due = bench.next_due(deliveries=moving.deliver)
            at = moving.to if due is None else min(max(due, bench.clock.now()), moving.to)
            _go(bench, moving, at)
            if due is None or due > moving.to:
                break
    except Exception as problem:
        moving.problem = f"{type(problem).__name__}: {problem}"
        raise
    finally:
        bench.clock.release()
        moving.is_done = True
        moving.finished.set()
        bench.news.tell()


def _go(bench: Bench, moving: Moving, at: int) -> None:
    bench.clock.move_to(at)
    for account in bench.accounts():
        moving.events += _advance(account, at, moving)
    moving.at = at
    if moving.deliver:
        bench.outbox.wake()
        _settle(bench, moving, at)
    bench.news.tell()


def _advance(account: Account, to: int, moving: Moving) -> int:
    before = len(account.world.events)
    while not moving.stopped.is_set():
        if not is_due(account.world, to):
            break
        account.advance_some(to)
        time.sleep(0)  # pages and backends take their turn
    return len(account.world.events) - before


def _settle(bench: Bench, moving: Moving, at: int) -> None:
    deadline = time.monotonic() + SETTLE_S
    while not moving.stopped.is_set() and time.monotonic() < deadline:
        if bench.outbox.wait_settled(at, 0.25):
            return
