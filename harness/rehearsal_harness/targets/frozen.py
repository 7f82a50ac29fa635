"""Freeze the clock of a backend that is not ours, and make sure that it is frozen everywhere.

Decides: that time stands still inside the process and moves only with a command.  The reference server is
handed its clock and needs none of this; a stranger's app calls time.time().  Everything is imported before
time is frozen, and nothing is left out of it: an ignored module would show two clocks to one app.
Source: https://github.com/spulec/freezegun (freezing is entered once, then moved).
"""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rehearsal_harness.targets.backend import REFERENCE

Move = Callable[[int], None]


class Clock:
    """The frozen clock that a backend is given; `follow` is moved along, for one that asks elsewhere."""

    __slots__ = ("_follow", "now")

    def __init__(self, now: int, follow: Callable[[int], None] | None = None) -> None:
        self.now = now
        self._follow = follow

    def begin(self) -> None:
        """Whoever follows is where it is."""
        if self._follow is not None:
            self._follow(self.now)

    def move(self, now: int) -> None:
        """From now on it is `now`."""
        if now != self.now:
            self.now = now
            if self._follow is not None:
                self._follow(now)

    def __call__(self) -> int:
        return self.now


class ClockNotFrozen(Exception):
    """Some way of asking for the time still gives the real one; the message names it."""


@contextmanager
def clock_for(app: str, at: int) -> Iterator[Move | None]:
    """Freeze the process at the unix second `at` for as long as the block runs, unless `app` is handed its
    clock; yields the function that moves the clock, or None.
    """
    if app == REFERENCE:
        yield None
        return
    with frozen(at) as move:
        probe(at)
        yield move


@contextmanager
def frozen(at: int) -> Iterator[Move]:
    """Freeze the process at the unix second `at`; yields the function that moves its clock."""
    with suppress(ImportError):  # imported while time stands still, it would keep the frozen classes
        import psycopg  # noqa: F401
    import freezegun
    from freezegun.config import configure

    configure(default_ignore_list=["_pytest.terminal.", "_pytest.runner."])
    with freezegun.freeze_time(_utc(at), real_asyncio=True) as clock:
        yield lambda second: clock.move_to(_utc(second))


def probe(at: int) -> None:
    """Ask for the time in every way that Python has; raises ClockNotFrozen."""
    answers = {
        "time.time()": int(time.time()),
        "datetime.now()": int(datetime.datetime.now(datetime.UTC).timestamp()),
        "time.time() in a thread": _in_thread(),
        "time.time() ten calls deep": _deep(10),
    }
    wrong = [name for name, second in answers.items() if second != at]
    if wrong:
        raise ClockNotFrozen(f"{', '.join(wrong)} gives the real time although the clock is frozen")


def _in_thread() -> int:
    seen: list[int] = []
    thread = threading.Thread(target=lambda: seen.append(int(time.time())))
    thread.start()
    thread.join()
    return seen[0]


def _deep(calls: int) -> int:
    return _deep(calls - 1) if calls else int(time.time())


def _utc(second: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(second, datetime.UTC).replace(tzinfo=None)
