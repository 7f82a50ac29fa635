"""Disputes: a bank takes the money, and may give it back."""

from __future__ import annotations

import pytest
from worlds import START, Scene, empty, with_price, with_session

from rehearsal_harness.core.actions import CloseDispute, CompleteCheckout, OpenDispute, RefundPayment
from rehearsal_harness.core.errors import NotSimulated
from rehearsal_harness.core.objects import Dispute
from rehearsal_harness.core.render import render, render_event
from rehearsal_specs.tables import NoTransition


def _disputed(refunded: int = 0) -> Scene:
    world, price = with_price(empty())
    world, session = with_session(world, price, mode="payment")
    scene = Scene(world).do(CompleteCheckout(session.id))
    intent = next(iter(scene.world.payment_intents)).id
    if refunded:
        scene.do(RefundPayment(intent, refunded))
    return scene.do(OpenDispute(intent))


def _dispute(scene: Scene) -> Dispute:
    return next(iter(scene.world.disputes))


def test_the_bank_takes_the_money_at_once() -> None:
    """Created before anything moved; then the amount and a fee are gone."""
    scene = _disputed()

    assert scene.happened == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    created, withdrawn = (render_event(event)["data"]["object"] for event in scene.events)
    assert (created["status"], created["balance_transactions"]) == ("needs_response", [])
    assert [moved["net"] for moved in withdrawn["balance_transactions"]] == [-2700]
    assert withdrawn["evidence_details"]["due_by"] > START
    charge = next(iter(scene.world.charges))
    assert render(charge, livemode=False)["disputed"]
    assert (created["charge"], created["payment_intent"]) == (charge.id, charge.payment_intent)


def test_a_dispute_that_is_won_gives_the_money_back() -> None:
    """The merchant answered; the amount comes back, the fee does not."""
    scene = _disputed()
    scene.do(CloseDispute(_dispute(scene).id, won=True))

    assert scene.happened == [
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]
    dispute = render(_dispute(scene), livemode=False)
    assert dispute["status"] == "won"
    assert [moved["net"] for moved in dispute["balance_transactions"]] == [-2700, 1200]


def test_a_dispute_that_is_lost_gives_nothing_back() -> None:
    """One event, and the money stays gone."""
    scene = _disputed()
    scene.do(CloseDispute(_dispute(scene).id, won=False))

    assert scene.happened == ["charge.dispute.closed"]
    assert _dispute(scene).status == "lost"
    with pytest.raises(NoTransition):
        scene.do(CloseDispute(_dispute(scene).id, won=True))


def test_only_what_is_left_is_disputed_and_only_once() -> None:
    """What was given back before is not taken again."""
    scene = _disputed(refunded=200)

    assert _dispute(scene).amount == 1000
    with pytest.raises(NotSimulated, match="nothing can be disputed"):
        scene.do(OpenDispute(_dispute(scene).charge))


def test_a_disputed_charge_is_refunded_only_after_it_was_won() -> None:
    """While the bank has the money there is nothing to give back."""
    scene = _disputed()
    with pytest.raises(NotSimulated, match="Stripe would refuse"):
        scene.do(RefundPayment(_dispute(scene).charge))
    scene.do(CloseDispute(_dispute(scene).id, won=True)).do(RefundPayment(_dispute(scene).charge))

    assert scene.happened == ["refund.created", "charge.refunded"]
