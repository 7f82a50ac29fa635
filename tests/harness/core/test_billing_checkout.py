"""The hosted checkout page in subscription mode."""

from __future__ import annotations

import pytest
from worlds import START, Scene, subscriber, visitor, with_session

from rehearsal_harness.core.actions import (
    CompleteCheckout,
    ExpireCheckout,
    FailAuthentication,
    SettleDelayedPayment,
)
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.errors import UnknownObject
from rehearsal_harness.core.render import render, render_event
from rehearsal_specs.tables import NoTransition


def test_a_declined_customer_can_try_again() -> None:
    """Two declined tries and a good one make one subscription, one paid invoice and three charges."""
    scene = visitor()
    for card in (Card.DECLINED, Card.ATTACHES_THEN_DECLINES, Card.OK):
        scene.do(CompleteCheckout(scene.session_id, card))

    assert len(scene.world.subscriptions) == 1
    assert scene.invoice.status == "paid"
    assert [charge.status for charge in scene.world.charges] == ["failed", "failed", "succeeded"]
    assert len({charge.id for charge in scene.world.charges}) == 3


def test_a_bank_that_is_not_convinced_leaves_the_session_open() -> None:
    """There is no charge; the intent says why, and a later try pays."""
    scene = visitor()
    scene.do(FailAuthentication(scene.session_id, Card.REQUIRES_ACTION, "ada@example.com"))
    failed = render_event(scene.events[-1])["data"]["object"]

    assert scene.happened[-2:] == ["payment_intent.requires_action", "payment_intent.payment_failed"]
    assert failed["status"] == "requires_payment_method"
    assert failed["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert len(scene.world.charges) == 0
    scene.do(CompleteCheckout(scene.session_id, Card.REQUIRES_ACTION))
    assert scene.subscription.status == "active"


def test_a_completed_session_cannot_be_completed_again() -> None:
    """A second press of the button raises NoTransition and leaves the world as it was."""
    scene = subscriber()
    world = scene.world

    with pytest.raises(NoTransition, match="'complete'"):
        scene.do(CompleteCheckout(scene.session_id))
    assert scene.world is world


@pytest.mark.parametrize("card", [Card.OK, Card.DECLINED, Card.DELAYED])
def test_an_expired_session_cannot_be_paid(card: Card) -> None:
    """No card helps after expiry."""
    scene = visitor().wait(DAY_S)

    with pytest.raises(NoTransition, match="'expired'"):
        scene.do(CompleteCheckout(scene.session_id, card))


def test_the_merchant_can_expire_an_open_session() -> None:
    """The event carries a request id, and nothing is left to expire by itself."""
    scene = visitor()
    scene.do(ExpireCheckout(scene.session_id))

    assert scene.happened == ["checkout.session.expired"]
    assert scene.events[0].request.id is not None
    assert scene.world.next_due is None


def test_a_known_customer_is_not_created_again() -> None:
    """A session for a customer attaches the new method and makes it the default."""
    first = subscriber()
    world, session = with_session(
        first.world, next(iter(first.world.prices)), customer=first.subscription.customer
    )
    scene = Scene(world).do(CompleteCheckout(session.id))

    assert "customer.created" not in scene.happened
    assert scene.happened[:3] == ["charge.succeeded", "payment_method.attached", "customer.updated"]
    assert len(scene.world.customers) == 1
    assert len(scene.world.subscriptions) == 2
    completed = render(scene.world.checkout_sessions[session.id], livemode=False)
    assert completed["customer_details"]["email"] == "ada@example.com"


def test_metadata_reaches_the_subscription_and_its_invoice() -> None:
    """subscription_data.metadata is copied to the subscription and snapshot into invoice.parent."""
    scene = subscriber()

    invoice = render(scene.invoice, livemode=False)

    assert render(scene.subscription, livemode=False)["metadata"] == {"device_id": "laptop"}
    assert invoice["parent"]["subscription_details"] == {
        "metadata": {"device_id": "laptop"},
        "subscription": scene.subscription.id,
    }


def test_the_completed_event_names_what_was_made() -> None:
    """Customer, subscription and invoice are in the completed session; its url is gone."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id))

    event = next(event for event in scene.events if event.type == "checkout.session.completed")
    session = render_event(event)["data"]["object"]

    assert session["subscription"] == scene.subscription.id
    assert session["customer"] == scene.subscription.customer
    assert session["invoice"] == scene.invoice.id
    assert (session["url"], session["amount_total"], session["payment_status"]) == (None, 1200, "paid")


def test_the_first_period_is_a_month_from_the_checkout() -> None:
    """The item carries [start, end) and the line the same; the invoice's own period is empty."""
    scene = subscriber()
    (item,), (line,) = scene.subscription.items, scene.invoice.lines

    assert (item.current_period_start, item.current_period_end) == (START, START + 31 * DAY_S)
    assert (line.period_start, line.period_end) == (START, START + 31 * DAY_S)
    assert (scene.invoice.period_start, scene.invoice.period_end) == (START, START)


def test_a_trial_refuses_a_card_that_cannot_be_attached() -> None:
    """Nothing would be charged, yet the card must be kept."""
    scene = visitor(trial_period_days=7)
    scene.do(CompleteCheckout(scene.session_id, Card.DECLINED))

    assert scene.world.checkout_sessions[scene.session_id].status == "open"


def test_a_settled_payment_cannot_be_settled_again() -> None:
    """The bank answers once."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.DELAYED))
    scene.do(SettleDelayedPayment(scene.session_id, succeeded=True))

    with pytest.raises(NoTransition, match="'succeeded'"):
        scene.do(SettleDelayedPayment(scene.session_id, succeeded=True))


def test_a_delayed_renewal_says_nothing_about_the_session() -> None:
    """A renewal by bank debit stays open until the bank answers; the session was settled long ago."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.DELAYED))
    scene.do(SettleDelayedPayment(scene.session_id, succeeded=True)).renew()

    assert scene.happened[-2:] == ["charge.pending", "payment_intent.processing"]
    assert (scene.invoice.status, scene.subscription.status) == ("open", "active")

    scene.do(SettleDelayedPayment(scene.session_id, succeeded=True))

    assert scene.invoice.status == "paid"
    assert scene.happened[-1] == "invoice_payment.paid"


def test_an_unknown_session_is_named() -> None:
    """UnknownObject says which id of what."""
    with pytest.raises(UnknownObject, match="no such checkout_session: 'cs_test_nobody'"):
        visitor().do(CompleteCheckout("cs_test_nobody"))
