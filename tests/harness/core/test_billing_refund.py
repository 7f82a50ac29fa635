"""Refunds: money goes back, and nothing else changes."""

from __future__ import annotations

import pytest
from worlds import Scene, empty, subscriber, with_price, with_session

from rehearsal_harness.core.actions import CompleteCheckout, FailRefund, RefundPayment
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.errors import NotSimulated
from rehearsal_harness.core.objects import Charge, PaymentIntent
from rehearsal_harness.core.render import render
from rehearsal_specs.tables import NoTransition


def _payer(card: Card = Card.OK) -> Scene:
    world, price = with_price(empty())
    world, session = with_session(world, price, mode="payment")
    return Scene(world).do(CompleteCheckout(session.id, card))


def _intent(scene: Scene) -> PaymentIntent:
    return next(scene.world.payment_intents.newest_first())


def _charge(scene: Scene) -> Charge:
    return next(scene.world.charges.newest_first())


def test_a_payment_is_given_back_in_full() -> None:
    """The refund is announced by itself, the charge says that it is refunded."""
    scene = _payer()
    scene.do(RefundPayment(_intent(scene).id, reason="requested_by_customer"))

    assert scene.happened == ["refund.created", "charge.refunded"]
    charge = render(_charge(scene), livemode=False)
    assert (charge["refunded"], charge["amount_refunded"], charge["amount"]) == (True, 1200, 1200)
    refund = render(next(iter(scene.world.refunds)), livemode=False)
    assert (refund["amount"], refund["status"], refund["reason"]) == (
        1200,
        "succeeded",
        "requested_by_customer",
    )
    assert (refund["charge"], refund["payment_intent"]) == (charge["id"], _intent(scene).id)
    assert _intent(scene).status == "succeeded"


def test_a_payment_is_given_back_bit_by_bit() -> None:
    """`refunded` is true only when everything is back."""
    scene = _payer()
    scene.do(RefundPayment(_intent(scene).id, 500))
    partly = render(_charge(scene), livemode=False)
    scene.do(RefundPayment(_charge(scene).id))

    assert (partly["refunded"], partly["amount_refunded"]) == (False, 500)
    assert [refund.amount for refund in scene.world.refunds] == [500, 700]
    assert render(_charge(scene), livemode=False)["refunded"]


def test_more_than_was_paid_is_refused() -> None:
    """Nothing is given back twice."""
    scene = _payer()
    scene.do(RefundPayment(_intent(scene).id, 500))

    with pytest.raises(NotSimulated, match="which Stripe would refuse"):
        scene.do(RefundPayment(_intent(scene).id, 701))


def test_what_never_arrived_is_not_given_back() -> None:
    """A pending charge cannot be refunded."""
    scene = _payer(Card.DELAYED)

    with pytest.raises(NoTransition):
        scene.do(RefundPayment(_intent(scene).id))


def test_a_refund_may_fail_later() -> None:
    """Then the charge is no longer refunded."""
    scene = _payer()
    scene.do(RefundPayment(_intent(scene).id))
    scene.do(FailRefund(next(iter(scene.world.refunds)).id))

    assert scene.happened == ["refund.updated", "charge.refund.updated", "refund.failed"]
    assert next(iter(scene.world.refunds)).status == "failed"
    assert _charge(scene).amount_refunded == 0


def test_a_subscription_goes_on_after_a_refund() -> None:
    """Neither its status nor its invoice's changes."""
    scene = subscriber()
    before = (scene.subscription, scene.invoice)
    scene.do(RefundPayment(_intent(scene).id))

    assert (scene.subscription, scene.invoice) == before
    assert scene.happened == ["refund.created", "charge.refunded"]
