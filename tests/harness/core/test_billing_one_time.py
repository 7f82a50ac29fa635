"""The hosted checkout page in payment mode: no invoice, and no customer by default."""

from __future__ import annotations

from worlds import START, Scene, empty, with_price, with_session

from rehearsal_harness.core.actions import CompleteCheckout, SettleDelayedPayment
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.cards import Card


def _visitor(**fields: str) -> Scene:
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


def test_a_declined_guest_may_try_again() -> None:
    """The session stays open and its payment intent is not named yet."""
    scene = _visitor()
    scene.do(CompleteCheckout(scene.session_id, Card.INSUFFICIENT_FUNDS))

    assert sorted(scene.happened) == ["charge.failed", "payment_intent.payment_failed"]
    assert scene.world.checkout_sessions[scene.session_id].payment_intent is None
