"""Plans: the legacy view of recurring prices; create, retrieve, update, delete, list.

Decides: how a plan's words become a price's.  Does not know: what a price is otherwise (`catalogue`).
Source: https://docs.stripe.com/api/plans: each plan is a price of the same id, and each recurring price a
plan.  What is done to a plan is told as plan.* and as price.*; that plan.* comes first is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..billing.causes import Cause
from ..change import Change
from ..objects import Plan, Price, Product
from ..render import deleted
from ..render.catalogue import render_plan
from ..world import World
from . import refusal
from .catalogue import TIER, price_of_params
from .message import Json
from .metadata import Metadata
from .numbers import DecimalAmount
from .operation import Call, given, metadata_of, operation
from .pages import PAGE_PARAMS, inside, listed, matches, rows_of
from .parameters import Choice, Flag, Hash, Kind, ListOf, Raw, Span, Text, Whole, not_simulated
from .products import add_product

_PRODUCT = Hash(
    {
        "active": Flag(),
        "id": Text(most=255),
        "metadata": Metadata(),
        "name": Text(most=250),
        "statement_descriptor": Text(most=22),
        "tax_code": Text(),
        "unit_label": Text(most=12),
        **not_simulated("tax_details"),
    },
    required=("name",),
)


class _ProductOrId(Hash):
    """The id of a product, or what to make one of."""

    def read(self, raw: Raw, param: str) -> Any:
        return Text().read(raw, param) if isinstance(raw, str) else super().read(raw, param)


_CREATE: Mapping[str, Kind] = {
    "active": Flag(),
    "amount": Whole(),
    "amount_decimal": DecimalAmount(),
    "billing_scheme": Choice("per_unit tiered"),
    "currency": Text(),
    "id": Text(most=255),
    "interval": Choice("day week month year"),
    "interval_count": Whole(least=1, most=156),
    "metadata": Metadata(),
    "meter": Text(),
    "nickname": Text(),
    "product": _ProductOrId(_PRODUCT.fields, _PRODUCT.required),
    "tiers": ListOf(TIER),
    "tiers_mode": Choice("graduated volume"),
    "transform_usage": Hash(
        {"divide_by": Whole(least=1), "round": Choice("down up")}, required=("divide_by", "round")
    ),
    "trial_period_days": Whole(least=1, most=730),
    "usage_type": Choice("licensed metered"),
}
_UPDATE: Mapping[str, Kind] = {
    "active": Flag(),
    "metadata": Metadata(),
    "nickname": Text(clearable=True),
    **not_simulated("product trial_period_days"),
}
_LIST: Mapping[str, Kind] = {**PAGE_PARAMS, "active": Flag(), "created": Span(), "product": Text()}
_AS_PRICE = {
    "amount": "unit_amount",
    "amount_decimal": "unit_amount_decimal",
    "transform_usage": "transform_quantity",
}
_SAME = "active billing_scheme currency id metadata nickname tiers tiers_mode"
_PERIOD = "interval interval_count meter trial_period_days usage_type"


def _shown(world: World, price: Price) -> Json:
    return render_plan(price, world.settings.livemode)


def _told(change: Change, before: Price | None, after: Price, cause: Cause) -> None:
    """Keep the price and its plan, and tell of both."""
    plan, old = Plan(id=after.id, price=after, deleted=after.deleted), None
    if before is not None:
        old = Plan(id=before.id, price=before)
    change.follow(change.row(Plan, old, cause), old, plan)
    change.follow(change.row(Price, before, cause), before, after)


def _create(call: Call) -> tuple[World, Json]:
    params = call.params
    if "id" in params and params["id"] in call.world.prices:
        message = f"Plan already exists: '{params['id']}'"
        raise refusal.invalid(message, "id", "resource_already_exists")
    change = call.change()
    product = params.get("product")
    if product is None:
        raise refusal.missing_parameter("product")
    if isinstance(product, str):
        product_id = call.named(Product, product, "product").id
    else:
        product_id = add_product(change, call, product, "product[id]").id
    as_price: dict[str, Any] = {
        **given(params, _SAME),
        **{new: params[old] for old, new in _AS_PRICE.items() if old in params},
        "recurring": given(params, _PERIOD),
    }
    price = price_of_params(change, call, product_id, as_price)
    if "id" not in params:
        price = replace(price, id=change.new_id("plan", price.id))
    _told(change, None, price, Cause.CREATED)
    return change.done(), _shown(call.world, price)


def _target(call: Call) -> Price:
    price = call.world.prices.get(call.object_id)
    if price is None or price.deleted or price.recurring is None:
        raise refusal.no_such("plan", call.object_id, "plan", in_path=True)
    return price


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, _shown(call.world, _target(call))


def _update(call: Call) -> tuple[World, Json]:
    before = _target(call)
    after = replace(
        before,
        metadata=metadata_of(call.params, before.metadata),
        **given(call.params, "active nickname"),
    )
    change = call.change()
    if after != before:
        _told(change, before, after, Cause.UPDATED)
    return change.done(), _shown(call.world, after)


def _delete(call: Call) -> tuple[World, Json]:
    before = _target(call)
    change = call.change()
    gone = replace(before, deleted=True, active=False)
    _told(change, before, gone, Cause.DELETED)
    return change.done(), deleted(Plan(id=gone.id, price=gone))


def _list(call: Call) -> tuple[World, Json]:
    def keep(price: Price) -> bool:
        wanted = price.recurring is not None and not price.deleted
        return (
            wanted
            and matches(call.params, active=price.active, product=price.product)
            and inside(call.params.get("created"), price.created)
        )

    rows = rows_of(call.world.prices, call.params.get("product"))
    return call.world, listed(call, "/v1/plans", rows, lambda row: _shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/plans", _create, _CREATE, required="currency interval"),
    operation("GET /v1/plans", _list, _LIST),
    operation("GET /v1/plans/:id", _retrieve),
    operation("POST /v1/plans/:id", _update, _UPDATE),
    operation("DELETE /v1/plans/:id", _delete),
)
