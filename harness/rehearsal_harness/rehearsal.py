"""Rehearse one story against one backend: search, then make what was found as short as it can be.

Decides: the verdict of a story, and when "shortest" is a fact.  Does not know Gherkin, nor how results are
shown. Up to SHORTEST_TRIED deliveries every schedule is tried, so there "shortest" is a fact; beyond it a
schedule is only minimal: without any one of its deliveries nothing breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import chain

from rehearsal_harness.core.checking import Checker
from rehearsal_harness.core.exploration import Exploration, Outcome, Sample
from rehearsal_harness.core.findings import Counts, Finding, Verdict
from rehearsal_harness.core.moving import Moves, Window
from rehearsal_harness.core.node import Move, Node
from rehearsal_harness.core.replaying import Trace, candidates, disagreement, follow
from rehearsal_harness.core.service import service_of
from rehearsal_harness.core.signed_in import Reconfigure
from rehearsal_harness.core.staging import stage, with_foreign_price, with_payment_links
from rehearsal_harness.core.story import Story
from rehearsal_harness.core.world import Settings, World
from rehearsal_harness.leaving_out import Leaving
from rehearsal_harness.targets.assemble import Place, make_target
from rehearsal_harness.targets.backend import Factory
from rehearsal_harness.targets.driver import drive, drive_search, real_seconds
from rehearsal_harness.targets.wsgi import WsgiTarget
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_dunning, read_retry_tables, read_rules

START = 1_780_272_000  # 2026-06-01T00:00:00Z
SHORTEST_TRIED = 4
DEFAULT_STORE = "sqlite"
NOT_AGAIN = (
    "what broke in the search does not break when the same schedule is followed alone; the backend depends on"
    " something that is not in its store, such as memory"
)
CLOSING = frozenset({"paused", "live", "no_stripe"})  # switches that may close a checkout
RESEND_S = 30 * 86_400  # events can be resent by hand for 30 days, https://docs.stripe.com/cli/events/resend


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to rehearse.  `max_duplicates` -1 is any number; `budget_s` is per story, None for none; `audit` is
    how many schedules of each story are kept to be run again.  `store` "" is the kind that the manifest
    declares.
    """

    seed: int = 1
    max_duplicates: int = -1
    budget_s: float | None = None
    audit: int = 0
    start: int = START
    store: str = ""

    def store_of(self, manifest: Manifest) -> str:
        """The kind of store that a rehearsal of `manifest` is on."""
        return self.store or (manifest.storage.kind if manifest.storage else "") or DEFAULT_STORE


@dataclass(slots=True, kw_only=True)
class StoryResult:
    """What became of one story.  `reason` explains UNDETERMINED."""

    story: Story
    verdict: Verdict
    counts: Counts
    seconds: float
    reached: frozenset[str] = frozenset()
    finding: Finding | None = None
    trace: Trace | None = None
    other: Trace | None = None
    reason: str = ""
    samples: tuple[Sample, ...] = ()
    rows: frozenset[str] = frozenset()
    delivered: frozenset[str] = frozenset()
    audited: int = 0
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class Rehearsal:
    """One manifest, one backend factory, one story; every search starts from a fresh backend.

    `left_out` are columns that stores are compared without.  `follow_clock` moves the process's own frozen
    clock, for a backend that does not use the one it is given.
    """

    manifest: Manifest
    factory: Factory
    story: Story
    options: Options = field(default_factory=Options)
    watch: Callable[[Counts], None] | None = None
    follow_clock: Callable[[int], None] | None = None
    left_out: frozenset[str] = frozenset()

    def run(self) -> StoryResult:
        """Search every schedule; raises NotPossible when the story itself cannot be told."""
        began = real_seconds()
        outcome = self._whole_search()
        left_out, self.left_out = self.left_out, frozenset()  # what is found is followed with every column
        result = StoryResult(
            story=self.story,
            verdict=Verdict.UNDETERMINED if outcome.incomplete else Verdict.PROVED,
            counts=replace(outcome.counts),
            seconds=real_seconds() - began,
            reached=frozenset(outcome.reached),
            samples=tuple(outcome.samples),
            rows=frozenset(outcome.rows),
            delivered=frozenset(outcome.delivered),
            reason=outcome.incomplete,
            left_out=tuple(sorted(left_out)),
        )
        if outcome.finding is not None:
            result.verdict, result.reason = Verdict.REFUTED, ""
            result.finding = self.shortest(outcome.finding)
            result.trace = self.follow(result.finding.moves)
            result.other = self.follow(result.finding.other) if result.finding.other else None
            if not _breaks_again(result):
                result.verdict, result.reason, result.finding = Verdict.UNDETERMINED, NOT_AGAIN, None
        else:
            self._not_empty(result)
        result.seconds = real_seconds() - began
        return result

    def _whole_search(self) -> Outcome:
        """The search that counts: with every column, or without those that nothing ever read."""
        leaving = Leaving()
        while True:
            self.left_out = leaving.left_out
            outcome = self.search(
                Counts(), budget_s=self.options.budget_s, samples=self.options.audit, leaving=leaving
            )
            if outcome.finding is not None or not leaving.again():
                return outcome

    def _not_empty(self, result: StoryResult) -> None:
        """A story says by its tags what it is about; one that never got there proves nothing."""
        missing = sorted(
            tag for tag in self.story.tags if tag.startswith("sometimes_") and tag not in result.reached
        )
        if missing and result.verdict is Verdict.PROVED:
            result.verdict = Verdict.UNDETERMINED
            result.reason = f"the rehearsal never reached what it is about: {', '.join(missing)}"

    def search(
        self,
        counts: Counts,
        *,
        deliveries_max: int | None = None,
        budget_s: float | None = None,
        memo: bool = True,
        samples: int = 0,
        leaving: Leaving | None = None,
    ) -> Outcome:
        """One exploration of a fresh backend; `leaving` may stop it, to start again."""
        target, start, moves, checker = self.fresh(counts)
        exploration = Exploration(
            moves,
            checker,
            counts,
            deliveries_max=deliveries_max,
            memo=memo,
            samples=samples,
            seed=self.options.seed,
        )

        def look(*, is_over: bool = False) -> None:
            if self.watch is not None:
                self.watch(counts)
            if leaving is not None:
                leaving.look(target.columns, exploration, is_over=is_over)

        outcome = drive_search(exploration, exploration.run(start), target, budget_s=budget_s, watch=look)
        look(is_over=True)
        return outcome

    def shortest(self, finding: Finding) -> Finding:
        """The same or another violation with as few deliveries as there are."""
        found_with = finding.found_with
        for deliveries_max in range(min(SHORTEST_TRIED, finding.deliveries - 1) + 1):
            shorter = self.search(Counts(), deliveries_max=deliveries_max).finding
            if shorter is not None:
                return replace(shorter, found_with=found_with, shortest=True)
        least = finding if finding.other else self._minimal(finding)
        return replace(least, shortest=least.deliveries <= SHORTEST_TRIED + 1)

    def _minimal(self, finding: Finding) -> Finding:
        """Drop single deliveries for as long as the schedule still breaks something."""
        for moves in candidates(finding):
            trace = self.follow(moves)
            if trace.violation is not None and not trace.impossible:
                done = moves[: len(trace.lines)]
                return self._minimal(replace(finding, moves=done, violation=trace.violation))
        return finding

    def follow(self, moves: tuple[Move, ...], *, database: str = ":memory:") -> Trace:
        """The trace of one schedule on a fresh backend."""
        target, start, graph, checker = self.fresh(Counts(), database=database)
        return drive(follow(graph, checker, start, moves), target)

    def fresh(self, counts: Counts, *, database: str = ":memory:") -> tuple[WsgiTarget, Node, Moves, Checker]:
        """A backend that has seen nothing, and the first node of the story."""
        manifest, story = self._manifest_of_story(), self.story
        world, prices = stage(
            read_rules(),
            read_dunning(),
            manifest.offers,
            at=self.options.start,
            seed=self.options.seed,
            settings=Settings(api_version=manifest.webhook.api_version, livemode="live" in story.switches),
            final_action=story.dunning_final,
        )
        if manifest.operation("price_checkout") is not None:
            world = with_foreign_price(world)
        world, links, addresses = with_payment_links(world, manifest.offers, prices)
        sold = {**prices, **addresses}
        place = Place(self.options.store_of(manifest), database, self.left_out)
        target = make_target(manifest, self.factory, world, sold, story, place, follow=self.follow_clock)
        switched = (each.switches for each in story.actions if isinstance(each, Reconfigure))
        may_close = not CLOSING.isdisjoint({*story.switches, *chain.from_iterable(switched)})
        checker = Checker(service_of(manifest, prices, links, may_close=may_close), counts)
        moves = Moves(story.actions, checker, _window())
        return target, first_node(story.faults, self.options.max_duplicates, world), moves, checker

    def _manifest_of_story(self) -> Manifest:
        """The manifest, with the trial that the story speaks of."""
        days = self.story.trial_days
        if not days:
            return self.manifest
        return replace(
            self.manifest, offers=tuple(replace(offer, trial_days=days) for offer in self.manifest.offers)
        )


def first_node(faults: tuple[tuple[str, int], ...], duplicates: int, world: World) -> Node:
    """Where every schedule begins: nothing has happened yet."""
    return Node(
        position=0,
        clock=world.now,
        handled=0,
        lost=0,
        told=0,
        until=0,
        faults=faults,
        duplicates=duplicates,
        people=(),
        world=world,
    )


def _window() -> Window:
    return Window(retry_s=read_retry_tables()["live"].delays_s[-1], resend_s=RESEND_S)


def _breaks_again(result: StoryResult) -> bool:
    """Does a fresh backend that is led along the finding's schedule break a property too?"""
    assert result.trace is not None
    if result.trace.violation is not None or result.other is None:
        return result.trace.violation is not None
    return disagreement(result.other.seen, result.trace.seen) is not None
