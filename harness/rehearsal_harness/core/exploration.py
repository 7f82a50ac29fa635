"""Search every schedule of one story, depth first, rewinding instead of replaying.

Decides: the order of the search, what counts as seen, how schedules are counted, and when a search is
exhausted.  Does not know the backend: it yields commands and is sent answers.  No node is explored twice;
a duplicate that changes nothing is a self-loop, which stands for any number of them.
Rule: "The rehearsal need not try n! orders" in ARCHITECTURE.md.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from rehearsal_harness.core.checking import Checker, Observation
from rehearsal_harness.core.commands import Command, Digest, Mark, Rewind
from rehearsal_harness.core.findings import Counts, Finding, Violation, deliveries_in
from rehearsal_harness.core.moving import Landing, Moves
from rehearsal_harness.core.node import Move, Node
from rehearsal_harness.core.replaying import disagreement, echo, stuck

ECHOES_MAX = 3  # duplicates in one schedule that write, though nobody can tell; beyond it: UNDETERMINED


@dataclass(slots=True)
class Frame:
    """One node on the path that is being explored."""

    node: Node
    digest: bytes
    key: tuple[object, ...]
    moves: Iterator[Move]
    came_by: Move | None = None
    paths: int = 0
    cost: int = 0
    echoes: int = 0
    leads_on: bool = False


class Sample(NamedTuple):
    """A schedule to its end, and the digest of the store there; `score` chose it."""

    score: bytes
    moves: tuple[Move, ...]
    digest: bytes


@dataclass(slots=True)
class Outcome:
    """What a search found.  `incomplete` says why not every schedule was tried, "" when all were.

    `delivered` are the event types that some finished schedule saw acknowledged.
    """

    counts: Counts
    finding: Finding | None = None
    incomplete: str = ""
    reached: set[str] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)
    delivered: set[str] = field(default_factory=set)
    samples: list[Sample] = field(default_factory=list)


Search = Generator[Command, Any, Outcome]


class Exploration:
    """One search.  `stop` may be set from outside, to a reason; what was found until then is kept.

    `deliveries_max`: try only schedules with at most so many deliveries.  `samples`: keep so many schedules
    for the audit, chosen by `seed`.  `memo` False explores every path, for small stories and for comparison.
    """

    def __init__(
        self,
        moves: Moves,
        checker: Checker,
        counts: Counts,
        *,
        deliveries_max: int | None = None,
        memo: bool = True,
        samples: int = 0,
        seed: int = 0,
    ) -> None:
        self.counts = counts
        self.stop = ""
        self._moves = moves
        self._checker = checker
        self._deliveries_max = deliveries_max
        self._memo = memo
        self._samples = samples
        self._seed = seed
        self._closed: dict[tuple[object, ...], tuple[int, int]] = {}
        self._open: set[tuple[object, ...]] = set()
        self._first: dict[tuple[object, ...], bytes] = {}
        self._worlds: set[bytes] = set()
        self._settled: dict[tuple[object, ...], tuple[Observation, tuple[Move, ...]]] = {}
        self._outcome = Outcome(counts)

    def run(self, start: Node) -> Search:
        """Explore from `start`, whose store is what the target holds now."""
        stack: list[Frame] = []
        digest = yield Digest()
        violation = yield from self._enter(stack, start, digest, None)
        while stack and violation is None and not self.stop:
            frame = stack[-1]
            move = next(frame.moves, None)
            if move is None:
                violation = self._leave(stack)
                if stack and violation is None:
                    yield Rewind(len(stack) - 1)
                continue
            cost = frame.cost + deliveries_in((move,))
            if self._deliveries_max is not None and cost > self._deliveries_max:
                frame.leads_on = True
                continue
            violation = yield from self._try(stack, frame, move)
        if self.stop:
            self._outcome.incomplete = self.stop
        if violation is not None and self._outcome.finding is None:
            self._outcome.finding = self._finding(stack, None, violation)
        return self._outcome

    def _try(self, stack: list[Frame], frame: Frame, move: Move) -> Generator[Command, Any, Violation | None]:
        landing: Landing = yield from self._moves.go(frame.node, frame.digest, move)
        self._count(frame, move)
        if landing.not_simulated:
            self._outcome.incomplete = f"the backend asks for {landing.not_simulated}, which is not simulated"
        if move.kind == "crash" and landing.struck:
            frame.moves = _then(Move("crash", move.event, move.nth + 1), frame.moves)
        if landing.violation is not None:
            self._outcome.finding = self._finding(stack, move, landing.violation)
            return landing.violation
        if landing.node is frame.node and landing.digest == frame.digest:
            if landing.changed:
                yield Rewind(len(stack) - 1)
            return None
        frame.leads_on = True
        violation = yield from self._land(stack, frame, move, landing)
        if stack[-1] is frame and landing.changed:
            yield Rewind(len(stack) - 1)
        return violation

    def _land(
        self, stack: list[Frame], frame: Frame, move: Move, landing: Landing
    ) -> Generator[Command, Any, Violation | None]:
        key = landing.node.key(landing.digest)
        first = self._first.get(key, landing.digest)
        if first != landing.digest and not (
            yield from self._checker.same_seen(landing.node, first, landing.digest)
        ):
            key = (*key, landing.digest)  # the order of rows can be told, so it is part of the state
        cost = frame.cost + deliveries_in((move,))
        closed = self._closed.get(key) if self._memo else None
        if closed is not None and (self._deliveries_max is None or closed[1] <= cost):
            frame.paths += closed[0]
            return None
        if key in self._open:
            return None
        told_nothing = landing.node.handled == frame.node.handled and not landing.fetched
        echoes = told_nothing and landing.digest != frame.digest and move.event >= 0
        if echoes and move.kind == "duplicate":
            what = self._checker.deliverable(frame.node)[move.event].type
            violation = yield from echo(self._checker, frame.node, frame.digest, landing.digest, what)
            if violation is not None:
                self._outcome.finding = self._finding(stack, move, violation)
                return violation
        if echoes and frame.echoes >= ECHOES_MAX:
            self._outcome.incomplete = (
                f"deliveries that write again were tried only {ECHOES_MAX} times in a schedule"
            )
            return None
        return (yield from self._enter(stack, landing.node, landing.digest, move, key=key, echoes=echoes))

    def _enter(
        self,
        stack: list[Frame],
        node: Node,
        digest: bytes,
        move: Move | None,
        *,
        key: tuple[object, ...] = (),
        echoes: bool = False,
    ) -> Generator[Command, Any, Violation | None]:
        frame = Frame(node, digest, key or node.key(digest), self._moves.of(node), move)
        self._first.setdefault(frame.key, digest)
        if stack and move is not None:
            frame.cost = stack[-1].cost + deliveries_in((move,))
            frame.echoes = stack[-1].echoes + echoes
        self._open.add(frame.key)
        self.counts.nodes += 1
        self.counts.events = max(self.counts.events, len(self._checker.deliverable(node)))
        yield Mark(len(stack))
        stack.append(frame)
        self._reach(node)
        violation = yield from self._checker.check(node, digest)
        if violation is None:
            violation = yield from self._agree(stack, node, digest)
        return violation

    def _leave(self, stack: list[Frame]) -> Violation | None:
        """Close the node on top: all its futures are known."""
        frame = stack[-1]
        if self._moves.finished(frame.node):
            frame.paths += 1
            self._outcome.rows.update(event.row for event in frame.node.world.events)
            told = enumerate(self._checker.deliverable(frame.node))
            self._outcome.delivered.update(event.type for nth, event in told if frame.node.handled >> nth & 1)
            self._sample(stack, frame)
        elif not frame.leads_on:
            return stuck(self._checker, frame.node)
        stack.pop()
        self._open.discard(frame.key)
        self._closed[frame.key] = (frame.paths, frame.cost)
        if stack:
            stack[-1].paths += frame.paths
        else:
            self.counts.schedules = frame.paths
        return None

    def _sample(self, stack: list[Frame], frame: Frame) -> None:
        """Keep the schedules with the lowest scores: a sample that depends on the seed alone."""
        if not self._samples:
            return
        kept = self._outcome.samples
        score = blake2b(frame.digest + str((self._seed, frame.node[:-1])).encode(), digest_size=8).digest()
        if len(kept) < self._samples or score < kept[-1].score:
            kept.append(Sample(score, _moves_of(stack), frame.digest))
            kept.sort()
            del kept[self._samples :]

    def _agree(
        self, stack: list[Frame], node: Node, digest: bytes
    ) -> Generator[Command, Any, Violation | None]:
        """At quiescence, schedules that share story, clock and answers must share what is observed."""
        if self._checker.pending(node) or node.lost:
            return None
        key = (node.position, node.clock, node.world.version, node.people)
        seen = yield from self._checker.observe(node, digest)
        moves = _moves_of(stack)
        first, other = self._settled.setdefault(key, (seen, moves))
        violation = disagreement(first, seen)
        if violation is None:
            return None
        self._outcome.finding = Finding(
            violation=violation, moves=moves, other=other, found_with=deliveries_in(moves)
        )
        return violation

    def _count(self, frame: Frame, move: Move) -> None:
        if move.event < 0 or move.kind == "lose":
            return
        self.counts.deliveries += 1
        if move.kind == "duplicate":
            self._outcome.reached.add("sometimes_duplicate")
        elif frame.node.handled >> (move.event + 1):
            self._outcome.reached.add("sometimes_out_of_order")

    def _reach(self, node: Node) -> None:
        if node.world.version in self._worlds:
            return
        self._worlds.add(node.world.version)
        for subscription in node.world.subscriptions:
            self._outcome.reached.add(f"sometimes_{subscription.status}")

    def _finding(self, stack: list[Frame], move: Move | None, violation: Violation) -> Finding:
        moves = _moves_of(stack) + ((move,) if move else ())
        return Finding(violation=violation, moves=moves, found_with=deliveries_in(moves))


def _moves_of(stack: list[Frame]) -> tuple[Move, ...]:
    return tuple(frame.came_by for frame in stack if frame.came_by is not None)


def _then(first: Move, rest: Iterator[Move]) -> Iterator[Move]:
    yield first
    yield from rest
