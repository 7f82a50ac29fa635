"""Subscriptions that the merchant creates by API, and first payments that never come."""

from __future__ import annotations

from dataclasses import replace

import pytest
from worlds import Scene, subscriber

from rehearsal_harness.core.actions import (
    CancelAtPeriodEnd,
    CancelNow,
    CreateSubscription,
    PayInvoice,
    ReplaceCard,
    SettleDelayedPayment,
)
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.errors import NotSimulated
from rehearsal_harness.core.render import render_event
from rehearsal_specs.tables import NoTransition


def _second(card: Card, **options: int) -> Scene:
    """Somebody with one subscription and `card` as default is subscribed to the same again, by API."""
    scene = subscriber()
    customer = scene.subscription.customer
    price_id = next(iter(scene.world.prices)).id
    scene.do(ReplaceCard(customer, card))
    return scene.do(CreateSubscription(customer, (price_id,), **options))


def test_a_paid_first_invoice_makes_it_active() -> None:
    """Created active, and all its events carry the request's id."""
    scene = _second(Card.OK)

    assert scene.happened == [
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
    ]
    assert scene.subscription.status == "active"
    assert len({event.request.id for event in scene.events}) == 1
    assert scene.events[0].request.id is not None


@pytest.mark.parametrize("card", [Card.ATTACHES_THEN_DECLINES, Card.REQUIRES_ACTION])
def test_an_unpaid_first_invoice_leaves_it_incomplete(card: Card) -> None:
    """Declined or wanting the customer: incomplete, with an open invoice and no schedule."""
    scene = _second(card)

    assert scene.subscription.status == "incomplete"
    assert (scene.invoice.status, scene.invoice.next_payment_attempt) == ("open", None)


def test_an_incomplete_subscription_expires_after_23_hours() -> None:
    """An update, no deletion; the invoice is void and cannot be paid any more."""
    scene = _second(Card.ATTACHES_THEN_DECLINES).wait(23 * HOUR_S - 1)

    assert scene.subscription.status == "incomplete"

    scene.wait(1)

    assert scene.happened == ["customer.subscription.updated", "invoice.voided", "payment_intent.canceled"]
    assert scene.subscription.status == "incomplete_expired"
    assert scene.subscription.ended_at == scene.world.now
    with pytest.raises(NoTransition, match="invoice is 'void'"):
        scene.do(PayInvoice(scene.invoice.id, Card.OK))


def test_canceling_an_incomplete_subscription_expires_it() -> None:
    """The event is an update, as Stripe was seen to send it."""
    scene = _second(Card.REQUIRES_ACTION)
    scene.do(CancelNow(scene.subscription.id))

    assert scene.happened == ["customer.subscription.updated", "invoice.voided", "payment_intent.canceled"]
    assert scene.subscription.status == "incomplete_expired"


def test_incomplete_then_active_then_scheduled_in_one_second() -> None:
    """Three statuses of one subscription share one created second."""
    scene = subscriber()
    customer, price_id = scene.subscription.customer, next(iter(scene.world.prices)).id
    scene.do(ReplaceCard(customer, Card.REQUIRES_ACTION))
    seen = len(scene.world.events)
    scene.do(CreateSubscription(customer, (price_id,))).do(PayInvoice(scene.invoice.id))
    scene.do(CancelAtPeriodEnd(scene.subscription.id))

    events = [event for event in scene.world.events.since(seen) if event.object_id == scene.subscription.id]
    states = [render_event(event)["data"]["object"] for event in events]

    assert len({event.created for event in events}) == 1
    assert [state["status"] for state in states] == ["incomplete", "active", "active"]
    assert [state["cancel_at"] is not None for state in states] == [False, False, True]


def test_an_incomplete_subscription_that_is_paid_renews() -> None:
    """Its period began with its creation, and nothing expires any more."""
    scene = _second(Card.ATTACHES_THEN_DECLINES)
    created = scene.world.now
    scene.wait(HOUR_S).do(PayInvoice(scene.invoice.id, Card.OK)).wait(DAY_S)

    assert scene.subscription.status == "active"
    assert scene.subscription.billing_cycle_anchor == created


def test_a_further_failure_leaves_it_incomplete() -> None:
    """The 23 hours run on."""
    scene = _second(Card.ATTACHES_THEN_DECLINES)
    scene.do(PayInvoice(scene.invoice.id, Card.DECLINED))

    assert scene.subscription.status == "incomplete"


def test_a_delayed_payment_makes_it_active_before_the_money() -> None:
    """A payment under way counts; the bank's refusal makes the subscription past due."""
    scene = _second(Card.ATTACHES_THEN_DECLINES)
    scene.do(PayInvoice(scene.invoice.id, Card.DELAYED))

    assert scene.happened == ["charge.pending", "payment_intent.processing", "customer.subscription.updated"]
    assert scene.subscription.status == "active"


def test_a_trial_by_api_has_nothing_to_pay() -> None:
    """Trialing from the start, with a paid zero invoice."""
    scene = _second(Card.OK, trial_period_days=30)

    assert scene.subscription.status == "trialing"
    assert (scene.invoice.status, scene.invoice.total) == ("paid", 0)


def test_a_delayed_default_method_is_pending_at_once() -> None:
    """Active, with an open invoice whose bank has not answered."""
    scene = _second(Card.DELAYED)

    assert scene.subscription.status == "active"
    assert scene.invoice.status == "open"


def test_a_customer_without_a_payment_method_is_not_simulated() -> None:
    """NotSimulated names the customer; nothing is made up."""
    scene = subscriber()
    price_id = next(iter(scene.world.prices)).id
    customer = scene.world.customers[scene.subscription.customer]
    change = Change(scene.world, "no method")
    change.put(replace(customer, default_payment_method=None))
    scene.world = change.done()

    with pytest.raises(NotSimulated, match=customer.id):
        scene.do(CreateSubscription(customer.id, (price_id,)))


def test_nothing_settles_where_nothing_is_pending() -> None:
    """A paid session's bank has nothing left to say."""
    scene = subscriber()

    with pytest.raises(NoTransition, match="delayed_payment_succeeds"):
        scene.do(SettleDelayedPayment(scene.session_id, succeeded=True))
