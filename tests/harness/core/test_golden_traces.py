"""Golden traces: what Stripe was seen, or says, to send, in its order.

Sources: a published `stripe listen` log of a Checkout of 2025-09-20; https://docs.stripe.com/billing/subscriptions/webhooks;
https://docs.stripe.com/billing/subscriptions/cancel; https://docs.stripe.com/payments/checkout/fulfill-orders.
"""

from __future__ import annotations

import pytest
from worlds import START, subscriber, visitor

from rehearsal_harness.core.actions import (
    CancelAtPeriodEnd,
    CancelNow,
    CompleteCheckout,
    PayInvoice,
    ReplaceCard,
    SettleDelayedPayment,
    UndoCancel,
    Via,
)
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.render import render_event

CHECKOUT = [
    "charge.succeeded",
    "payment_method.attached",
    "customer.created",
    "customer.updated",
    "checkout.session.completed",
    "customer.subscription.created",
    "payment_intent.created",
    "payment_intent.succeeded",
    "invoice.created",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_succeeded",
]
PERIOD_END = ["customer.subscription.updated", "invoice.created"]
PAID = [
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
]
FAILED = [
    "invoice.finalized",
    "payment_intent.created",
    "charge.failed",
    "payment_intent.payment_failed",
    "invoice.payment_failed",
    "invoice.updated",
    "customer.subscription.updated",
]


def test_checkout_of_a_new_customer() -> None:
    """Twelve events in one second, none of them caused by an API request, and one 14 seconds later."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id))

    assert scene.happened == CHECKOUT
    assert {event.created for event in scene.events} == {START}
    assert {event.request.id for event in scene.events} == {None}

    scene.wait(DAY_S)

    assert [(event.type, event.created) for event in scene.events] == [("invoice_payment.paid", START + 14)]


def test_the_subscription_of_a_paid_checkout_begins_active() -> None:
    """No incomplete subscription comes before it, and no update follows."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id))

    created = next(event for event in scene.events if event.type == "customer.subscription.created")

    assert render_event(created)["data"]["object"]["status"] == "active"


def test_declined_checkout() -> None:
    """A declined try says so about the payment only; the session stays open and sends nothing."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.DECLINED))

    assert sorted(scene.happened) == ["charge.failed", "payment_intent.payment_failed"]
    assert scene.world.checkout_sessions[scene.session_id].status == "open"
    assert len(scene.world.subscriptions) == 0


def test_checkout_with_a_trial() -> None:
    """A setup intent instead of a payment; the zero invoice is paid at once."""
    scene = visitor(trial_period_days=14)
    scene.do(CompleteCheckout(scene.session_id))

    assert scene.happened == [
        "setup_intent.created",
        "setup_intent.succeeded",
        "payment_method.attached",
        "customer.created",
        "customer.updated",
        "checkout.session.completed",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]
    assert scene.world.checkout_sessions[scene.session_id].payment_status == "no_payment_required"
    assert scene.subscription.status == "trialing"


def test_delayed_checkout_that_is_paid() -> None:
    """Complete and unpaid; days later the invoice is paid and the session says so."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.DELAYED))

    assert "checkout.session.completed" in scene.happened
    assert "invoice.paid" not in scene.happened
    assert scene.world.checkout_sessions[scene.session_id].payment_status == "unpaid"
    assert scene.subscription.status == "active"

    scene.wait(3 * DAY_S).do(SettleDelayedPayment(scene.session_id, succeeded=True))

    assert scene.happened == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "checkout.session.async_payment_succeeded",
    ]
    assert scene.world.checkout_sessions[scene.session_id].payment_status == "paid"


def test_delayed_checkout_that_fails() -> None:
    """The bank refuses: the invoice failed, the session says so, the subscription is past due."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.DELAYED)).wait(3 * DAY_S)
    scene.do(SettleDelayedPayment(scene.session_id, succeeded=False))

    assert scene.happened == [
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "invoice.updated",
        "customer.subscription.updated",
        "checkout.session.async_payment_failed",
    ]
    assert scene.subscription.status == "past_due"


def test_renewal_that_is_paid() -> None:
    """The period moves at its end; the money is taken an hour later; nobody's request caused either."""
    scene = subscriber()
    end = scene.subscription.current_period_end
    scene.until(end)

    assert scene.happened == PERIOD_END
    assert {event.created for event in scene.events} == {end}
    assert scene.invoice.status == "draft"

    scene.wait(HOUR_S)

    assert scene.happened == PAID
    assert {event.created for event in scene.events} == {end + HOUR_S}
    assert {event.request.id for event in scene.events} == {None}


def test_renewal_updates_items_and_latest_invoice_only() -> None:
    """previous_attributes of a renewal hold the whole old items and the old latest invoice, nothing else."""
    scene = subscriber()
    before = scene.subscription
    scene.until(before.current_period_end)

    updated = render_event(scene.events[0])

    assert set(updated["data"]["previous_attributes"]) == {"items", "latest_invoice"}
    assert updated["data"]["previous_attributes"]["latest_invoice"] == before.latest_invoice
    old = updated["data"]["previous_attributes"]["items"]["data"][0]
    assert old["current_period_end"] == before.current_period_end
    assert old["price"] == updated["data"]["object"]["items"]["data"][0]["price"]


def test_renewal_that_fails() -> None:
    """The invoice says how often was tried and when the next try is; the subscription is past due."""
    scene = subscriber()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES))
    scene.renew()

    assert scene.happened == FAILED
    failed = next(event for event in scene.events if event.type == "invoice.payment_failed")
    invoice = render_event(failed)["data"]["object"]
    assert (invoice["attempt_count"], invoice["next_payment_attempt"]) == (1, failed.created + 3 * DAY_S)
    updated = render_event(scene.events[-1])
    assert updated["data"]["previous_attributes"] == {"status": "active"}
    assert updated["data"]["object"]["status"] == "past_due"


def test_recovery() -> None:
    """The next try with a good card pays the invoice, then the subscription is active."""
    scene = subscriber()
    customer = scene.subscription.customer
    scene.do(ReplaceCard(customer, Card.ATTACHES_THEN_DECLINES)).renew()
    scene.do(ReplaceCard(customer, Card.OK))

    assert scene.happened == ["payment_method.attached", "customer.updated"]

    scene.wait(3 * DAY_S)

    assert scene.happened == [*PAID[2:], "customer.subscription.updated"]
    assert scene.subscription.status == "active"


def test_renewal_that_needs_the_customer() -> None:
    """The bank wants authentication: action required, failed, past due, and no charge."""
    scene = subscriber(card=Card.REQUIRES_ACTION).renew()

    assert scene.happened == [
        "invoice.finalized",
        "payment_intent.created",
        "payment_intent.requires_action",
        "invoice.payment_action_required",
        "invoice.payment_failed",
        "invoice.updated",
        "customer.subscription.updated",
    ]
    assert scene.subscription.status == "past_due"


def test_end_of_retries() -> None:
    """After the last try the subscription is deleted for payment_failed; nobody asked for it."""
    scene = subscriber()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()
    scene.wait(5 * DAY_S).wait(2 * DAY_S)

    assert scene.happened == [
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "invoice.updated",
        "customer.subscription.deleted",
    ]
    deleted = render_event(scene.events[-1])
    assert deleted["request"] == {"id": None, "idempotency_key": None}
    assert deleted["data"]["object"]["cancellation_details"]["reason"] == "payment_failed"
    assert scene.invoice.status == "open"


def test_cancellation_by_api() -> None:
    """DELETE sends one event, caused by a request."""
    scene = subscriber()
    scene.do(CancelNow(scene.subscription.id))

    assert scene.happened == ["customer.subscription.deleted"]
    deleted = render_event(scene.events[0])
    assert deleted["request"]["id"].startswith("req_")
    subscription = deleted["data"]["object"]
    assert subscription["status"] == "canceled"
    assert subscription["ended_at"] == subscription["canceled_at"] == scene.world.now
    assert "previous_attributes" not in deleted["data"]


@pytest.mark.parametrize(("via", "boolean"), [(Via.PORTAL, False), (Via.API, True)])
def test_cancellation_at_period_end(via: Via, boolean: bool) -> None:
    """Announced at once with cancel_at; the boolean only by API.  At the end there is a deletion only."""
    scene = subscriber()
    end = scene.subscription.current_period_end
    asked = scene.world.now
    scene.do(CancelAtPeriodEnd(scene.subscription.id, via))

    assert scene.happened == ["customer.subscription.updated"]
    updated = render_event(scene.events[0])
    subscription = updated["data"]["object"]
    assert (subscription["cancel_at"], subscription["cancel_at_period_end"]) == (end, boolean)
    assert subscription["status"] == "active"
    previous = {"cancel_at": None, "canceled_at": None, "cancellation_details": {"reason": None}}
    if boolean:
        previous["cancel_at_period_end"] = False
    assert updated["data"]["previous_attributes"] == previous
    assert (updated["request"]["id"] is not None) is boolean

    scene.until(end + 2 * HOUR_S)

    assert scene.happened == ["customer.subscription.deleted"]
    deleted = render_event(scene.events[0])
    assert deleted["request"]["id"] is None
    assert deleted["data"]["object"]["canceled_at"] == asked
    assert deleted["data"]["object"]["ended_at"] == deleted["created"] == end
    assert scene.world.next_due is None


def test_undone_cancellation() -> None:
    """Taken back before the end: cancel_at is null again and the renewal comes."""
    scene = subscriber()
    scene.do(CancelAtPeriodEnd(scene.subscription.id)).do(UndoCancel(scene.subscription.id))

    updated = render_event(scene.events[0])
    assert scene.happened == ["customer.subscription.updated"]
    assert updated["data"]["object"]["cancel_at"] is None
    assert set(updated["data"]["previous_attributes"]) == {
        "cancel_at",
        "canceled_at",
        "cancellation_details",
    }

    scene.renew()

    assert scene.happened == PAID


def test_paying_after_cancellation_revives_nothing() -> None:
    """An old open invoice stays payable; no subscription event follows."""
    scene = subscriber()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()
    scene.do(CancelNow(scene.subscription.id)).do(PayInvoice(scene.invoice.id, Card.OK))

    assert scene.happened == PAID[2:]
    assert scene.invoice.status == "paid"
    assert scene.subscription.status == "canceled"


def test_trial_that_ends() -> None:
    """Notice three days before; at the end a renewal like any other, charged an hour later."""
    scene = subscriber(trial_period_days=14)
    end = scene.subscription.trial_end
    assert end is not None
    scene.until(end - 3 * DAY_S)

    assert scene.happened == ["customer.subscription.trial_will_end"]

    scene.until(end)

    assert scene.happened == PERIOD_END
    assert render_event(scene.events[0])["data"]["previous_attributes"]["status"] == "trialing"

    scene.wait(HOUR_S)

    assert scene.happened == PAID
    assert scene.subscription.billing_cycle_anchor == end


def test_abandoned_checkout() -> None:
    """24 hours after its creation the session expires by itself."""
    scene = visitor().wait(DAY_S)

    assert [(event.type, event.created) for event in scene.events] == [
        ("checkout.session.expired", START + DAY_S)
    ]
