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


def test_plan_changes_in_the_portal_are_not_simulated(open_portal: Account) -> None:
    """A configuration that offers them is refused rather than pretended."""
    features: Any = {"subscription_update": {"enabled": True}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        open_portal.stripe.v1.billing_portal.configurations.create({"features": features})
    assert refused.value.code == "not_simulated"
