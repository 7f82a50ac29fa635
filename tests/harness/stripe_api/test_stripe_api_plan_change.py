"""Plan changes and several subscriptions of one customer, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.actions import CompleteCheckout
from rehearsal_harness.core.render import render_event


def _subscription(account: Account, **fields: Any) -> Any:
    session = account.session(**fields)
    account.do(CompleteCheckout(session.id))
    return account.stripe.v1.subscriptions.list().data[0]


def test_an_item_gets_another_price(any_account: Account) -> None:
    """By its id; the prorations wait and can be read."""
    client = any_account.stripe
    before = _subscription(any_account)
    item = before["items"].data[0]
    dearer = any_account.price(unit_amount=2400)

    after = client.v1.subscriptions.update(before.id, {"items": [{"id": item.id, "price": dearer.id}]})

    assert [(each.id, each.price.id) for each in after["items"].data] == [(item.id, dearer.id)]
    waiting = client.v1.invoice_items.list({"pending": True, "customer": before.customer}).data
    assert [each.amount for each in waiting] == [2400, -1200]
    assert client.v1.invoice_items.retrieve(waiting[0].id).proration


def test_prorations_are_collected_at_once(account: Account) -> None:
    """always_invoice: paid in the request."""
    before = _subscription(account)
    change: Any = {"id": before["items"].data[0].id, "price": account.price(unit_amount=2400).id}

    after = account.stripe.v1.subscriptions.update(
        before.id,
        {"items": [change], "proration_behavior": "always_invoice", "expand": ["latest_invoice"]},
    )

    assert (after.latest_invoice.total, after.latest_invoice.status) == (1200, "paid")
    assert {line.parent.type for line in after.latest_invoice.lines.data} == {"invoice_item_details"}


def test_an_item_without_an_id_is_added(account: Account) -> None:
    """Deleting the old one in the same request changes the plan."""
    before = _subscription(account)
    old, price = before["items"].data[0].id, account.price(unit_amount=2400).id
    update = account.stripe.v1.subscriptions.update

    both = update(before.id, {"items": [{"price": price}], "proration_behavior": "none"})
    assert len(both["items"].data) == 2
    left = update(before.id, {"items": [{"id": old, "deleted": True}], "proration_behavior": "none"})
    assert [each.price.id for each in left["items"].data] == [price]


def test_one_request_is_one_update(account: Account) -> None:
    """Items and metadata together; metadata alone where the items are what they were."""
    before = _subscription(account)
    item, price = before["items"].data[0], account.price(unit_amount=2400).id
    update = account.stripe.v1.subscriptions.update
    said = len(account.holder.world.events)
    for change, plan in (({"id": item.id, "price": price}, "more"), ({"id": item.id}, "most")):
        update(
            before.id,
            {"items": [change], "metadata": {"plan": plan}, "proration_behavior": "none"},  # type: ignore[list-item]
        )

    events = [render_event(event) for event in account.holder.world.events.since(said)]
    assert [event["type"] for event in events] == ["customer.subscription.updated"] * 2
    assert [sorted(event["data"]["previous_attributes"]) for event in events] == [
        ["items", "metadata"],
        ["metadata"],
    ]


@pytest.mark.parametrize(
    ("items", "param", "words"),
    [
        ([{"id": "si_0", "price": "MORE"}], "items[0][id]", "No such subscription_item"),
        ([{"id": "ITEM", "price": "price_0"}], "items[0][price]", "No such price"),
        ([{"id": "ITEM", "price": "ONCE"}], "items[0][price]", "only accepts prices with"),
        ([{"id": "ITEM", "price": "OFF"}], "items[0][price]", "price specified is inactive"),
        ([{"id": "ITEM", "price": "EURO"}], "items", "is in eur, but the subscription in usd"),
        ([{"price": "SAME"}], "items", "multiple subscription items with the same plan"),
        ([{"id": "ITEM", "deleted": True}], "items", "at least one active plan"),
        ([{"quantity": 1}], "items[0][price]", "Missing required param"),
        ([{"id": "ITEM", "quantity": -1}], "items[0][quantity]", "greater than or equal to 0"),
        ([{"price": "YEAR"}], None, "different intervals"),
    ],
)
def test_a_wrong_item_is_refused_by_name(
    account: Account, items: list[dict[str, Any]], param: str | None, words: str
) -> None:
    """And the subscription is as it was."""
    before = _subscription(account)
    item = before["items"].data[0]
    off = account.price()
    account.stripe.v1.prices.update(off.id, {"active": False})
    named = {
        "ITEM": item.id,
        "SAME": item.price.id,
        "MORE": account.price().id,
        "ONCE": account.price(recurring=None).id,
        "OFF": off.id,
        "EURO": account.price(currency="eur").id,
        "YEAR": account.price(recurring={"interval": "year"}).id,
    }
    sent: Any = [{key: named.get(value, value) for key, value in each.items()} for each in items]
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        account.stripe.v1.subscriptions.update(before.id, {"items": sent})

    assert refused.value.param == param
    after = account.stripe.v1.subscriptions.retrieve(before.id)
    assert [each.price.id for each in after["items"].data] == [item.price.id]


def test_an_end_in_the_period_is_not_prorated(account: Account) -> None:
    """Stripe would credit the rest; nothing else without items is prorated at all."""
    before = _subscription(account)
    update = account.stripe.v1.subscriptions.update
    ends: Any = {"cancel_at": account.holder.world.now + 60, "proration_behavior": "create_prorations"}
    with pytest.raises(stripe.InvalidRequestError, match="does not simulate proration_behavior") as refused:
        update(before.id, ends)
    assert refused.value.param == "proration_behavior"
    assert update(before.id, {"proration_behavior": "create_prorations", "description": "x"}).description


def test_an_archived_price_cannot_be_subscribed_to(account: Account) -> None:
    """Neither at checkout nor by API; a running subscription keeps it."""
    price = account.price().id
    running = _subscription(account, price=price)
    account.stripe.v1.prices.update(price, {"active": False})

    with pytest.raises(stripe.InvalidRequestError, match="price specified is inactive"):
        account.session(price=price)
    with pytest.raises(stripe.InvalidRequestError, match="price specified is inactive"):
        account.stripe.v1.subscriptions.create({"customer": running.customer, "items": [{"price": price}]})
    assert account.stripe.v1.subscriptions.retrieve(running.id).status == "active"


def test_a_customer_has_several_subscriptions(any_account: Account) -> None:
    """A second checkout of the same customer makes another one, each with its own invoice."""
    first = _subscription(any_account)
    second = _subscription(any_account, customer=first.customer)

    assert second.customer == first.customer
    assert second.id != first.id
    assert second.latest_invoice != first.latest_invoice
    listed = any_account.stripe.v1.subscriptions.list({"customer": first.customer}).data
    assert {each.id for each in listed} == {first.id, second.id}
    assert len(any_account.holder.world.customers) == 1
