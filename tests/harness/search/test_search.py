"""The search itself: what its memo leaves out, what stops it, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search.rehearsed import rehearsal, walk
from search.stories import BOUGHT, CANCELED, CRASHES, DITHERED, ENDED, FAILED, ONE_LOST, RENEWED

from rehearsal_harness.core.exploration import Exploration
from rehearsal_harness.core.findings import Counts, Verdict
from rehearsal_harness.core.story import Story
from rehearsal_harness.targets.driver import drive_search

Settled = set[tuple[object, ...]]


def settled(told: Story, *, memo: bool) -> tuple[Settled, Counts]:
    """Everything that is observed at quiescence anywhere in a search."""
    counts, seen = Counts(), set()
    target, start, moves, checker = rehearsal(told).fresh(counts)
    observe = checker.observe

    def observed(node, digest):
        found = yield from observe(node, digest)
        seen.add((node.position, node.clock, node.world.version, node.people, found))
        return found

    checker.observe = observed
    exploration = Exploration(moves, checker, counts, memo=memo)
    outcome = drive_search(exploration, exploration.run(start), target)
    assert (outcome.finding, outcome.incomplete) == (None, "")
    return seen, counts


@pytest.mark.parametrize("told", [BOUGHT, CANCELED, DITHERED, ENDED], ids=lambda told: told.name)
def test_the_memo_hides_nothing(told: Story) -> None:
    """Every path for itself ends in the same observations, and there are as many paths as were counted."""
    quick, counted = settled(told, memo=True)
    slow, walked = settled(told, memo=False)

    assert quick == slow
    assert walked.schedules == counted.schedules
    assert walked.nodes > counted.nodes


@pytest.mark.parametrize("told", [CANCELED, DITHERED, FAILED, CRASHES, ONE_LOST], ids=lambda told: told.name)
def test_no_schedule_drawn_by_chance_breaks_what_is_proved(told: Story) -> None:
    """Schedules that were drawn without the search keep every property too."""
    followed = rehearsal(told)
    for seed in range(30):
        trace = followed.follow(walk(told, seed))
        assert (trace.violation, trace.impossible) == (None, "")


def test_a_budget_that_is_used_up_leaves_it_open() -> None:
    """A search that was stopped proves nothing, and says why."""
    counts = Counts()
    target, start, moves, checker = rehearsal(FAILED).fresh(counts)
    exploration = Exploration(moves, checker, counts)
    exploration.stop = "somebody pressed Ctrl-C"
    outcome = drive_search(exploration, exploration.run(start), target)

    assert outcome.incomplete == "somebody pressed Ctrl-C"
    assert counts.nodes == 1


def test_a_story_that_never_gets_there_is_undetermined() -> None:
    """Its tag says what it is about; a rehearsal without it is empty."""
    result = rehearsal(replace(BOUGHT, tags=frozenset({"sometimes_past_due"}))).run()

    assert result.verdict is Verdict.UNDETERMINED
    assert "sometimes_past_due" in result.reason


def test_what_was_reached_is_said() -> None:
    """Disorder, duplicates, and each status that a subscription had."""
    reached = rehearsal(FAILED).run().reached

    assert {"sometimes_out_of_order", "sometimes_duplicate", "sometimes_past_due"} <= reached
    assert "sometimes_canceled" not in reached


def test_at_most_so_many_deliveries() -> None:
    """A bounded search finds what needs so many deliveries, and not what needs one more."""
    told = rehearsal(RENEWED, "broken.naive:first_payment_counts")

    assert told.search(Counts(), deliveries_max=3).finding is None
    assert told.search(Counts(), deliveries_max=4).finding.deliveries == 4


def test_a_finding_that_does_not_replay_is_none() -> None:
    """A backend that depends on more than its store cannot be judged by rewinding its store."""
    result = rehearsal(CANCELED, "broken.hidden:remembers_in_memory").run()

    assert result.verdict is Verdict.UNDETERMINED
    assert "followed alone" in result.reason


def test_duplicates_that_always_write_are_not_tried_for_ever() -> None:
    """A diary of deliveries makes each duplicate another store, so that not every schedule can be tried."""
    result = rehearsal(BOUGHT, "broken.hidden:keeps_a_diary").run()

    assert result.verdict is Verdict.UNDETERMINED
    assert "write again" in result.reason


def test_a_backend_may_wait_for_a_retry() -> None:
    """One that refuses events until it knows their checkout is PROVED: Stripe comes again."""
    assert rehearsal(CANCELED, "broken.hidden:waits_for_checkout").run().verdict is Verdict.PROVED
