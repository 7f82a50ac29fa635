"""The customer portal's sessions and configurations, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.actions import CompleteCheckout
from rehearsal_harness.core.requests import save_default_portal


@pytest.fixture(name="open_portal")
def _open_portal(account: Account) -> Account:
    account.holder.world = save_default_portal(account.holder.world)
    account.do(CompleteCheckout(account.session().id))
    return account


def test_a_link_leads_to_one_customer(open_portal: Account) -> None:
    """The session names customer and return address, and billing_portal.session.created is sent."""
    customer_id = open_portal.stripe.v1.customers.list().data[0].id
    made = open_portal.stripe.v1.billing_portal.sessions.create(
        {"customer": customer_id, "return_url": "https://app.example.com/", "locale": "en"}
    )
    assert (made.customer, made.return_url, made.locale) == (customer_id, "https://app.example.com/", "en")
    assert open_portal.holder.world.events[-1].type == "billing_portal.session.created"


def test_a_link_can_lead_into_a_cancellation(open_portal: Account) -> None:
    """The subscription must be named, and be the customer's own."""
    client = open_portal.stripe
    subscription = client.v1.subscriptions.list().data[0]
    create = client.v1.billing_portal.sessions.create
    flow: Any = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription.id}}

    made = create({"customer": subscription.customer, "flow_data": flow})
    assert made.flow.subscription_cancel.subscription == subscription.id

    stranger = client.v1.customers.create({"email": "eve@example.com"})
    for customer, wrong in ((stranger.id, flow), (subscription.customer, {"type": "subscription_cancel"})):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            create({"customer": customer, "flow_data": wrong})
        assert refused.value.param == "flow_data[subscription_cancel][subscription]"


def test_a_configuration_keeps_what_is_not_sent(open_portal: Account) -> None:
    """One made by API is not the default; an inactive one opens no session."""
    client = open_portal.stripe
    configurations = client.v1.billing_portal.configurations
    made = configurations.create(
        {
            "features": {
                "customer_update": {"enabled": True, "allowed_updates": ["email", "name"]},
                "subscription_cancel": {"enabled": True, "mode": "immediately"},
            },
            "business_profile": {"headline": "Little Buddy"},
        }
    )
    changed = configurations.update(
        made.id, {"features": {"invoice_history": {"enabled": True}}, "active": False}
    )

    assert not made.is_default
    assert not made.features.invoice_history.enabled
    assert changed.features.subscription_cancel.mode == "immediately"
    assert changed.features.customer_update.allowed_updates == ["email", "name"]
    assert changed.business_profile.headline == "Little Buddy"
    assert [found.id for found in configurations.list({"active": False}).data] == [made.id]
    assert len(configurations.list({"is_default": True}).data) == 1
    customer_id = client.v1.customers.list().data[0].id
    with pytest.raises(stripe.InvalidRequestError, match="configuration is inactive"):
        client.v1.billing_portal.sessions.create({"customer": customer_id, "configuration": made.id})


def test_a_configuration_offers_plans(open_portal: Account) -> None:
    """Its products are there when they are asked for, and stay where they are not sent again."""
    client = open_portal.stripe
    price = client.v1.prices.list().data[0]
    update: Any = {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "products": [{"product": price.product, "prices": [price.id]}],
        "proration_behavior": "always_invoice",
    }
    configurations = client.v1.billing_portal.configurations
    made = configurations.create({"features": {"subscription_update": update}})
    path = "features.subscription_update.products"
    changed = configurations.update(made.id, {"metadata": {"a": "b"}, "expand": [path]})

    assert "products" not in made.features.subscription_update
    assert made.features.subscription_update.proration_behavior == "always_invoice"
    (product,) = changed.features.subscription_update.products
    assert (product.product, product.prices) == (price.product, [price.id])


@pytest.mark.parametrize("wrong", ["product", "price", "once"])
def test_a_configuration_offers_only_what_there_is(open_portal: Account, wrong: str) -> None:
    """A recurring price of the product that is named."""
    client = open_portal.stripe
    price = client.v1.prices.list().data[0]
    other = client.v1.products.create({"name": "Other"}).id
    once = client.v1.prices.create({"product": other, "currency": "usd", "unit_amount": 1}).id
    product, chosen = {
        "product": ("prod_none", price.id),
        "price": (other, price.id),
        "once": (other, once),
    }[wrong]
    update: Any = {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "products": [{"product": product, "prices": [chosen]}],
    }
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.billing_portal.configurations.create({"features": {"subscription_update": update}})
    assert str(refused.value.param).startswith("features[subscription_update][products][0]")


def test_a_link_into_a_change_of_plan_needs_a_configuration_that_offers_it(open_portal: Account) -> None:
    """And, to confirm one price, a price and an item that are there."""
    client = open_portal.stripe
    subscription = client.v1.subscriptions.list().data[0]
    price, item = client.v1.prices.list().data[0], subscription["items"].data[0].id
    update: Any = {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "products": [{"product": price.product, "prices": [price.id]}],
    }
    made = client.v1.billing_portal.configurations.create({"features": {"subscription_update": update}})

    def create(configuration: str | None, item: str, price: str) -> Any:
        confirm = {"subscription": subscription.id, "items": [{"id": item, "price": price}]}
        flow = {"type": "subscription_update_confirm", "subscription_update_confirm": confirm}
        params: Any = {"customer": subscription.customer, "flow_data": flow}
        if configuration:
            params["configuration"] = configuration
        return client.v1.billing_portal.sessions.create(params)

    shown = create(made.id, item, price.id).flow.subscription_update_confirm
    assert (shown.subscription, shown["items"][0].price) == (subscription.id, price.id)
    for wrong in ((None, item, price.id), (made.id, "si_none", price.id), (made.id, item, "price_none")):
        with pytest.raises(stripe.InvalidRequestError):
            create(*wrong)
