"""Prices: create, retrieve, update, list by lookup key.

Source: https://docs.stripe.com/api/prices; amount, currency and interval never change, and no price is
deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..objects import Price, Product
from ..world import World
from . import refusal
from .catalogue import CUSTOM_AMOUNT, RECURRING, TIER, make_price, take_lookup_key
from .message import Json
from .metadata import Metadata
from .numbers import DecimalAmount
from .operation import Call, given, metadata_of, operation, shown
from .owned import newest_first
from .pages import PAGE_PARAMS, inside, listed, matches, rows_of
from .parameters import Choice, Flag, Hash, Kind, ListOf, Span, Text, Whole, not_simulated
from .products import add_product

_FIELDS: dict[str, Kind] = {
    "active": Flag(),
    "lookup_key": Text(most=200, clearable=True),
    "transfer_lookup_key": Flag(),
    "metadata": Metadata(),
    "nickname": Text(clearable=True),
    "tax_behavior": Choice("unspecified inclusive exclusive"),
    **not_simulated("currency_options"),
}
_CREATE: dict[str, Kind] = {
    **_FIELDS,
    "currency": Text(),
    "unit_amount": Whole(),
    "product": Text(),
    "product_data": Hash(
        {
            "name": Text(most=250),
            "id": Text(most=255),
            "active": Flag(),
            "metadata": Metadata(),
            "statement_descriptor": Text(most=22),
            "tax_code": Text(),
            "unit_label": Text(most=12),
            **not_simulated("tax_details"),
        },
        required=("name",),
    ),
    "recurring": RECURRING,
    "billing_scheme": Choice("per_unit tiered"),
    "custom_unit_amount": CUSTOM_AMOUNT,
    "tiers": ListOf(TIER),
    "tiers_mode": Choice("graduated volume"),
    "transform_quantity": Hash(
        {"divide_by": Whole(least=1), "round": Choice("down up")}, required=("divide_by", "round")
    ),
    "unit_amount_decimal": DecimalAmount(),
}
_LIST: dict[str, Kind] = {
    **PAGE_PARAMS,
    "active": Flag(),
    "created": Span(),
    "currency": Text(),
    "lookup_keys": ListOf(Text(), most=10),
    "product": Text(),
    "type": Choice("one_time recurring"),
    "recurring": Hash(
        {
            "interval": Choice("day week month year"),
            "usage_type": Choice("licensed metered"),
            "meter": Text(),
        }
    ),
}


def _create(call: Call) -> tuple[World, Json]:
    change = call.change()
    if "product" in call.params:
        product_id = call.named(Product, call.params["product"], "product").id
    elif "product_data" in call.params:
        product_id = add_product(change, call, call.params["product_data"], "product_data[id]").id
    else:
        raise refusal.missing_parameter("product")
    rendered = shown(call.world, make_price(change, call, product_id, call.params))
    return change.done(), rendered


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Price))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(Price)
    change = call.change()
    lookup_key = call.params.get("lookup_key")
    if lookup_key is not None and lookup_key != before.lookup_key:
        take_lookup_key(change, lookup_key, transfer=call.params.get("transfer_lookup_key", False))
    tax_behavior = call.params.get("tax_behavior", before.tax_behavior)
    if before.tax_behavior not in ("unspecified", tax_behavior):
        message = "tax_behavior cannot be changed after it has been set to inclusive or exclusive."
        raise refusal.invalid(message, "tax_behavior")
    after = replace(
        before,
        metadata=metadata_of(call.params, before.metadata),
        **given(call.params, "active lookup_key nickname tax_behavior"),
    )
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _list(call: Call) -> tuple[World, Json]:
    keys = call.params.get("lookup_keys")
    wanted = call.params.get("recurring")

    def keep(price: Price) -> bool:
        kind = "recurring" if price.recurring else "one_time"
        return (
            matches(
                call.params, active=price.active, currency=price.currency, product=price.product, type=kind
            )
            and (keys is None or price.lookup_key in keys)
            and (wanted is None or _recurs(price, wanted))
            and inside(call.params.get("created"), price.created)
            and not price.deleted
        )

    prices = call.world.prices
    rows = rows_of(prices, call.params.get("product"))
    if keys is not None:
        rows = newest_first(prices, [row for key in dict.fromkeys(keys) for row in prices.named(key)])
    return call.world, listed(call, "/v1/prices", rows, lambda row: shown(call.world, row), keep)


def _recurs(price: Price, wanted: Mapping[str, Any]) -> bool:
    recurring = price.recurring
    return recurring is not None and matches(
        wanted, interval=recurring.interval, usage_type=recurring.usage_type, meter=recurring.meter
    )


OPERATIONS = (
    operation("POST /v1/prices", _create, _CREATE, required="currency"),
    operation("GET /v1/prices", _list, _LIST),
    operation("GET /v1/prices/:id", _retrieve),
    operation("POST /v1/prices/:id", _update, _FIELDS),
)
