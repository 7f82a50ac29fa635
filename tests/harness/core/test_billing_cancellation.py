"""How a subscription ends, or is to end."""

from __future__ import annotations

import pytest
from worlds import subscriber, visitor

from rehearsal_harness.core.actions import (
    CancelAt,
    CancelAtPeriodEnd,
    CancelNow,
    CompleteCheckout,
    ExplainCancellation,
    PayInvoice,
    ReplaceCard,
    SettleDelayedPayment,
    UndoCancel,
)
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.render import render_event
from rehearsal_specs.tables import NoTransition


def test_cancel_and_undo_in_one_second() -> None:
    """Two updates with one created second; the true order is the order of the log."""
    scene = subscriber()
    seen = len(scene.world.events)
    scene.do(CancelAtPeriodEnd(scene.subscription.id)).do(UndoCancel(scene.subscription.id))

    one, other = list(scene.world.events)[seen:]

    assert one.created == other.created
    assert one.id != other.id
    assert one.after == other.before


def test_recovery_and_cancellation_in_one_second() -> None:
    """Paid, then canceled: both statuses have the same created second."""
    scene = subscriber()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()
    seen = len(scene.world.events)
    scene.do(PayInvoice(scene.invoice.id, Card.OK)).do(CancelNow(scene.subscription.id))

    statuses = [
        render_event(event)["data"]["object"]["status"]
        for event in scene.world.events.since(seen)
        if event.type.startswith("customer.subscription.")
    ]

    assert statuses == ["active", "canceled"]


def test_what_the_customer_says_follows_in_a_second_update() -> None:
    """Feedback and comment come after the cancellation itself."""
    scene = subscriber()
    scene.do(CancelAtPeriodEnd(scene.subscription.id, feedback="unused", comment="no time"))

    assert scene.happened == ["customer.subscription.updated", "customer.subscription.updated"]
    assert render_event(scene.events[1])["data"]["previous_attributes"] == {
        "cancellation_details": {"comment": None, "feedback": None}
    }


def test_what_the_customer_says_may_come_after_the_end() -> None:
    """Cancellation details stay editable; the subscription stays canceled."""
    scene = subscriber()
    scene.do(CancelNow(scene.subscription.id)).do(ExplainCancellation(scene.subscription.id, "unused"))

    assert scene.happened == ["customer.subscription.updated"]
    assert scene.subscription.status == "canceled"
    assert scene.subscription.cancellation_feedback == "unused"


def test_cancel_at_an_instant_within_the_period() -> None:
    """cancel_at is the instant, the boolean stays false, and the end comes then."""
    scene = subscriber()
    instant = scene.world.now + 5 * DAY_S
    scene.do(CancelAt(scene.subscription.id, instant))

    assert (scene.subscription.cancel_at, scene.subscription.cancel_at_period_end) == (instant, False)
    assert scene.events[0].request.id is not None

    scene.until(instant)

    assert scene.happened == ["customer.subscription.deleted"]


def test_a_later_cancel_at_lets_renewals_happen() -> None:
    """The portal's cancel_at does not follow the period; a cancel_at beyond it comes after a renewal."""
    scene = subscriber()
    instant = scene.subscription.current_period_end + 5 * DAY_S
    scene.do(CancelAt(scene.subscription.id, instant)).renew()

    assert scene.invoice.status == "paid"

    scene.until(instant)

    assert scene.subscription.ended_at == instant


def test_an_undone_cancellation_can_be_asked_for_again() -> None:
    """canceled_at is the newest request's."""
    scene = subscriber()
    scene.do(CancelAtPeriodEnd(scene.subscription.id)).do(UndoCancel(scene.subscription.id)).wait(DAY_S)
    scene.do(CancelAtPeriodEnd(scene.subscription.id))

    assert scene.subscription.canceled_at == scene.world.now


def test_a_canceled_subscription_is_no_longer_collected() -> None:
    """The open invoice gets auto_advance false and no more tries; only time is left."""
    scene = subscriber()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()
    scene.do(CancelNow(scene.subscription.id))

    assert scene.happened == ["customer.subscription.deleted", "invoice.updated"]
    assert (scene.invoice.auto_advance, scene.invoice.next_payment_attempt) == (False, None)
    assert scene.world.next_due is None


def test_a_draft_of_a_canceled_subscription_is_never_finalized() -> None:
    """Canceled within the draft hour: the draft stays a draft."""
    scene = subscriber()
    scene.until(scene.subscription.current_period_end).do(CancelNow(scene.subscription.id)).wait(2 * HOUR_S)

    assert (scene.invoice.status, scene.invoice.auto_advance) == ("draft", False)
    assert scene.happened == []


@pytest.mark.parametrize("action", [CancelNow, CancelAtPeriodEnd, UndoCancel])
def test_a_canceled_subscription_stays_canceled(action: type) -> None:
    """Every further cancellation raises NoTransition."""
    scene = subscriber()
    scene.do(CancelNow(scene.subscription.id))

    with pytest.raises(NoTransition, match="subscription is 'canceled'"):
        scene.do(action(scene.subscription.id))


def test_a_bank_that_refuses_after_the_end_is_not_asked_again() -> None:
    """A delayed payment that fails when its subscription is canceled plans no further try."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.DELAYED)).do(CancelNow(scene.subscription.id))
    scene.do(SettleDelayedPayment(scene.session_id, succeeded=False))

    assert scene.happened[-1] == "checkout.session.async_payment_failed"
    assert (scene.invoice.status, scene.invoice.next_payment_attempt) == ("open", None)
    assert scene.world.next_due is None
