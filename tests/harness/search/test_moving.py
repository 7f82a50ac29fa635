"""The moves of a node: what a real wire could do next, and where it leads."""

from __future__ import annotations

import pytest
from search.rehearsed import Guide
from search.stories import (
    ACTIVE,
    ARRIVE,
    BOUGHT,
    BUY,
    CRASHES,
    DITHERED_UNASKED,
    DOWN,
    FAILED,
    ONE_LOST,
    RENEW,
    RENEWED,
    forged,
    story,
)

from rehearsal_harness.core.acting import NotPossible
from rehearsal_harness.core.commands import Digest
from rehearsal_harness.core.node import Move
from rehearsal_harness.core.story import CancelNow, Pay

DAY_S = 86_400
RETRY_S = 3 * DAY_S


@pytest.fixture(name="bought")
def _bought() -> Guide:
    """Paid; both events are on their way, and everybody waits for them."""
    guide = Guide(BOUGHT)
    guide.proceed(2)
    return guide


def test_at_first_the_story_can_only_go_on() -> None:
    """Nothing has happened, so nothing can arrive."""
    assert Guide(BOUGHT).possible() == [Move("proceed")]


def test_events_arrive_in_any_order_or_at_the_last_retry(bought: Guide) -> None:
    """Each pending event, or time passes; the story waits."""
    assert bought.possible() == [Move("deliver", 0), Move("deliver", 1), Move("late")]


def test_an_acknowledged_event_may_come_again(bought: Guide) -> None:
    """And is no longer pending."""
    bought.go("deliver", 1)

    assert bought.checker.pending(bought.node) == 0b01
    assert bought.possible() == [Move("deliver", 0), Move("duplicate", 1), Move("late")]


def test_a_duplicate_that_writes_nothing_is_a_self_loop(bought: Guide) -> None:
    """It leads to the very same node."""
    bought.go("deliver", 1)
    here, digest = bought.node, bought.digest
    landing = bought.go("duplicate", 1)

    assert landing.node is here
    assert (landing.digest, landing.changed, landing.status) == (digest, False, 200)


def test_late_is_the_last_retry_of_the_oldest_event(bought: Guide) -> None:
    """Three days after the oldest pending event was created; then nothing is left but to deliver."""
    created = bought.node.clock
    bought.go("late")

    assert bought.node.clock == created + RETRY_S
    assert bought.kinds() == {"deliver"}


def test_when_all_have_arrived_the_story_goes_on_past_both_waits(bought: Guide) -> None:
    """There is nothing to be late."""
    bought.go("deliver", 0)
    bought.go("deliver", 1)
    bought.go("proceed")

    assert bought.moves.finished(bought.node)
    assert bought.kinds() == {"duplicate"}


def test_a_duplicate_comes_within_thirty_days() -> None:
    """Later nobody can send it again."""
    guide = Guide(story("a month", *ACTIVE, RENEW, *ARRIVE))
    guide.proceed(2)
    guide.go("deliver", 0)
    guide.go("deliver", 1)
    guide.proceed(2)  # to the end of the month, when the subscription is updated
    assert Move("duplicate", 0) in guide.possible()
    guide.go("deliver", 2)
    guide.proceed()  # an hour later, when the renewal is paid
    assert [move for move in guide.possible() if move.kind == "duplicate"] == [Move("duplicate", 2)]


def test_waiting_stops_where_something_arrives() -> None:
    """A month passes in two steps: to the end of the period, and to the hour when its invoice is charged."""
    guide = Guide(RENEWED)
    guide.proceed(2)
    guide.go("deliver", 0)
    guide.go("deliver", 1)
    began = guide.proceed().clock
    first = guide.proceed()
    assert (first.clock - began, len(guide.checker.deliverable(first))) == (30 * DAY_S, 3)
    second = guide.proceed()
    assert (second.clock - first.clock, len(guide.checker.deliverable(second))) == (3_600, 4)
    assert second.position == first.position + 1


def test_nobody_waits_past_the_last_retry_of_a_pending_event() -> None:
    """A long wait pauses there: an event has arrived by then, or it is refused for good."""
    guide = Guide(story("a month", *BUY, RENEW, *ARRIVE))
    began = guide.proceed(2).clock
    guide.go("deliver", 0)
    assert guide.proceed().clock == began + RETRY_S
    assert guide.possible() == [Move("duplicate", 0), Move("deliver", 1)]
    guide.go("deliver", 1)
    assert guide.proceed().clock == began + 30 * DAY_S


def test_a_crash_is_tried_at_each_boundary_and_spent_when_it_strikes() -> None:
    """Before the commit nothing was written, after it everything; either way it was not acknowledged."""
    guide = Guide(CRASHES)
    guide.proceed(2)
    assert Move("crash", 0, 1) in guide.possible()
    nothing = guide.target.execute(Digest())
    landing = guide.go("crash", 0, 1)
    assert (landing.struck, landing.status, landing.digest) == (True, 0, nothing)
    assert guide.checker.pending(guide.node) == 0b11
    assert "crash" not in guide.kinds()

    after = Guide(CRASHES)
    after.proceed(2)
    landing = after.go("crash", 0, 2)
    assert (landing.struck, landing.changed) == (True, True)
    assert after.node.handled == 0
    assert after.node.told == 0b01


def test_stripe_fails_only_who_asks() -> None:
    """A fault that nothing ran into is not spent."""
    guide = Guide(DITHERED_UNASKED)
    guide.proceed(2)
    landing = guide.go("stripe_fails_fetch", 0)

    assert (landing.struck, landing.status) == (False, 200)
    assert guide.node.fault_left("stripe_fails_fetch") == 1


def test_stripe_fails_who_asks_once() -> None:
    """Two changes in one second have to be asked about; the delivery is refused, and may come again."""
    guide = Guide(DITHERED_UNASKED)
    guide.proceed(2)
    for event in (0, 1):
        guide.go("deliver", event)
    guide.proceed(2)
    guide.go("deliver", 2)
    landing = guide.go("stripe_fails_fetch", 3)
    if landing.struck:  # the fold needs no help when the two events decide by themselves
        assert landing.status == 503
        assert guide.node.fault_left("stripe_fails_fetch") == 0


def test_a_lost_event_is_neither_pending_nor_acknowledged() -> None:
    """And takes the fault with it."""
    guide = Guide(ONE_LOST)
    guide.proceed(2)
    guide.go("lose", 0)

    assert (guide.node.lost, guide.node.handled, guide.checker.pending(guide.node)) == (0b01, 0, 0b10)
    assert "lose" not in guide.kinds()


def test_an_outage_loses_what_was_sent_before_and_during() -> None:
    """Whatever was pending, or fell due meanwhile; catching up acknowledges all of it."""
    guide = Guide(DOWN)
    guide.proceed(3)
    assert (guide.node.lost, guide.kinds()) == (0b11, {"proceed"})
    guide.proceed()
    assert (guide.node.lost, guide.node.handled) == (0, 0b11)


def test_a_forgery_leaves_no_trace() -> None:
    """All events are posted, none is believed, and all of them are still to come."""
    guide = Guide(forged("unsigned"))
    guide.proceed(2)
    digest = guide.digest
    landing = guide.go("proceed")

    assert (landing.violation, landing.changed) == (None, False)
    assert (guide.digest, guide.node.handled) == (digest, 0)


def test_what_the_story_forgot_is_the_authors_error() -> None:
    """Nobody can pay or cancel what was never begun, or has ended; that is no finding, and no crash."""
    for actions in ((Pay(person="Ada", card="ok"),), (*BUY, Pay(person="Ada", card="ok"))):
        guide = Guide(story("impossible", *actions))
        with pytest.raises(NotPossible):
            guide.proceed(len(actions))
    guide = Guide(story("canceled twice", *BUY, *[CancelNow(person="Ada")] * 2))
    with pytest.raises(NotPossible, match="CancelNow"):
        guide.proceed(4)


def test_moves_are_plain_data() -> None:
    """A failed renewal as a schedule: five deliveries among steps of the story."""
    guide = Guide(FAILED)
    while not guide.moves.finished(guide.node):
        waiting = next((move for move in guide.possible() if move.kind == "deliver"), None)
        guide.go(*(waiting or ("proceed",)))

    assert [tuple(move) for move in guide.schedule if move.event >= 0] == [
        ("deliver", n, 0) for n in range(5)
    ]
