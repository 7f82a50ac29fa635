"""Customer portal sessions: create.

Source: https://docs.stripe.com/api/customer_portal/sessions/create.  Without a configuration of its own a
session needs the default one, which the owner saves in the dashboard; while there is none, the request is
refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..objects import Customer, PortalConfiguration, PortalFlow, PortalSession, Subscription
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, given, operation, shown
from .parameters import Choice, Hash, Kind, Text, Url, not_simulated

_FLOW = Hash(
    {
        "type": Choice(
            "payment_method_update subscription_cancel",
            "customer_update subscription_pause subscription_update subscription_update_confirm",
        ),
        "subscription_cancel": Hash(
            {"subscription": Text(), **not_simulated("retention")}, required=("subscription",)
        ),
        "after_completion": Hash(
            {
                "type": Choice("redirect portal_homepage", "hosted_confirmation"),
                "redirect": Hash({"return_url": Url()}, required=("return_url",)),
                **not_simulated("hosted_confirmation"),
            },
            required=("type",),
        ),
        **not_simulated("subscription_pause subscription_update subscription_update_confirm"),
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
        flow=_flow(call, customer, call.params["flow_data"]) if "flow_data" in call.params else None,
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


def _flow(call: Call, customer: Customer, data: Mapping[str, Any]) -> PortalFlow:
    subscription_id = None
    if data["type"] == "subscription_cancel":
        param = "flow_data[subscription_cancel][subscription]"
        if "subscription_cancel" not in data:
            raise refusal.missing_parameter(param)
        subscription_id = data["subscription_cancel"]["subscription"]
        if call.named(Subscription, subscription_id, param).customer != customer.id:
            raise refusal.no_such("subscription", subscription_id, param, in_path=False)
    redirect = data.get("after_completion", {}).get("redirect", {})
    return PortalFlow(type=data["type"], subscription=subscription_id, return_url=redirect.get("return_url"))


OPERATIONS = (operation("POST /v1/billing_portal/sessions", _create, _CREATE, required="customer"),)
