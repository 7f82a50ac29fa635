"""What a search can say: violations, findings, counts and a verdict.

Decides: the words PROVED, REFUTED and UNDETERMINED and what each needs.  Does not know how a schedule was
found.  UNDETERMINED is never a pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rehearsal_harness.core.node import Move


class Verdict(StrEnum):
    """PROVED means every schedule; UNDETERMINED is never a pass."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    UNDETERMINED = "UNDETERMINED"

    @property
    def severity(self) -> int:
        """The higher, the worse; a whole is as bad as its worst part."""
        return (Verdict.PROVED, Verdict.UNDETERMINED, Verdict.REFUTED).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A property that does not hold at a node; `at` is the unix second asked about."""

    property_id: str
    at: int
    subject: str
    expected: str
    observed: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A violation and the schedule that leads to it.

    `moves` is the schedule; `other` the schedule it disagrees with, when two are compared.  `shortest` is
    True when every schedule with fewer deliveries was tried; otherwise the schedule is only minimal.
    """

    violation: Violation
    moves: tuple[Move, ...]
    other: tuple[Move, ...] = ()
    found_with: int = 0
    shortest: bool = False

    @property
    def deliveries(self) -> int:
        """How many deliveries the schedule needs."""
        return deliveries_in(self.moves)


@dataclass(slots=True)
class Counts:
    """What a search did; `schedules` counts paths of the explored graph, without any duplicate that
    changes nothing.
    """

    events: int = 0
    nodes: int = 0
    deliveries: int = 0
    requests: int = 0
    probes: int = 0
    schedules: int = 0


def deliveries_in(moves: tuple[Move, ...]) -> int:
    """How many of the moves are attempts at a delivery."""
    return sum(move.event >= 0 and move.kind != "lose" for move in moves)
