"""The lines of a Checkout Session or a payment link: prices that exist, or made on the way.

Decides: which prices may stand together, and what a line without its own quantity means.
Does not know: what a session or a link does with its lines.
Source: https://docs.stripe.com/api/checkout/sessions/create and
https://docs.stripe.com/api/payment-link/create.  A price made of `price_data` is inactive, like its product;
that both are announced as any other is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..change import Change
from ..objects import AdjustableQuantity, LineItem, Price, Product
from . import refusal
from .catalogue import PERIOD, make_price
from .checkout_page_parameters import ADJUSTABLE
from .metadata import Metadata
from .numbers import DecimalAmount
from .operation import Call, given, metadata_of
from .parameters import Choice, Hash, Kind, ListOf, Text, Url, Whole, not_simulated
from .products import add_product

_PRODUCT_DATA = Hash(
    {
        "name": Text(most=250),
        "description": Text(),
        "images": ListOf(Url(), most=8),
        "metadata": Metadata(),
        "tax_code": Text(),
        "unit_label": Text(most=12),
        **not_simulated("tax_details"),
    },
    required=("name",),
)
_PRICE_DATA = Hash(
    {
        "currency": Text(),
        "product": Text(),
        "product_data": _PRODUCT_DATA,
        "recurring": Hash(PERIOD, required=("interval",)),
        "tax_behavior": Choice("unspecified inclusive exclusive"),
        "unit_amount": Whole(),
        "unit_amount_decimal": DecimalAmount(),
    },
    required=("currency",),
)
LINE: Mapping[str, Kind] = {
    "price": Text(),
    "price_data": _PRICE_DATA,
    "quantity": Whole(least=1, most=999_999),
    "adjustable_quantity": ADJUSTABLE,
}


def read_lines(call: Call, change: Change, key: str) -> tuple[LineItem, ...]:
    """The lines that `call` sends, their ids made of `key`; raises Refusal for prices that do not fit."""
    items: list[dict[str, Any]] = call.params.get("line_items", [])
    if not items:
        raise refusal.missing_parameter("line_items")
    lines = tuple(
        _line(call, change, f"{key}|{position}", position, item) for position, item in enumerate(items)
    )
    if len({line.price.currency for line in lines}) > 1:
        raise refusal.invalid("All line items must have the same currency.", "line_items")
    return lines


def _line(call: Call, change: Change, key: str, position: int, item: dict[str, Any]) -> LineItem:
    param = f"line_items[{position}]"
    price = _price(call, change, param, item)
    if price.is_metered and "quantity" in item:
        message = "Quantity should not be specified where usage_type is `metered`. Remove quantity."
        raise refusal.invalid(message, f"{param}[quantity]")
    if not price.is_metered and "quantity" not in item:
        raise refusal.missing_parameter(f"{param}[quantity]")
    return LineItem(
        id=change.new_id("li", key),
        price=price,
        quantity=item.get("quantity", 1),
        adjustable=_adjustable(item, param, price),
        metadata=metadata_of(item),
    )


def _adjustable(item: Mapping[str, Any], param: str, price: Price) -> AdjustableQuantity | None:
    """Within which bounds a customer may change the quantity; raises Refusal where it lies outside."""
    sent = item.get("adjustable_quantity")
    if sent is None or not sent["enabled"]:
        return None
    param = f"{param}[adjustable_quantity]"
    if price.is_metered:
        raise refusal.invalid("A metered price has no quantity to adjust.", param)
    bounds = AdjustableQuantity(**given(sent, "minimum maximum"))
    if bounds.minimum > bounds.maximum:
        raise refusal.invalid("`minimum` must not be more than `maximum`.", f"{param}[minimum]")
    if not bounds.minimum <= item.get("quantity", 1) <= bounds.maximum:
        message = f"The quantity must be between {bounds.minimum} and {bounds.maximum}."
        raise refusal.invalid(message, param)
    return bounds


def _price(call: Call, change: Change, param: str, item: dict[str, Any]) -> Price:
    if "price" in item and "price_data" in item:
        message = "You may only specify one of these parameters: price, price_data."
        raise refusal.invalid(message, f"{param}[price]")
    if "price_data" in item:
        return _made(call, change, f"{param}[price_data]", item["price_data"])
    if "price" not in item:
        raise refusal.missing_parameter(f"{param}[price]")
    price = call.named(Price, item["price"], f"{param}[price]")
    if not price.active:
        message = "The price specified is inactive. This field only accepts active prices."
        raise refusal.invalid(message, f"{param}[price]")
    return price


def _made(call: Call, change: Change, param: str, data: dict[str, Any]) -> Price:
    """A price for these lines alone, of a product that exists or is made with it."""
    if "unit_amount" not in data and "unit_amount_decimal" not in data:
        raise refusal.missing_parameter(f"{param}[unit_amount]")
    if ("product" in data) == ("product_data" in data):
        message = "You must specify exactly one of these parameters: product, product_data."
        raise refusal.invalid(message, f"{param}[product]")
    if "product" in data:
        product_id = call.named(Product, data["product"], f"{param}[product]").id
    else:
        inactive = {**data["product_data"], "active": False}
        product_id = add_product(change, call, inactive, f"{param}[product_data]", param).id
    return make_price(change, call, product_id, {**data, "active": False}, param)
