"""What products and prices share: how a price is made.

Source: https://docs.stripe.com/api/prices/create; a lookup key belongs to one price of the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..change import Change
from ..objects import Meter, Price, Recurring
from . import refusal
from .operation import Call, given, metadata_of
from .parameters import Choice, Hash, Kind, Text, Whole, not_simulated

PERIOD: Mapping[str, Kind] = {
    "interval": Choice("day week month year"),
    "interval_count": Whole(least=1, most=156),
}
RECURRING = Hash(
    {
        **PERIOD,
        "usage_type": Choice("licensed metered"),
        "meter": Text(),
        **not_simulated("trial_period_days"),
    },
    required=("interval",),
)

_RECURRING = "interval interval_count usage_type meter"


def make_price(
    change: Change, call: Call, product_id: str, params: Mapping[str, Any], key: str = ""
) -> Price:
    """Keep a new price of the product; `key` tells it from others of the same call.  Raises Refusal when its
    currency is none or its lookup key is taken."""
    currency = params["currency"].lower()
    if len(currency) != 3 or not currency.isalpha():
        raise refusal.invalid(f"Invalid currency: {currency[:20]}.", "currency")
    recurring = params.get("recurring")
    if recurring is not None:
        _check_meter(call, recurring)
    lookup_key = params.get("lookup_key")
    if lookup_key is not None:
        take_lookup_key(change, lookup_key, transfer=params.get("transfer_lookup_key", False))
    price = Price(
        id=change.new_id("price", call.new_key(Price) + key),
        created=change.now,
        product=product_id,
        currency=currency,
        unit_amount=params["unit_amount"],
        recurring=Recurring(**given(recurring, _RECURRING)) if recurring else None,
        metadata=metadata_of(params),
        **given(params, "active lookup_key nickname tax_behavior"),
    )
    return change.create(price)


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
    for holder in change.table(Price):
        if holder.lookup_key == lookup_key:
            if not transfer:
                message = f"A price (`{holder.id}`) already uses that lookup key."
                raise refusal.invalid(message, "lookup_key", "resource_already_exists")
            change.update(holder, replace(holder, lookup_key=None))
