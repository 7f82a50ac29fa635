"""Products, prices and features, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.actions import CompleteCheckout


def test_a_product_keeps_its_own_id(account: Account) -> None:
    """The same id again is refused: an idempotent set-up script relies on it."""
    made = account.stripe.v1.products.create({"id": "prod_pro", "name": "Pro"})
    assert made.id == "prod_pro"

    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.stripe.v1.products.create({"id": "prod_pro", "name": "Pro"})
    assert refused.value.code == "resource_already_exists"


def test_a_product_can_bring_its_price(account: Account) -> None:
    """default_price_data makes a price and makes it the default."""
    made = account.stripe.v1.products.create(
        {
            "name": "Pro",
            "default_price_data": {"currency": "usd", "unit_amount": 900, "recurring": {"interval": "year"}},
            "expand": ["default_price"],
        }
    )
    assert made.default_price.recurring.interval == "year"
    assert made.default_price.product == made.id


def test_a_product_with_prices_is_not_deleted(account: Account) -> None:
    """It is set inactive instead; one without prices is deleted."""
    products = account.stripe.v1.products
    sold = account.price().product
    with pytest.raises(stripe.InvalidRequestError, match="active parameter to false"):
        products.delete(sold)
    assert products.update(sold, {"active": False}).active is False

    unsold = products.create({"name": "Never sold"})
    assert products.delete(unsold.id).deleted
    assert [product.id for product in products.list().data] == [sold]
    assert products.list({"active": True}).data == []


@pytest.mark.parametrize("field", ["unit_amount", "currency", "recurring"])
def test_what_a_price_costs_never_changes(account: Account, field: str) -> None:
    """Amount, currency and interval are no parameters of an update."""
    price = account.price()
    sent: Any = {field: {"unit_amount": 1, "currency": "eur", "recurring": {"interval": "day"}}[field]}

    with pytest.raises(stripe.InvalidRequestError, match=f"Received unknown parameter: {field}"):
        account.stripe.v1.prices.update(price.id, sent)


def test_a_lookup_key_belongs_to_one_price(account: Account) -> None:
    """It is refused to a second one unless it is to be transferred."""
    first = account.price(lookup_key="pro")
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        account.price(lookup_key="pro")

    second = account.price(lookup_key="pro", transfer_lookup_key=True)

    assert account.stripe.v1.prices.retrieve(first.id).lookup_key is None
    assert account.stripe.v1.prices.list({"lookup_keys": ["pro"]}).data[0].id == second.id


def test_prices_are_filtered(account: Account) -> None:
    """By kind, interval, product and activity."""
    monthly = account.price()
    once = account.price(recurring=None)
    account.stripe.v1.prices.update(once.id, {"active": False, "nickname": "old"})
    listed = account.stripe.v1.prices.list

    assert [price.id for price in listed({"type": "one_time"}).data] == [once.id]
    assert [price.id for price in listed({"recurring": {"interval": "month"}}).data] == [monthly.id]
    assert [price.id for price in listed({"active": True}).data] == [monthly.id]
    assert [price.id for price in listed({"product": once.product}).data] == [once.id]


def test_a_tax_behavior_is_chosen_once(account: Account) -> None:
    """From unspecified to one of the others, and never again."""
    price = account.price()
    update = account.stripe.v1.prices.update

    assert update(price.id, {"tax_behavior": "exclusive"}).tax_behavior == "exclusive"
    with pytest.raises(stripe.InvalidRequestError, match="cannot be changed"):
        update(price.id, {"tax_behavior": "inclusive"})


def test_a_price_makes_its_product(account: Account) -> None:
    """product_data stands in place of product; one of the two is needed."""
    fields: Any = {"currency": "usd", "unit_amount": 500}
    made = account.stripe.v1.prices.create(
        {**fields, "product_data": {"name": "Once"}, "expand": ["product"]}
    )
    assert made.product.name == "Once"
    assert made.type == "one_time"
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param: product"):
        account.stripe.v1.prices.create(fields)


def test_a_feature_reaches_the_customer(account: Account) -> None:
    """A feature attached to a product is an active entitlement of whoever subscribes to it."""
    client = account.stripe
    feature = client.v1.entitlements.features.create({"lookup_key": "exports", "name": "Exports"})
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        client.v1.entitlements.features.create({"lookup_key": "exports", "name": "Again"})
    price = account.price()
    client.v1.products.features.create(price.product, {"entitlement_feature": feature.id})
    with pytest.raises(stripe.InvalidRequestError, match="already attached"):
        client.v1.products.features.create(price.product, {"entitlement_feature": feature.id})
    account.do(CompleteCheckout(account.session(price=price.id).id))
    customer_id = client.v1.customers.list().data[0].id

    found = client.v1.entitlements.active_entitlements.list(
        {"customer": customer_id, "expand": ["data.feature"]}
    )

    assert [entitlement.lookup_key for entitlement in found.data] == ["exports"]
    assert found.data[0].feature.name == "Exports"
    assert client.v1.entitlements.features.list({"lookup_key": "exports"}).data[0].id == feature.id


def test_the_account_can_be_asked_for(account: Account) -> None:
    """A backend's start-up check reads whether charges are enabled."""
    assert account.stripe.v1.accounts.retrieve_current().charges_enabled
