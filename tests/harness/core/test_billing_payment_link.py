"""Payment links: everybody who opens one has a session of their own."""

from __future__ import annotations

from typing import Any

import pytest
from worlds import Scene, empty, with_price

from rehearsal_harness.core.actions import CompleteCheckout, OpenPaymentLink
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import CheckoutSession, LineItem, PaymentLink
from rehearsal_harness.core.records import replace
from rehearsal_harness.core.render import render
from rehearsal_specs.tables import NoTransition


def _linked(*, once: bool = True, **fields: Any) -> Scene:
    """An account with one active link for two of a price."""
    world, price = with_price(empty())
    change = Change(world, f"link {once} {fields}")
    if once:
        price = replace(price, recurring=None)
        change.put(price)
    line = LineItem(id="li_1", price=price, quantity=2)
    change.create(PaymentLink(id="plink_1", line_items=(line,), metadata=(("plan", "build"),), **fields))
    return Scene(change.done())


def _session(scene: Scene) -> CheckoutSession:
    return next(scene.world.checkout_sessions.newest_first())


def test_a_guest_opens_a_link_and_pays() -> None:
    """The session names its link and has its metadata; the guest is known by the address typed."""
    scene = _linked(payment_intent_metadata=(("order", "7"),))
    scene.do(OpenPaymentLink("plink_1", "ada@example.com"))
    opened = render(_session(scene), livemode=False)

    assert scene.happened == []
    assert (opened["mode"], opened["payment_link"], opened["status"]) == ("payment", "plink_1", "open")
    assert opened["metadata"] == {"plan": "build"}
    assert opened["customer_details"] is None

    scene.do(CompleteCheckout(_session(scene).id))
    paid = render(_session(scene), livemode=False)

    assert scene.happened[-1] == "checkout.session.completed"
    assert (paid["payment_status"], paid["amount_total"], paid["customer"]) == ("paid", 2400, None)
    assert paid["customer_details"]["email"] == "ada@example.com"
    assert [dict(each.metadata) for each in scene.world.payment_intents] == [{"order": "7"}]
    assert [dict(each.metadata) for each in scene.world.charges] == [{"order": "7"}]


def test_a_link_may_begin_a_subscription() -> None:
    """With its trial and its metadata; the customer has the address typed."""
    scene = _linked(once=False, trial_period_days=7, subscription_metadata=(("plan", "retainer"),))
    scene.do(OpenPaymentLink("plink_1", "ada@example.com")).do(CompleteCheckout(_session(scene).id))

    assert (scene.subscription.status, dict(scene.subscription.metadata)) == (
        "trialing",
        {"plan": "retainer"},
    )
    assert [customer.email for customer in scene.world.customers] == ["ada@example.com"]


def test_each_visit_has_its_own_session() -> None:
    """Also within one second."""
    scene = _linked().do(OpenPaymentLink("plink_1")).do(OpenPaymentLink("plink_1"))

    assert len(scene.world.checkout_sessions) == 2


@pytest.mark.parametrize(
    ("sent", "kept"), [("user-1_B", "user-1_B"), ("user 1", None), ("é", None), ("x" * 201, None), ("", None)]
)
def test_a_wrong_reference_is_dropped_without_a_word(sent: str, kept: str | None) -> None:
    """Letters, digits, - and _; at most 200."""
    scene = _linked().do(OpenPaymentLink("plink_1", client_reference_id=sent))

    assert _session(scene).client_reference_id == kept


def test_an_inactive_link_opens_nothing() -> None:
    """It is refused by the rows."""
    scene = _linked(redirect_url="https://x.test/thanks")
    link = scene.world.payment_links["plink_1"]
    change = Change(scene.world, "off")
    change.put(replace(link, active=False))
    scene.world = change.done()

    with pytest.raises(NoTransition):
        scene.do(OpenPaymentLink("plink_1"))
