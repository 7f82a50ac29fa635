"""Follow one schedule, move by move, without a search.

Decides: whether a schedule is possible, and which property it breaks.  Used to replay a finding from its
file, to make it shorter, and to rebuild nodes for the audit.  Does not know where the schedule came from.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rehearsal_harness.core.acting import NotPossible
from rehearsal_harness.core.checking import Checker, Observation, told_as
from rehearsal_harness.core.commands import Command, Digest
from rehearsal_harness.core.findings import Finding, Violation, deliveries_in
from rehearsal_harness.core.moving import Moves
from rehearsal_harness.core.node import Move, Node


class Line(NamedTuple):
    """One line of a trace: what happened at `clock`; `status` is the backend's, 0 when it was not asked."""

    clock: int
    move: Move
    what: str
    created: int
    status: int


@dataclass(slots=True)
class Trace:
    """A schedule that was followed; `impossible` says why it could not be, "" when it was."""

    lines: list[Line] = field(default_factory=list)
    violation: Violation | None = None
    impossible: str = ""
    digest: bytes = b""
    seen: Observation = ()


Following = Generator[Command, Any, Trace]


def follow(moves: Moves, checker: Checker, start: Node, schedule: Sequence[Move]) -> Following:
    """The trace of `schedule`; stops at the first violation."""
    trace, node = Trace(), start
    digest = yield Digest()
    trace.violation = yield from checker.check(node, digest)
    for move in schedule:
        if trace.violation is not None:
            break
        if not _possible(moves, node, move):
            trace.impossible = f"'{move.kind}' is not possible here"
            break
        what, created = _what(moves, checker, node, move)
        before = (node, digest)
        try:
            landing = yield from moves.go(node, digest, move)
        except NotPossible as error:
            trace.impossible = str(error)
            break
        node, digest = landing.node, landing.digest
        trace.lines.append(Line(node.clock, move, what, created, landing.status))
        trace.violation = landing.violation
        if trace.violation is None and move.kind == "duplicate" and not landing.fetched:
            trace.violation = yield from echo(checker, *before, digest, what)
        if trace.violation is None:
            trace.violation = yield from checker.check(node, digest)
    if trace.violation is None and not trace.impossible:
        trace.violation = yield from _stuck_here(moves, checker, node, digest)
    trace.digest = digest
    if trace.violation is None:
        trace.seen = yield from checker.observe(node, digest)
    return trace


def echo(
    checker: Checker, node: Node, before: bytes, after: bytes, what: str
) -> Generator[Command, Any, Violation | None]:
    """The violation when a duplicate that wrote something can be noticed; it was delivered at `node`."""
    if before == after:
        return None
    for subject, at in checker.questions(node, quiescent=False):
        first = checker.remembered(before, at, subject)
        second = yield from checker.ask(node, after, subject, at)
        if first is not None and first != second:
            return Violation(
                property_id="duplicate_changes_nothing",
                at=at,
                subject=f"{subject} after {what} again",
                expected=told_as(first),
                observed=told_as(second),
            )
    return None


def disagreement(first: Observation, second: Observation) -> Violation | None:
    """The violation when two quiescent schedules are observed to differ."""
    for (subject, at, before), (_, _, after) in zip(first, second, strict=True):
        if before != after:
            return Violation(
                property_id="order_does_not_matter",
                at=at,
                subject=subject,
                expected=f"{told_as(before)}, as in another order of the same deliveries",
                observed=told_as(after),
            )
    return None


def _stuck_here(
    moves: Moves, checker: Checker, node: Node, digest: bytes
) -> Generator[Command, Any, Violation | None]:
    """The violation when no move leads on from the end of a schedule."""
    if moves.finished(node):
        return None
    for move in list(moves.of(node)):
        landing = yield from moves.go(node, digest, move)
        if landing.node is not node or landing.digest != digest:
            return None
    return stuck(checker, node)


def stuck(checker: Checker, node: Node) -> Violation:
    """What is wrong at a node that no delivery and no waiting leaves."""
    pending = checker.pending(node)
    waiting = [event.type for i, event in enumerate(checker.deliverable(node)) if pending >> i & 1]
    return Violation(
        property_id="every_event_acknowledged",
        at=node.clock,
        subject=", ".join(waiting),
        expected="2xx by the last retry",
        observed="refused each time, and nothing changes any more",
    )


def candidates(finding: Finding) -> list[tuple[Move, ...]]:
    """Schedules with one delivery less, the last one first."""
    kept = range(len(finding.moves) - 1, -1, -1)
    return [
        (*finding.moves[:index], *finding.moves[index + 1 :])
        for index in kept
        if deliveries_in((finding.moves[index],))
    ]


def _possible(moves: Moves, node: Node, move: Move) -> bool:
    if move.kind == "crash":
        return bool(node.fault_left("crash"))
    return move in moves.of(node)


def _what(moves: Moves, checker: Checker, node: Node, move: Move) -> tuple[str, int]:
    if move.event >= 0:
        event = checker.deliverable(node)[move.event]
        return event.type, event.created
    if move.kind == "late":
        return "the last retry", 0
    return moves.actions[node.position].label(), 0
