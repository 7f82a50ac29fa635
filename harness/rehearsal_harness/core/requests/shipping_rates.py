"""Shipping rates: create, retrieve, update, list; and those that a checkout session offers.

Source: https://docs.stripe.com/api/shipping_rates and
https://docs.stripe.com/payments/during-payment/charge-shipping: at most five, in payment mode alone, and the
first one is chosen until the customer chooses another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..change import Change
from ..objects import ShippingOption, ShippingRate
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Choice, Flag, Hash, Kind, ListOf, Only, Span, Text, Whole, not_simulated

_BOUND = Hash(
    {"unit": Choice("business_day day hour month week"), "value": Whole(least=1)}, required=("unit", "value")
)
_TAXED = Choice("exclusive inclusive unspecified")
RATE: Mapping[str, Kind] = {
    "delivery_estimate": Hash({"maximum": _BOUND, "minimum": _BOUND}),
    "display_name": Text(most=100),
    "fixed_amount": Hash(
        {"amount": Whole(), "currency": Text(), **not_simulated("currency_options")},
        required=("amount", "currency"),
    ),
    "metadata": Metadata(),
    "tax_behavior": _TAXED,
    "tax_code": Text(),
    "type": Only("fixed_amount"),
}
SHIPPING_OPTIONS = ListOf(
    Hash({"shipping_rate": Text(), "shipping_rate_data": Hash(RATE, required=("display_name",))}), most=5
)
_UPDATE: Mapping[str, Kind] = {
    "active": Flag(),
    "metadata": Metadata(),
    "tax_behavior": _TAXED,
    **not_simulated("fixed_amount"),
}


def _made(change: Change, key: str, params: Mapping[str, Any], param: str = "") -> ShippingRate:
    """Keep a new rate; raises Refusal for one without an amount."""
    name = f"{param}[fixed_amount]" if param else "fixed_amount"
    if "fixed_amount" not in params:
        raise refusal.missing_parameter(name)
    amount = params["fixed_amount"]
    estimate = params.get("delivery_estimate", {})
    currency = amount["currency"].lower()
    if len(currency) != 3 or not currency.isalpha():
        raise refusal.invalid(f"Invalid currency: {currency[:20]}.", f"{name}[currency]")
    rate = ShippingRate(
        id=change.new_id("shr", key),
        created=change.now,
        display_name=params["display_name"],
        amount=amount["amount"],
        currency=currency,
        at_least=_bound(estimate.get("minimum")),
        at_most=_bound(estimate.get("maximum")),
        metadata=metadata_of(params),
        **given(params, "tax_behavior tax_code"),
    )
    return change.create(rate)


def _bound(sent: Mapping[str, Any] | None) -> tuple[str, int] | None:
    return None if sent is None else (sent["unit"], sent["value"])


def read_options(
    call: Call, change: Change, sent: Sequence[Mapping[str, Any]], mode: str, currency: str
) -> tuple[ShippingOption, ...]:
    """The ways to send it that a session offers; raises Refusal for what does not fit it."""
    if sent and mode != "payment":
        message = "`shipping_options` can only be used in `payment` mode."
        raise refusal.invalid(message, "shipping_options")
    found = [_option(call, change, each, f"shipping_options[{at}]") for at, each in enumerate(sent)]
    for at, rate in enumerate(found):
        if rate.currency != currency:
            message = f"The shipping rate `{rate.id}` has no amount in `{currency}`."
            raise refusal.invalid(message, f"shipping_options[{at}]")
    return tuple(ShippingOption(shipping_rate=rate.id, amount=rate.amount) for rate in found)


def _option(call: Call, change: Change, sent: Mapping[str, Any], param: str) -> ShippingRate:
    if ("shipping_rate" in sent) == ("shipping_rate_data" in sent):
        message = "You must specify exactly one of these parameters: shipping_rate, shipping_rate_data."
        raise refusal.invalid(message, f"{param}[shipping_rate]")
    if "shipping_rate_data" in sent:
        key = call.new_key(ShippingRate) + param
        return _made(change, key, sent["shipping_rate_data"], f"{param}[shipping_rate_data]")
    rate = call.named(ShippingRate, sent["shipping_rate"], f"{param}[shipping_rate]")
    if not rate.active:
        raise refusal.invalid(f"The shipping rate `{rate.id}` is not active.", f"{param}[shipping_rate]")
    return rate


def _create(call: Call) -> tuple[World, Json]:
    change = call.change()
    rate = _made(change, call.new_key(ShippingRate), call.params)
    return change.done(), shown(call.world, rate)


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(ShippingRate))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(ShippingRate)
    after = replace(
        before,
        metadata=metadata_of(call.params, before.metadata),
        **given(call.params, "active tax_behavior"),
    )
    change = call.change()
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _list(call: Call) -> tuple[World, Json]:
    def keep(rate: ShippingRate) -> bool:
        fits = matches(call.params, active=rate.active, currency=rate.currency)
        return fits and inside(call.params.get("created"), rate.created)

    rows = call.world.shipping_rates
    return call.world, listed(call, "/v1/shipping_rates", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/shipping_rates", _create, RATE, required="display_name"),
    operation(
        "GET /v1/shipping_rates",
        _list,
        {**PAGE_PARAMS, "active": Flag(), "created": Span(), "currency": Text()},
    ),
    operation("GET /v1/shipping_rates/:id", _retrieve),
    operation("POST /v1/shipping_rates/:id", _update, _UPDATE),
)
