"""Coupons: create, retrieve, update, delete, list.

Source: https://docs.stripe.com/api/coupons: what a coupon takes off never changes; deleting one keeps anybody
else from redeeming it, and discounts that were given go on.  An id that is not sent is eight characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..billing.causes import Cause
from ..billing.discounts import codes_end, plan_end
from ..objects import Coupon, Product
from ..render import deleted
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .numbers import Number
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, inside, listed
from .parameters import Choice, Hash, Kind, ListOf, Span, Text, Whole, not_simulated

_CREATE: Mapping[str, Kind] = {
    "amount_off": Whole(least=1),
    "applies_to": Hash({"products": ListOf(Text())}),
    "currency": Text(),
    "duration": Choice("forever once repeating"),
    "duration_in_months": Whole(least=1, most=1200),
    "id": Text(most=200),
    "max_redemptions": Whole(least=1),
    "metadata": Metadata(),
    "name": Text(most=40),
    "percent_off": Number(most=100.0),
    "redeem_by": Whole(),
    **not_simulated("currency_options"),
}
_UPDATE: Mapping[str, Kind] = {
    "metadata": Metadata(),
    "name": Text(most=40, clearable=True),
    **not_simulated("currency_options"),
}
_PLAIN = "amount_off duration duration_in_months max_redemptions name percent_off redeem_by"


def _create(call: Call) -> tuple[World, Json]:
    params = call.params
    _check(call)
    change = call.change()
    coupon = Coupon(
        id=params.get("id") or change.new_id("cpn", call.new_key(Coupon))[-8:],
        created=change.now,
        currency=params["currency"].lower() if "amount_off" in params else None,
        products=_products(call),
        metadata=metadata_of(params),
        **given(params, _PLAIN),
    )
    rendered = shown(call.world, change.create(coupon))
    plan_end(change, coupon)
    return change.done(), rendered


def _check(call: Call) -> None:
    """Raises Refusal for what does not go together."""
    params = call.params
    if ("percent_off" in params) == ("amount_off" in params):
        message = "You must pass exactly one of these parameters: percent_off, amount_off."
        raise refusal.invalid(message, "percent_off")
    if "amount_off" in params and "currency" not in params:
        raise refusal.missing_parameter("currency")
    repeating = params.get("duration", "once") == "repeating"
    if repeating and "duration_in_months" not in params:
        raise refusal.missing_parameter("duration_in_months")
    if not repeating and "duration_in_months" in params:
        message = "duration_in_months can only be set when duration is repeating."
        raise refusal.invalid(message, "duration_in_months")
    if params.get("redeem_by", call.world.now + 1) <= call.world.now:
        raise refusal.invalid("redeem_by must be in the future.", "redeem_by")
    known = call.world.coupons.get(params.get("id", ""))
    if known is not None and not known.deleted:
        raise refusal.invalid(f"Coupon already exists: '{known.id}'", "id", "resource_already_exists")


def _products(call: Call) -> tuple[str, ...]:
    ids: list[str] = call.params.get("applies_to", {}).get("products", [])
    return tuple(
        call.named(Product, each, f"applies_to[products][{position}]").id for position, each in enumerate(ids)
    )


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Coupon))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(Coupon)
    changed: dict[str, Any] = given(call.params, "name")
    after = replace(before, metadata=metadata_of(call.params, before.metadata), **changed)
    change = call.change()
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _delete(call: Call) -> tuple[World, Json]:
    coupon = call.target(Coupon)
    change = call.change()
    change.update(coupon, replace(coupon, deleted=True), Cause.DELETED)
    codes_end(change, coupon.id)
    return change.done(), deleted(coupon)


def _list(call: Call) -> tuple[World, Json]:
    def keep(coupon: Coupon) -> bool:
        return not coupon.deleted and inside(call.params.get("created"), coupon.created)

    rows = call.world.coupons
    return call.world, listed(call, "/v1/coupons", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/coupons", _create, _CREATE),
    operation("GET /v1/coupons", _list, {**PAGE_PARAMS, "created": Span()}),
    operation("GET /v1/coupons/:id", _retrieve),
    operation("POST /v1/coupons/:id", _update, _UPDATE),
    operation("DELETE /v1/coupons/:id", _delete),
)
