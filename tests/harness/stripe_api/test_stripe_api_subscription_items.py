"""Subscription items one by one, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from test_stripe_api_subscribing import subscribe

from rehearsal_harness.core.actions import Advance


def test_an_item_comes_changes_and_goes(account: Account) -> None:
    """Each change is one of the subscription's, and is prorated."""
    begun = subscribe(account)
    items = account.stripe.v1.subscription_items
    product = account.stripe.v1.products.create({"name": "Seats"})
    monthly: Any = {"interval": "month"}
    seats = account.stripe.v1.prices.create(
        {"product": product.id, "currency": begun.currency, "unit_amount": 500, "recurring": monthly}
    )

    added = items.create({"subscription": begun.id, "price": seats.id, "quantity": 2})
    assert (added.subscription, added.price.id, added.quantity) == (begun.id, seats.id, 2)
    assert items.update(added.id, {"quantity": 3, "proration_behavior": "none"}).quantity == 3
    assert items.retrieve(added.id).quantity == 3
    assert [each.amount for each in account.stripe.v1.invoice_items.list().data] == [1000]
    listed = items.list({"subscription": begun.id})
    assert [each.id for each in listed.data] == [begun["items"].data[0].id, added.id]

    assert items.delete(added.id).deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription_item"):
        items.retrieve(added.id)
    types = [event.type for event in account.holder.world.events]
    assert types.count("customer.subscription.updated") == 3


def test_what_an_item_cannot_be(account: Account) -> None:
    """The last one stays, the same price comes once, and a price is needed."""
    begun = subscribe(account)
    items = account.stripe.v1.subscription_items
    first = begun["items"].data[0]
    with pytest.raises(stripe.InvalidRequestError, match="at least one active plan"):
        items.delete(first.id)
    with pytest.raises(stripe.InvalidRequestError, match="same plan"):
        items.create({"subscription": begun.id, "price": first.price.id})
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param: price"):
        items.create({"subscription": begun.id})
    account.stripe.v1.subscriptions.cancel(begun.id)
    with pytest.raises(stripe.InvalidRequestError, match="does not allow"):
        items.update(first.id, {"quantity": 2})


def test_an_item_on_a_test_clock_changes_in_its_time(account: Account) -> None:
    """Half a period later on that clock, half of the difference is prorated."""
    client = account.stripe.v1
    now = account.holder.world.now
    clock = client.test_helpers.test_clocks.create({"frozen_time": now})
    method: Any = {"default_payment_method": "pm_card_visa"}
    who = client.customers.create(
        {"test_clock": clock.id, "payment_method": "pm_card_visa", "invoice_settings": method}
    )
    begun = subscribe(account, customer=who.id)
    item = begun["items"].data[0]
    client.test_helpers.test_clocks.advance(
        clock.id, {"frozen_time": (item.current_period_start + item.current_period_end) // 2}
    )
    account.do(Advance(now + 60))
    client.subscription_items.update(item.id, {"quantity": 2})
    listed = client.invoice_items.list({"customer": who.id}).data
    assert [each.amount for each in listed] == [1200, -600]


def test_an_item_has_words_of_its_own(account: Account) -> None:
    """From the beginning; an update merges them, prorates nothing and makes no invoice."""
    first = {"price": account.price().id, "metadata": {"seat": "Ada"}}
    begun = subscribe(account, items=[first])
    (item,) = begun["items"].data
    assert item.metadata.to_dict() == {"seat": "Ada"}
    changed = account.stripe.v1.subscription_items.update(item.id, {"metadata": {"floor": "2"}})
    assert changed.metadata.to_dict() == {"seat": "Ada", "floor": "2"}
    again: Any = {"items": [{"id": item.id, "metadata": {"seat": ""}}]}
    after = account.stripe.v1.subscriptions.update(begun.id, again)
    assert after["items"].data[0].metadata.to_dict() == {"floor": "2"}
    assert account.stripe.v1.invoice_items.list().data == []
