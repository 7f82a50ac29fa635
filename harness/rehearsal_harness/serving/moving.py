"""Moving the clock: from one thing that happens to the next, each with its webhooks, until it is there.

Decides: in which order time, tasks and deliveries take turns, so that a backend hears of an event at the
second at which it happened.  Does not know how anything is delivered.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

from rehearsal_harness.core.billing.due import is_due

if TYPE_CHECKING:
    from rehearsal_harness.serving.account import Account
    from rehearsal_harness.serving.bench import Bench

REST_S = 0.005
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
    rested_at: float = 0.0  # when others last had their turn, on the machine's own clock
    stopped: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.at = self.began_at

    def rest(self, bench: Bench) -> None:
        """Let pages and backends have their turn, and tell them how far it is, but not at each step."""
        now = time.monotonic()
        if now - self.rested_at > REST_S:
            self.rested_at = now
            bench.news.tell()
            time.sleep(0)


def move(bench: Bench, moving: Moving) -> None:
    """Carry out a move; the clock stands still wherever it was stopped."""
    bench.clock.hold()
    try:
        _go(bench, moving, bench.clock.now())  # what is under way may plan the next thing
        while not moving.stopped.is_set():
            if not bench.is_heard:
                _hurry(bench, moving)
            due = bench.next_due(deliveries=moving.deliver)
            at = moving.to if due is None else min(due, moving.to)
            _go(bench, moving, max(at, bench.clock.now()))  # it may have run past while it was being asked
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
    moving.rest(bench)


def _hurry(bench: Bench, moving: Moving) -> None:
    """With nobody to be told at its second, the clock need not stop at each: it follows the world."""
    while not moving.stopped.is_set() and not bench.is_heard:
        due, account = min(
            ((each.world.next_due or moving.to + 1, each) for each in bench.accounts()), key=itemgetter(0)
        )
        if due > moving.to:
            return
        before = len(account.world.events)
        after = account.advance_some(moving.to)
        moving.events += len(after.events) - before
        moving.at = max(moving.at, min(after.now, moving.to))
        bench.clock.move_to(max(moving.at, bench.clock.now()))
        moving.rest(bench)


def _advance(account: Account, to: int, moving: Moving) -> int:
    before = len(account.world.events)
    while not moving.stopped.is_set():
        if not is_due(account.world, to):
            break
        account.advance_some(to)
    return len(account.world.events) - before


def _settle(bench: Bench, moving: Moving, at: int) -> None:
    deadline = time.monotonic() + SETTLE_S
    while not moving.stopped.is_set() and time.monotonic() < deadline:
        if bench.outbox.wait_settled(at, 0.25):
            return
