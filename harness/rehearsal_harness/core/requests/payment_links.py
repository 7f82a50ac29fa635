"""Payment links: create, retrieve, update, list, line items.

Source: https://docs.stripe.com/api/payment-link: a link is never deleted, only set inactive.  Nothing here
opens a link: somebody does (`actions.OpenPaymentLink`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..billing.causes import Cause
from ..change import Change
from ..objects import PaymentLink
from ..render.checkout_session import render_line_item
from ..world import World
from . import refusal
from .checkout_page import page_of
from .checkout_page_parameters import INVOICE_CREATION, PAGE
from .checkout_parameters import TRIAL_SETTINGS
from .line_items import LINE, read_lines
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, listed, matches
from .parameters import Choice, Flag, Hash, Kind, ListOf, Only, Text, Url, Whole, harmless, not_simulated

_UNTAXED = Hash({"enabled": Only("false"), **not_simulated("liability")}, required=("enabled",))
_AFTER_COMPLETION = Hash(
    {
        "type": Choice("hosted_confirmation redirect"),
        "hosted_confirmation": Hash(harmless("custom_message")),
        "redirect": Hash({"url": Url()}, required=("url",)),
    },
    required=("type",),
)
_SUBSCRIPTION_DATA: Mapping[str, Kind] = {
    "metadata": Metadata(),
    "trial_period_days": Whole(least=1, most=730),
    "trial_settings": TRIAL_SETTINGS,
    **not_simulated("invoice_settings"),
}
_INTENT_DATA: Mapping[str, Kind] = {
    "metadata": Metadata(),
    **not_simulated(
        "description setup_future_usage statement_descriptor statement_descriptor_suffix transfer_group"
    ),
}
_FIELDS: dict[str, Kind] = {
    "after_completion": _AFTER_COMPLETION,
    "allow_promotion_codes": Flag(),
    "automatic_tax": _UNTAXED,
    "billing_address_collection": Choice("auto required"),
    "customer_creation": Choice("always if_required"),
    "inactive_message": Text(most=500, clearable=True),
    "invoice_creation": INVOICE_CREATION,
    "metadata": Metadata(),
    "payment_method_collection": Choice("always if_required"),
    **PAGE,
    **not_simulated(
        "application_fee_amount application_fee_percent on_behalf_of optional_items payment_method_options "
        "payment_method_types restrictions shipping_options transfer_data"
    ),
}
_CREATE: dict[str, Kind] = {
    **_FIELDS,
    "line_items": ListOf(Hash(LINE, required=("quantity",)), most=20),
    "payment_intent_data": Hash(
        {**_INTENT_DATA, "capture_method": Choice("automatic automatic_async", "manual")}
    ),
    "subscription_data": Hash({**_SUBSCRIPTION_DATA, "description": Text(most=500)}),
    **not_simulated("currency managed_payments"),
}
_UPDATE: dict[str, Kind] = {
    **_FIELDS,
    "active": Flag(),
    "payment_intent_data": Hash(_INTENT_DATA),
    "subscription_data": Hash(_SUBSCRIPTION_DATA),
    **not_simulated("line_items"),
}
_PLAIN = (
    "allow_promotion_codes billing_address_collection customer_creation inactive_message "
    "payment_method_collection"
)


def _create(call: Call) -> tuple[World, Json]:
    change = call.change()
    key = call.new_key(PaymentLink)
    link = PaymentLink(
        id=change.new_id("plink", key),
        line_items=read_lines(call, change, key),
        metadata=metadata_of(call.params),
        **given(call.params, _PLAIN),
    )
    rendered = shown(call.world, change.create(_with_data(call.params, link)))
    return change.done(), rendered


def _with_data(params: Mapping[str, Any], link: PaymentLink) -> PaymentLink:
    """The link with what its sessions are to carry; raises Refusal for what its mode does not have."""
    misplaced = "payment_intent_data" if link.mode == "subscription" else "subscription_data"
    other = "customer_creation" if link.mode == "subscription" else "payment_method_collection"
    for name in (misplaced, other):
        if name in params:
            raise refusal.invalid(f"You can not pass `{name}` with these line items.", name)
    data = params.get("subscription_data", {})
    intent_data = params.get("payment_intent_data", {})
    ending = data.get("trial_settings", {}).get("end_behavior", {})
    described = {"subscription_description": data["description"]} if "description" in data else {}
    after = params.get("after_completion")
    if after is not None:
        if (after["type"] == "redirect") != ("redirect" in after):
            raise refusal.missing_parameter("after_completion[redirect]")
        link = replace(link, redirect_url=after.get("redirect", {}).get("url"))
    return replace(
        link,
        subscription_metadata=metadata_of(data, link.subscription_metadata),
        payment_intent_metadata=metadata_of(intent_data, link.payment_intent_metadata),
        page=page_of(params, link.mode, link.page),
        **given(data, "trial_period_days"),
        **given(ending, "missing_payment_method"),
        **described,
    )


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(PaymentLink))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(PaymentLink)
    after = replace(before, metadata=metadata_of(call.params, before.metadata), **given(call.params, _PLAIN))
    after = replace(_with_data(call.params, after), active=call.params.get("active", before.active))
    change = call.change()
    if after != before:
        _written(change, before, after)
    return change.done(), shown(call.world, after)


def _written(change: Change, before: PaymentLink, after: PaymentLink) -> None:
    switched = Cause.ENABLED if after.active else Cause.DISABLED
    change.update(before, after, Cause.UPDATED if after.active == before.active else switched)


def _list(call: Call) -> tuple[World, Json]:
    def keep(link: PaymentLink) -> bool:
        return matches(call.params, active=link.active)

    rows = call.world.payment_links
    return call.world, listed(call, "/v1/payment_links", rows, lambda row: shown(call.world, row), keep)


def _list_line_items(call: Call) -> tuple[World, Json]:
    link = call.target(PaymentLink)
    livemode = call.world.settings.livemode
    url = f"/v1/payment_links/{link.id}/line_items"
    return call.world, listed(call, url, link.line_items, lambda item: render_line_item(item, livemode))


OPERATIONS = (
    operation("POST /v1/payment_links", _create, _CREATE, required="line_items"),
    operation("GET /v1/payment_links", _list, {**PAGE_PARAMS, "active": Flag()}),
    operation("GET /v1/payment_links/:id", _retrieve),
    operation("POST /v1/payment_links/:id", _update, _UPDATE),
    operation("GET /v1/payment_links/:id/line_items", _list_line_items, PAGE_PARAMS),
)
