"""Carry a search's commands to a target, within a budget, and let it be watched.

Decides: when a search is stopped.  Does not know what it searches.  The only module of the rehearsal that
looks at the real clock; a search that is stopped keeps what it found.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any, Protocol, TypeVar

from rehearsal_harness.core.commands import Command
from rehearsal_harness.core.exploration import Exploration, Outcome

T = TypeVar("T")
_REAL = (time.perf_counter,)  # in a tuple, where a frozen process does not replace it
LOOK_EVERY = 2_000  # commands between two looks at the clock


def real_seconds() -> float:
    """Seconds of the real clock, also while the process's time is frozen."""
    return _REAL[0]()


class Target(Protocol):
    """Anything that can carry out commands."""

    def execute(self, command: Command) -> Any:
        """The answer to `command`."""


def drive(dialogue: Generator[Command, Any, T], target: Target) -> T:
    """What the dialogue returns once every command is answered."""
    answer: Any = None
    execute, send = target.execute, dialogue.send
    while True:
        try:
            command = send(answer)
        except StopIteration as stop:
            result: T = stop.value
            return result
        answer = execute(command)


def drive_search(
    exploration: Exploration,
    dialogue: Generator[Command, Any, Outcome],
    target: Target,
    *,
    budget_s: float | None = None,
    watch: Callable[[], None] | None = None,
) -> Outcome:
    """Like `drive`; after `budget_s` seconds, or on Ctrl-C, the search stops and says so."""
    deadline = None if budget_s is None else real_seconds() + budget_s
    answer: Any = None
    execute, send = target.execute, dialogue.send
    left = LOOK_EVERY
    while True:
        try:
            command = send(answer)
            answer = execute(command)
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome
        left -= 1
        if left == 0:
            left = LOOK_EVERY
            if watch is not None:
                watch()
            if deadline is not None and real_seconds() > deadline:
                exploration.stop = f"the budget of {budget_s:g} s was used up"
