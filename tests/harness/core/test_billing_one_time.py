"""The hosted checkout page in payment mode: no invoice, and no customer by default."""

from __future__ import annotations

from typing import Any

from worlds import START, Scene, empty, with_price, with_session

from rehearsal_harness.core.actions import CompleteCheckout, SettleDelayedPayment
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.cards import Card


def _visitor(**fields: Any) -> Scene:
    world, price = with_price(empty())
    world, session = with_session(world, price, mode="payment", **fields)
    scene = Scene(world)
    scene.session_id = session.id
    return scene


def test_a_guest_pays() -> None:
    """Four events; the balance transaction follows by itself."""
    scene = _visitor()
    scene.do(CompleteCheckout(scene.session_id))

    assert scene.happened == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert len(scene.world.invoices) == len(scene.world.customers) == 0

    scene.wait(DAY_S)

    assert [(event.type, event.created) for event in scene.events] == [("charge.updated", START + 3)]
    assert scene.world.next_due is None


def test_a_session_may_ask_for_a_customer() -> None:
    """customer_creation=always makes one."""
    scene = _visitor(customer_creation="always")
    scene.do(CompleteCheckout(scene.session_id))

    assert "customer.created" in scene.happened
    assert scene.world.checkout_sessions[scene.session_id].customer in scene.world.customers


def test_a_delayed_payment_settles() -> None:
    """Complete and unpaid first; the session says when the money is there."""
    scene = _visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.DELAYED))

    assert scene.world.checkout_sessions[scene.session_id].payment_status == "unpaid"

    scene.do(SettleDelayedPayment(scene.session_id, succeeded=True))

    assert scene.happened == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]
    assert scene.world.checkout_sessions[scene.session_id].payment_status == "paid"
    assert scene.wait(DAY_S).happened == ["charge.updated"]


def test_a_delayed_payment_fails() -> None:
    """The session stays complete and unpaid; its intent waits for another method."""
    scene = _visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.DELAYED))
    scene.do(SettleDelayedPayment(scene.session_id, succeeded=False))

    assert scene.happened == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]
    session = scene.world.checkout_sessions[scene.session_id]
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert scene.world.payment_intents[session.payment_intent or ""].status == "requires_payment_method"
    assert scene.world.next_due is None


def test_metadata_reaches_the_payment_and_its_charge() -> None:
    """payment_intent_data.metadata is copied; the session's own is not."""
    scene = _visitor(payment_intent_metadata=(("order", "7"),))
    scene.do(CompleteCheckout(scene.session_id))

    said = {event.type: dict(event.after.metadata) for event in scene.events}  # type: ignore[union-attr]
    assert said == {
        "payment_intent.created": {"order": "7"},
        "charge.succeeded": {"order": "7"},
        "payment_intent.succeeded": {"order": "7"},
        "checkout.session.completed": {"device_id": "laptop"},
    }


def test_a_known_customer_pays_once() -> None:
    """The payment is theirs; no customer is made and no card is kept."""
    scene = _visitor(customer_creation="always")
    scene.do(CompleteCheckout(scene.session_id))
    customer = next(iter(scene.world.customers))
    world, session = with_session(
        scene.world, next(iter(scene.world.prices)), mode="payment", customer=customer.id
    )
    again = Scene(world).do(CompleteCheckout(session.id))

    assert "customer.created" not in again.happened
    paid = again.world.checkout_sessions[session.id]
    assert (paid.customer, paid.payer_email) == (customer.id, "ada@example.com")
    assert next(again.world.payment_intents.newest_first()).customer == customer.id
    assert [method.customer for method in again.world.payment_methods] == [None, None]


def test_nothing_to_pay_is_complete_at_once() -> None:
    """No payment intent, and payment_status no_payment_required."""
    world, price = with_price(empty(), unit_amount=0)
    world, session = with_session(world, price, mode="payment")
    scene = Scene(world).do(CompleteCheckout(session.id))

    assert scene.happened == ["checkout.session.completed"]
    done = scene.world.checkout_sessions[session.id]
    assert (done.payment_status, done.payment_intent) == ("no_payment_required", None)


def test_a_guest_types_an_address() -> None:
    """The page asks for it where the session names none."""
    world, price = with_price(empty())
    world, session = with_session(world, price, mode="payment", customer_email=None)
    scene = Scene(world).do(CompleteCheckout(session.id, email="ada@example.com"))

    assert scene.world.checkout_sessions[session.id].payer_email == "ada@example.com"


def test_a_declined_guest_may_try_again() -> None:
    """The session stays open and its payment intent is not named yet."""
    scene = _visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.INSUFFICIENT_FUNDS))

    assert sorted(scene.happened) == ["charge.failed", "payment_intent.payment_failed"]
    assert scene.world.checkout_sessions[scene.session_id].payment_intent is None
