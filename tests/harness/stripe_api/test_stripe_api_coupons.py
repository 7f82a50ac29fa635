"""Coupons and promotion codes, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from worlds import START

from rehearsal_harness.core.actions import Advance


def types(account: Account) -> list[str]:
    """Every event so far, oldest first."""
    return [event.type for event in account.holder.world.events]


def test_a_coupon_takes_a_percentage_or_an_amount(account: Account) -> None:
    """One of the two, with its own id or one of eight characters."""
    coupons = account.stripe.v1.coupons
    half = coupons.create({"percent_off": 50, "id": "HALF", "name": "Half price"})
    assert (half.id, half.percent_off, half.amount_off, half.valid) == ("HALF", 50, None, True)
    five = coupons.create({"amount_off": 500, "currency": "EUR", "duration": "forever"})
    assert (len(five.id), five.amount_off, five.currency) == (8, 500, "eur")

    with pytest.raises(stripe.InvalidRequestError, match="exactly one of these"):
        coupons.create({"duration": "once"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        coupons.create({"percent_off": 10, "id": "HALF"})
    assert refused.value.code == "resource_already_exists"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"percent_off": 101}, "percent_off"),
        ({"amount_off": 500}, "currency"),
        ({"percent_off": 5, "duration": "repeating"}, "duration_in_months"),
        ({"percent_off": 5, "duration_in_months": 3}, "duration_in_months"),
        ({"percent_off": 5, "redeem_by": START - 1}, "redeem_by"),
        ({"percent_off": 5, "applies_to": {"products": ["prod_no"]}}, "applies_to[products][0]"),
    ],
)
def test_what_makes_no_coupon_is_refused(account: Account, params: Any, param: str) -> None:
    """Naming the parameter."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.stripe.v1.coupons.create(params)
    assert refused.value.param == param


def test_a_coupon_changes_its_name_only(account: Account) -> None:
    """What it takes off never changes; deleted, it is gone."""
    coupons = account.stripe.v1.coupons
    coupon = coupons.create({"percent_off": 20})
    assert coupons.update(coupon.id, {"name": "Spring", "metadata": {"a": "b"}}).name == "Spring"
    sent: Any = {"percent_off": 30}
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: percent_off"):
        coupons.update(coupon.id, sent)

    assert coupons.delete(coupon.id).deleted
    assert coupons.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such coupon"):
        coupons.retrieve(coupon.id)
    assert types(account) == ["coupon.created", "coupon.updated", "coupon.deleted"]


def test_a_code_is_found_by_what_customers_type(account: Account) -> None:
    """Upper or lower case; two active codes are never the same."""
    codes = account.stripe.v1.promotion_codes
    coupon = account.stripe.v1.coupons.create({"percent_off": 20})
    made = codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "Spring"})
    assert made.promotion.coupon == coupon.id
    assert [code.id for code in codes.list({"code": "SPRING", "active": True}).data] == [made.id]
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "spring"})

    assert codes.update(made.id, {"active": False}).active is False
    assert codes.list({"active": True}).data == []


def test_a_code_ends_with_its_coupon(account: Account) -> None:
    """At redeem_by, without an event; it cannot be switched on again."""
    coupon = account.stripe.v1.coupons.create({"percent_off": 20, "redeem_by": START + 60})
    code = account.stripe.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})
    account.do(Advance(START + 60))

    assert account.stripe.v1.coupons.retrieve(coupon.id).valid is False
    assert account.stripe.v1.promotion_codes.retrieve(code.id).active is False
    account.stripe.v1.promotion_codes.update(code.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="cannot be activated"):
        account.stripe.v1.promotion_codes.update(code.id, {"active": True})
