"""Customer portal sessions: create.

Source: https://docs.stripe.com/api/customer_portal/sessions/create.  Without a configuration of its own a
session needs the default one, which the owner saves in the dashboard; while there is none, the request is
refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..objects import Customer, PortalConfiguration, PortalFlow, PortalSession, Subscription
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, given, operation, shown
from .parameters import Choice, Hash, Kind, ListOf, Text, Url, Whole, not_simulated

_ITEM = Hash({"id": Text(), "price": Text(), "quantity": Whole(least=1)}, required=("id",))
_FLOW = Hash(
    {
        "type": Choice(
            "payment_method_update subscription_cancel customer_update subscription_update "
            "subscription_update_confirm",
            "subscription_pause",
        ),
        "subscription_cancel": Hash(
            {"subscription": Text(), **not_simulated("retention")}, required=("subscription",)
        ),
        "after_completion": Hash(
            {
                "type": Choice("hosted_confirmation portal_homepage redirect"),
                "hosted_confirmation": Hash({"custom_message": Text(most=500)}),
                "redirect": Hash({"return_url": Url()}, required=("return_url",)),
            },
            required=("type",),
        ),
        "subscription_update": Hash({"subscription": Text()}, required=("subscription",)),
        "subscription_update_confirm": Hash(
            {
                "subscription": Text(),
                "items": ListOf(_ITEM, most=1),
                **not_simulated("discounts"),
            },
            required=("subscription", "items"),
        ),
        **not_simulated("subscription_pause"),
    },
    required=("type",),
)
_CREATE: Mapping[str, Kind] = {
    "customer": Text(),
    "configuration": Text(),
    "return_url": Url(),
    "locale": Text(most=20),
    "flow_data": _FLOW,
    **not_simulated("after_expiration customer_account on_behalf_of"),
}


def _create(call: Call) -> tuple[World, Json]:
    customer = call.named(Customer, call.params["customer"], "customer")
    configuration = _configuration(call)
    change = call.change()
    session = PortalSession(
        id=change.new_id("bps", call.new_key(PortalSession)),
        created=change.now,
        customer=customer.id,
        configuration=configuration.id,
        return_url=call.params.get("return_url", configuration.default_return_url),
        flow=_flow(call, customer, configuration) if "flow_data" in call.params else None,
        **given(call.params, "locale"),
    )
    rendered = shown(call.world, change.create(session))
    return change.done(), rendered


def _configuration(call: Call) -> PortalConfiguration:
    if "configuration" in call.params:
        chosen = call.named(PortalConfiguration, call.params["configuration"], "configuration")
        if not chosen.active:
            raise refusal.invalid("The portal configuration is inactive.", "configuration")
        return chosen
    for configuration in call.world.portal_configurations:
        if configuration.is_default:
            return configuration
    live = call.world.settings.livemode
    mode, address = ("live", "") if live else ("test", "test/")
    raise refusal.invalid(
        f"No configuration provided and your {mode} mode default configuration has not been created. Provide "
        f"a configuration or create your default by saving your customer portal settings in {mode} mode at "
        f"https://dashboard.stripe.com/{address}settings/billing/portal."
    )


def _flow(call: Call, customer: Customer, configuration: PortalConfiguration) -> PortalFlow:
    data = call.params["flow_data"]
    flow = PortalFlow(type=data["type"], **_after(data.get("after_completion", {})))
    if not flow.type.startswith("subscription_"):
        return flow
    at = f"flow_data[{flow.type}]"
    if flow.type not in data:
        raise refusal.missing_parameter(f"{at}[subscription]")
    task = data[flow.type]
    subscription = call.named(Subscription, task["subscription"], f"{at}[subscription]")
    if subscription.customer != customer.id:
        raise refusal.no_such("subscription", subscription.id, f"{at}[subscription]", in_path=False)
    if flow.type != "subscription_cancel":
        _check_update(configuration, at)
    item = task["items"][0] if task.get("items") else {}
    if item:
        _check_item(subscription, configuration, item, at)
    held = next((each.price.id for each in subscription.items if each.id == item.get("id")), None)
    return replace(
        flow,
        subscription=subscription.id,
        item=item.get("id"),
        price=item.get("price", held),
        quantity=item.get("quantity"),
    )


def _after(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Where the task ends; raises Refusal for a redirect that leads nowhere."""
    kind = sent.get("type", "portal_homepage")
    if kind == "redirect" and "redirect" not in sent:
        raise refusal.missing_parameter("flow_data[after_completion][redirect]")
    if kind == "redirect":
        return {"return_url": sent["redirect"]["return_url"]}
    if kind == "hosted_confirmation":
        return {"confirmed": sent.get("hosted_confirmation", {}).get("custom_message", "")}
    return {}


def _check_update(configuration: PortalConfiguration, at: str) -> None:
    """Raises Refusal where the configuration offers no change of plan; the words are our own."""
    if not configuration.features.subscription_update:
        message = (
            "This subscription cannot be updated because the subscription update feature in the portal "
            "configuration is disabled."
        )
        raise refusal.invalid(message, f"{at}[subscription]")


def _check_item(
    subscription: Subscription, configuration: PortalConfiguration, item: Mapping[str, Any], at: str
) -> None:
    if item["id"] not in [each.id for each in subscription.items]:
        raise refusal.no_such("subscription_item", item["id"], f"{at}[items][0][id]", in_path=False)
    if "price" not in item and "quantity" not in item:
        raise refusal.missing_parameter(f"{at}[items][0][price]")
    if "price" in item and item["price"] not in configuration.features.price_ids:
        message = "The price must be one of the portal configuration's features.subscription_update.products."
        raise refusal.invalid(message, f"{at}[items][0][price]")


OPERATIONS = (operation("POST /v1/billing_portal/sessions", _create, _CREATE, required="customer"),)
