"""Products: create, retrieve, update, delete, list, and the features attached to them.

Source: https://docs.stripe.com/api/products; a product with prices cannot be deleted, only set inactive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..billing.causes import Cause
from ..change import Change
from ..objects import Feature, Price, Product
from ..render import deleted
from ..world import World
from . import refusal
from .catalogue import CUSTOM_AMOUNT, PERIOD, make_price
from .message import Json
from .metadata import Metadata
from .numbers import DecimalAmount, Number
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Choice, Flag, Hash, Kind, ListOf, Only, Span, Text, Url, Whole, not_simulated

_PLAIN = "name active description shippable statement_descriptor tax_code unit_label url"
_SIDES = ("height", "length", "weight", "width")
_FIELDS: dict[str, Kind] = {
    "name": Text(most=250),
    "active": Flag(),
    "description": Text(clearable=True),
    "metadata": Metadata(),
    "images": ListOf(Url(), most=8, clearable=True),
    "marketing_features": ListOf(Hash({"name": Text(most=80)}, required=("name",)), most=15, clearable=True),
    "package_dimensions": Hash(dict.fromkeys(_SIDES, Number()), required=_SIDES),
    "shippable": Flag(),
    "statement_descriptor": Text(most=22),
    "tax_code": Text(clearable=True),
    "unit_label": Text(most=12, clearable=True),
    "url": Url(clearable=True),
    **not_simulated("tax_details"),
}
_DEFAULT_PRICE = Hash(
    {
        "currency": Text(),
        "unit_amount": Whole(),
        "recurring": Hash(PERIOD, required=("interval",)),
        "metadata": Metadata(),
        "tax_behavior": Choice("unspecified inclusive exclusive"),
        "custom_unit_amount": CUSTOM_AMOUNT,
        "unit_amount_decimal": DecimalAmount(),
        **not_simulated("currency_options"),
    },
    required=("currency",),
)
_CREATE: dict[str, Kind] = {
    **_FIELDS,
    "id": Text(most=255),
    "type": Only("service"),
    "default_price_data": _DEFAULT_PRICE,
}
_UPDATE: dict[str, Kind] = {**_FIELDS, "default_price": Text(clearable=True)}
_LIST: dict[str, Kind] = {
    **PAGE_PARAMS,
    "active": Flag(),
    "created": Span(),
    "ids": ListOf(Text()),
    "shippable": Flag(),
    "type": Only("service"),
    "url": Url(),
}


def add_product(change: Change, call: Call, params: dict[str, Any], param: str, key: str = "") -> Product:
    """Keep a new product made of `params`, which stand at `param`; `key` tells it from others of the same
    call.  Raises Refusal when its id is taken."""
    own_id = params.get("id")
    if own_id is not None and own_id in change.table(Product):
        raise refusal.invalid(f"Product already exists: '{own_id}'", param, "resource_already_exists")
    product = Product(
        id=own_id or change.new_id("prod", call.new_key(Product) + key),
        created=change.now,
        updated=change.now,
        metadata=metadata_of(params),
        **given(params, _PLAIN),
        **_looks(params),
    )
    return change.create(product)


def _looks(params: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent of the fields that are lists or hashes, as the product keeps them."""
    found: dict[str, Any] = {}
    if "images" in params:
        found["images"] = tuple(params["images"])
    if "marketing_features" in params:
        found["marketing_features"] = tuple(each["name"] for each in params["marketing_features"])
    if "package_dimensions" in params:
        found["package_dimensions"] = tuple(params["package_dimensions"][side] for side in _SIDES)
    return found


def _create(call: Call) -> tuple[World, Json]:
    change = call.change()
    product = add_product(change, call, dict(call.params), "id")
    price_params = call.params.get("default_price_data")
    if price_params is not None:
        price = make_price(change, call, product.id, price_params)
        with_price = replace(product, default_price=price.id)
        product = change.update(product, with_price)
    return change.done(), shown(call.world, product)


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Product))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(Product)
    price_id = call.params.get("default_price")
    if price_id is not None:
        call.named(Price, price_id, "default_price")
    after = replace(
        before,
        metadata=metadata_of(call.params, before.metadata),
        **given(call.params, f"{_PLAIN} default_price"),
        **_looks(call.params),
    )
    change = call.change()
    if after != before:
        after = change.update(before, replace(after, updated=change.now))
    return change.done(), shown(call.world, after)


def _delete(call: Call) -> tuple[World, Json]:
    product = call.target(Product)
    if any(not price.deleted for price in call.world.prices.owned_by(product.id)):
        message = (
            "This product cannot be deleted because it has one or more user-created prices. "
            "Set its active parameter to false instead."
        )
        raise refusal.invalid(message, "id")
    change = call.change()
    change.update(product, replace(product, deleted=True), Cause.DELETED)
    return change.done(), deleted(product)


def _list(call: Call) -> tuple[World, Json]:
    ids = call.params.get("ids")

    def keep(product: Product) -> bool:
        wanted = (
            matches(call.params, active=product.active, shippable=product.shippable, url=product.url)
            and not product.deleted
        )
        return (
            wanted
            and (ids is None or product.id in ids)
            and inside(call.params.get("created"), product.created)
        )

    rows = call.world.products
    return call.world, listed(call, "/v1/products", rows, lambda row: shown(call.world, row), keep)


def _attach_feature(call: Call) -> tuple[World, Json]:
    product = call.target(Product)
    feature = call.named(Feature, call.params["entitlement_feature"], "entitlement_feature")
    if feature.id in product.feature_ids:
        raise refusal.invalid("This feature is already attached to the product.", "entitlement_feature")
    change = call.change()
    change.put(replace(product, feature_ids=(*product.feature_ids, feature.id)))
    attached = {
        "id": change.new_id("prodft", f"{product.id}|{feature.id}"),
        "object": "product_feature",
        "entitlement_feature": shown(call.world, feature),
        "livemode": call.world.settings.livemode,
    }
    return change.done(), attached


OPERATIONS = (
    operation("POST /v1/products", _create, _CREATE, required="name"),
    operation("GET /v1/products", _list, _LIST),
    operation("GET /v1/products/:id", _retrieve),
    operation("POST /v1/products/:id", _update, _UPDATE),
    operation("DELETE /v1/products/:id", _delete),
    operation(
        "POST /v1/products/:id/features",
        _attach_feature,
        {"entitlement_feature": Text()},
        required="entitlement_feature",
    ),
)
