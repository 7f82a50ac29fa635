"""A schedule from a file is followed exactly, or said to be impossible."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search.rehearsed import rehearsal
from search.stories import BOUGHT, CANCELED, CRASHES, DITHERED, FAILED, REDIRECTED

from rehearsal_harness.core.commands import Observed
from rehearsal_harness.core.findings import Finding, Violation
from rehearsal_harness.core.node import Move
from rehearsal_harness.core.replaying import candidates, disagreement
from rehearsal_harness.core.story_data import move_of_data, story_of_data, story_to_data

GO, FIRST, SECOND = Move("proceed"), Move("deliver", 0), Move("deliver", 1)
BOUGHT_IN_ORDER = (GO, GO, FIRST, SECOND, GO)


def test_a_whole_schedule_has_a_line_for_each_move() -> None:
    """What happened, when, and what the backend answered."""
    trace = rehearsal(BOUGHT).follow(BOUGHT_IN_ORDER)

    assert (trace.violation, trace.impossible) == (None, "")
    assert [(line.what, line.status) for line in trace.lines][1:4] == [
        ("Ada: Pay(card=ok)", 0),
        ("checkout.session.completed", 200),
        ("invoice.paid", 200),
    ]
    assert {observed.allowed for _, _, observed in trace.seen} == {True, False}


@pytest.mark.parametrize(
    "schedule",
    [
        (FIRST,),  # nothing was sent yet
        (GO, GO, Move("duplicate", 0)),  # nothing was acknowledged yet
        (GO, GO, FIRST, FIRST),
        (GO, GO, GO),  # the webhooks have not arrived
        (GO, GO, Move("crash", 0, 1)),  # the story allows none
        (*BOUGHT_IN_ORDER, GO),  # the story is over
    ],
)
def test_what_cannot_be_is_said(schedule: tuple[Move, ...]) -> None:
    """An impossible schedule is no finding and no pass."""
    trace = rehearsal(BOUGHT).follow(schedule)

    assert trace.impossible
    assert len(trace.lines) == len(schedule) - 1


def test_following_stops_at_what_breaks() -> None:
    """The access that nobody paid for, at the second move after the payment."""
    told = rehearsal(REDIRECTED, "broken.clients:access_from_redirect")
    trace = told.follow((GO, GO, GO, FIRST, SECOND, GO))

    assert trace.violation.property_id == "access_supported"
    assert len(trace.lines) == 3


def test_a_backend_that_refuses_for_ever_is_led_to_where_it_is_stuck() -> None:
    """Four of five events, and the fifth is refused each time."""
    told = rehearsal(FAILED, "broken.webhooks:one_type_fails")
    result = told.run()

    assert told.follow(result.finding.moves).violation == result.finding.violation
    assert set(result.finding.violation.subject.split(", ")) == {"invoice.payment_failed"}


def test_a_long_finding_is_made_minimal() -> None:
    """Without any one of its deliveries nothing breaks."""
    told = rehearsal(FAILED, "broken.mutants:past_due_at_once")
    finding = told.run().finding

    for moves in candidates(finding):
        trace = told.follow(moves)
        assert trace.violation is None or trace.impossible


def test_candidates_have_one_delivery_less() -> None:
    """The story's own moves stay."""
    violation = Violation(property_id="access_agrees", at=0, subject="", expected="", observed="")
    finding = Finding(violation=violation, moves=BOUGHT_IN_ORDER)

    assert candidates(finding) == [(GO, GO, FIRST, GO), (GO, GO, SECOND, GO)]


def test_two_observations_disagree_at_the_first_difference() -> None:
    """Customer, instant, and both answers."""
    seen = (("cus_1", 5, Observed(True, "ACTIVE")), ("cus_1", 9, Observed(False, "CANCELED")))
    other = (seen[0], ("cus_1", 9, Observed(True, "ACTIVE")))

    assert disagreement(seen, seen) is None
    assert disagreement(seen, other).at == 9
    assert disagreement(seen, other).property_id == "order_does_not_matter"


@pytest.mark.parametrize("told", [BOUGHT, CANCELED, CRASHES, DITHERED], ids=lambda told: told.name)
def test_a_story_and_a_schedule_survive_being_written_down(told: object) -> None:
    """A finding's file holds both."""
    assert story_of_data(story_to_data(told)) == told
    moves = (Move("deliver", 3), Move("crash", 0, 2), GO)
    assert tuple(move_of_data(move._asdict()) for move in moves) == moves


def test_duplicates_are_judged_before_the_node_they_lead_to() -> None:
    """The replay of a duplicate that pays twice names the same property as the search."""
    told = rehearsal(BOUGHT, "broken.naive:duplicate_pays_twice")
    result = told.run()

    assert result.trace.violation == result.finding.violation
    assert result.trace.violation.property_id == "duplicate_changes_nothing"


def test_a_finding_counts_its_deliveries() -> None:
    """A loss is none, a crash is one."""
    violation = Violation(property_id="access_agrees", at=0, subject="", expected="", observed="")
    finding = Finding(violation=violation, moves=(GO, FIRST, Move("lose", 1), Move("crash", 2, 1)))

    assert finding.deliveries == 2
    assert replace(finding, moves=()).deliveries == 0
