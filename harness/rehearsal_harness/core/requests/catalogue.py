"""What products and prices share: how a price is made.

Source: https://docs.stripe.com/api/prices/create; a lookup key belongs to one price of the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from ..change import Change
from ..objects import CustomAmount, Meter, Price, Recurring, Tier
from . import refusal
from .numbers import DecimalAmount, UpTo
from .operation import Call, given, metadata_of
from .parameters import Choice, Hash, Kind, Only, Text, Whole

PERIOD: Mapping[str, Kind] = {
    "interval": Choice("day week month year"),
    "interval_count": Whole(least=1, most=156),
}
RECURRING = Hash(
    {
        **PERIOD,
        "usage_type": Choice("licensed metered"),
        "meter": Text(),
        "trial_period_days": Whole(least=1, most=730),
    },
    required=("interval",),
)
CUSTOM_AMOUNT = Hash(
    {
        "enabled": Only("true"),
        "maximum": Whole(least=1),
        "minimum": Whole(),
        "preset": Whole(),
    },
    required=("enabled",),
)
TIER = Hash(
    {
        "up_to": UpTo(),
        "flat_amount": Whole(),
        "flat_amount_decimal": DecimalAmount(),
        "unit_amount": Whole(),
        "unit_amount_decimal": DecimalAmount(),
    },
    required=("up_to",),
)

_RECURRING = "interval interval_count usage_type meter trial_period_days"


def make_price(
    change: Change, call: Call, product_id: str, params: Mapping[str, Any], key: str = ""
) -> Price:
    """Keep a new price of the product; `key` tells it from others of the same call.  Raises Refusal when its
    currency is none or its lookup key is taken."""
    return change.create(price_of_params(change, call, product_id, params, key))


def price_of_params(
    change: Change, call: Call, product_id: str, params: Mapping[str, Any], key: str = ""
) -> Price:
    """The price that `params` describe, not yet kept; it may bring an id of its own.  Raises Refusal."""
    currency = params["currency"].lower()
    if len(currency) != 3 or not currency.isalpha():
        raise refusal.invalid(f"Invalid currency: {currency[:20]}.", "currency")
    recurring = params.get("recurring")
    if recurring is not None:
        _check_meter(call, recurring)
    lookup_key = params.get("lookup_key")
    if lookup_key is not None:
        take_lookup_key(change, lookup_key, transfer=params.get("transfer_lookup_key", False))
    return Price(
        id=params.get("id") or change.new_id("price", call.new_key(Price) + key),
        created=change.now,
        product=product_id,
        currency=currency,
        recurring=Recurring(**given(recurring, _RECURRING)) if recurring else None,
        metadata=metadata_of(params),
        **_amount(params),
        **given(params, "active lookup_key nickname tax_behavior"),
    )


def _amount(params: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a price that say what it costs; raises Refusal unless exactly one way is chosen."""
    ways = [
        name
        for name in ("unit_amount", "unit_amount_decimal", "tiers", "custom_unit_amount")
        if name in params
    ]
    if not ways:
        raise refusal.missing_parameter("unit_amount")
    if len(ways) > 1:
        message = f"You may only specify one of these parameters: {', '.join(ways)}."
        raise refusal.invalid(message, ways[1])
    found: dict[str, Any] = {"unit_amount": params.get("unit_amount", 0)}
    decimal = params.get("unit_amount_decimal")
    if decimal is not None:
        found = (
            {"unit_amount": int(decimal)}
            if decimal.isdigit()
            else {"unit_amount": 0, "unit_amount_decimal": decimal}
        )
    if "custom_unit_amount" in params:
        custom = params["custom_unit_amount"]
        found["custom_amount"] = CustomAmount(**given(custom, "minimum maximum preset"))
    tiered = params.get("billing_scheme") == "tiered"
    if tiered != ("tiers" in params) or tiered != ("tiers_mode" in params):
        message = "tiers, tiers_mode and billing_scheme=tiered must be sent together."
        raise refusal.invalid(message, "tiers")
    if tiered:
        found |= {"tiers": read_tiers(params["tiers"]), "tiers_mode": params["tiers_mode"]}
    if "transform_quantity" in params:
        whole = params["transform_quantity"]
        found |= {"divide_by": whole["divide_by"], "divide_round": whole["round"]}
    return found


def read_tiers(sent: Sequence[Mapping[str, Any]]) -> tuple[Tier, ...]:
    """The tiers of a price; raises Refusal unless they rise and the last one is open."""
    ends = [each["up_to"] for each in sent]
    if not ends or ends[-1] is not None or None in ends[:-1]:
        message = "The last tier, and no other, must have `up_to` set to `inf`."
        raise refusal.invalid(message, "tiers")
    if any(later <= earlier for earlier, later in pairwise(ends[:-1])):
        raise refusal.invalid("Each tier's `up_to` must be above the one before.", "tiers")
    return tuple(
        Tier(
            up_to=each["up_to"],
            unit_amount=str(each.get("unit_amount_decimal", each.get("unit_amount", 0))),
            flat_amount=str(each.get("flat_amount_decimal", each.get("flat_amount", 0))),
        )
        for each in sent
    )


def _check_meter(call: Call, recurring: Mapping[str, Any]) -> None:
    """Since 2025-03-31.basil a metered price has a meter, and no other has one."""
    metered = recurring.get("usage_type") == "metered"
    if metered and "meter" not in recurring:
        message = "Metered prices must be backed by a meter: set recurring[meter]."
        raise refusal.invalid(message, "recurring[meter]")
    if "meter" in recurring:
        if not metered:
            message = "recurring[meter] can only be set when recurring[usage_type] is metered."
            raise refusal.invalid(message, "recurring[meter]")
        call.named(Meter, recurring["meter"], "recurring[meter]")


def take_lookup_key(change: Change, lookup_key: str, *, transfer: bool) -> None:
    """Free the key for another price; raises Refusal unless it is free or to be transferred."""
    for holder in change.table(Price).named(lookup_key):
        if not transfer:
            message = f"A price (`{holder.id}`) already uses that lookup key."
            raise refusal.invalid(message, "lookup_key", "resource_already_exists")
        change.update(holder, replace(holder, lookup_key=None))
