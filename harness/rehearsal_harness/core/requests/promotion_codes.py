"""Promotion codes: create, retrieve, update, list by code.

Source: https://docs.stripe.com/api/promotion_codes: a code is unique among the active ones, upper or lower
case; one that is not sent is made of eight characters; a code whose coupon is used up cannot be switched on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..billing.discounts import plan_end
from ..objects import Coupon, Customer, PromotionCode
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches, rows_of
from .parameters import Choice, Flag, Hash, Kind, Span, Text, Whole, not_simulated

_RESTRICTIONS = Hash(
    {
        "first_time_transaction": Flag(),
        "minimum_amount": Whole(least=1),
        "minimum_amount_currency": Text(),
        **not_simulated("currency_options"),
    }
)
_CREATE: Mapping[str, Kind] = {
    "active": Flag(),
    "code": Text(most=500),
    "customer": Text(),
    "expires_at": Whole(),
    "max_redemptions": Whole(least=1),
    "metadata": Metadata(),
    "promotion": Hash({"type": Choice("coupon"), "coupon": Text()}, required=("type",)),
    "restrictions": _RESTRICTIONS,
    **not_simulated("customer_account"),
}
_UPDATE: Mapping[str, Kind] = {
    "active": Flag(),
    "metadata": Metadata(),
    "restrictions": Hash(not_simulated("currency_options")),
}
_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "active": Flag(),
    "code": Text(),
    "coupon": Text(),
    "created": Span(),
    "customer": Text(),
    **not_simulated("customer_account"),
}


def _create(call: Call) -> tuple[World, Json]:
    params = call.params
    coupon = _coupon(call)
    if "customer" in params:
        call.named(Customer, params["customer"], "customer")
    if params.get("expires_at", call.world.now + 1) <= call.world.now:
        raise refusal.invalid("expires_at must be in the future.", "expires_at")
    change = call.change()
    code_id = change.new_id("promo", call.new_key(PromotionCode))
    text = params.get("code") or code_id.removeprefix("promo_")[-8:].upper()
    _check_free(call.world, text)
    restrictions: dict[str, Any] = dict(params.get("restrictions", {}))
    if ("minimum_amount" in restrictions) != ("minimum_amount_currency" in restrictions):
        raise refusal.missing_parameter("restrictions[minimum_amount_currency]")
    code = PromotionCode(
        id=code_id,
        created=change.now,
        code=text,
        coupon=coupon.id,
        switched_on=params.get("active", True),
        metadata=metadata_of(params),
        **given(params, "customer expires_at max_redemptions"),
        **given(restrictions, "first_time_transaction minimum_amount minimum_amount_currency"),
    )
    rendered = shown(call.world, change.create(code))
    plan_end(change, code)
    return change.done(), rendered


def _coupon(call: Call) -> Coupon:
    """The coupon of the new code; raises Refusal for one that cannot be redeemed."""
    param = "promotion[coupon]"
    if "coupon" in call.params:  # as the parameter was called before 2025-09-30.clover
        param, coupon_id = "coupon", call.params["coupon"]
    elif "coupon" in call.params.get("promotion", {}):
        coupon_id = call.params["promotion"]["coupon"]
    else:
        raise refusal.missing_parameter(param)
    coupon = call.named(Coupon, coupon_id, param)
    if not coupon.valid:
        raise refusal.invalid(f"This coupon cannot be redeemed: {coupon.id}", param, "coupon_expired")
    return coupon


def _check_free(world: World, text: str) -> None:
    if any(each.active for each in world.promotion_codes.named(text.lower())):
        message = f"An active promotion code with `code: {text[:60]}` already exists."
        raise refusal.invalid(message, "code", "resource_already_exists")


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(PromotionCode))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(PromotionCode)
    on = call.params.get("active", before.switched_on)
    after = replace(before, switched_on=on, metadata=metadata_of(call.params, before.metadata))
    if on and not before.switched_on:
        _check_free(call.world, before.code)
        if not after.active:
            message = "This promotion code cannot be activated: it or its coupon cannot be redeemed any more."
            raise refusal.invalid(message, "active")
    change = call.change()
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _list(call: Call) -> tuple[World, Json]:
    params = call.params
    text = params.get("code")

    def keep(code: PromotionCode) -> bool:
        return (
            matches(params, active=code.active, coupon=code.coupon, customer=code.customer)
            and (text is None or code.code.lower() == text.lower())
            and inside(params.get("created"), code.created)
        )

    codes = call.world.promotion_codes
    rows = rows_of(codes, params.get("coupon")) if text is None else reversed(codes.named(text.lower()))
    return call.world, listed(call, "/v1/promotion_codes", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/promotion_codes", _create, _CREATE, required="promotion"),
    operation("GET /v1/promotion_codes", _list, _LIST),
    operation("GET /v1/promotion_codes/:id", _retrieve),
    operation("POST /v1/promotion_codes/:id", _update, _UPDATE),
)
