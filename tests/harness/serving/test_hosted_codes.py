"""Promotion codes and discounts on the checkout page."""

from __future__ import annotations

from typing import Any

import pytest
from benches import ask
from hosting import (
    SHOP,
    Visitor,
    location,
    session,
    session_of,
    text_of,
)

from rehearsal_harness.serving.bench import Bench

DAY_S = 24 * 3600


def code_for(bench: Bench, code: str, **coupon: str) -> str:
    """The id of a new promotion code for a new coupon."""
    made = ask(bench.main, "POST", "/v1/coupons", duration="once", **coupon)["id"]
    params: Any = {"code": code, "promotion": {"type": "coupon", "coupon": made}}
    return str(ask(bench.main, "POST", "/v1/promotion_codes", **params)["id"])


def test_a_promotion_code_lowers_what_is_due_before_anything_is_paid(bench: Bench, visitor: Visitor) -> None:
    """Typed in small letters too; what was filled in is kept, and the next press pays the lower price."""
    code_for(bench, "SPRING", percent_off="25", name="Spring sale")
    session_id = session_of(bench, allow_promotion_codes="true")
    page = visitor.look(location(visitor.pay(session_id, code="spring")))

    assert "Spring sale (25 % off) −$3.00 Due today $9.00" in text_of(page)
    assert "Promotion code SPRING" in text_of(page)
    assert 'value="ada@example.com"' in page.text
    assert session(bench, session_id)["status"] == "open"
    assert location(visitor.pay(session_id)).startswith(SHOP)
    assert session(bench, session_id)["amount_total"] == 900
    assert "Spring sale" in text_of(visitor.look(f"/c/pay/{session_id}"))


def test_a_promotion_code_can_be_taken_out_again(bench: Bench, visitor: Visitor) -> None:
    """The whole price is due again, and the code was not redeemed."""
    code = code_for(bench, "SPRING", percent_off="25")
    session_id = session_of(bench, allow_promotion_codes="true")
    visitor.pay(session_id, code="SPRING")
    page = visitor.look(location(visitor.pay(session_id, remove="code")))

    assert "Due today $12.00" in text_of(page)
    assert ask(bench.main, "GET", f"/v1/promotion_codes/{code}")["times_redeemed"] == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("AUTUMN", "This code is invalid."),
        ("EURO", "This code is for another currency."),
        ("BIG", "does not reach the minimum amount"),
    ],
)
def test_a_code_that_cannot_be_used_says_why(bench: Bench, visitor: Visitor, typed: str, said: str) -> None:
    """The session stays as it is, and what was typed can be corrected."""
    code_for(bench, "EURO", amount_off="100", currency="eur")
    made = ask(bench.main, "POST", "/v1/coupons", percent_off="5")["id"]
    least: Any = {"minimum_amount": "9900", "minimum_amount_currency": "usd"}
    params: Any = {"code": "BIG", "promotion": {"type": "coupon", "coupon": made}, "restrictions": least}
    ask(bench.main, "POST", "/v1/promotion_codes", **params)
    session_id = session_of(bench, allow_promotion_codes="true")
    page = visitor.look(location(visitor.pay(session_id, code=typed)))

    assert said in text_of(page)
    assert f'value="{typed}"' in page.text
    assert session(bench, session_id)["amount_total"] == 1200


@pytest.mark.parametrize(
    ("lasts", "said"),
    [
        ({"duration": "forever"}, "until you cancel, less the discount."),
        ({"duration": "repeating", "duration_in_months": "3"}, "less the discount for 3 months."),
    ],
)
def test_a_discount_that_lasts_is_told_to_last(
    bench: Bench, visitor: Visitor, lasts: dict[str, str], said: str
) -> None:
    """What is charged later is lower, too."""
    coupon = ask(bench.main, "POST", "/v1/coupons", percent_off="10", **lasts)["id"]
    page = visitor.look(f"/c/pay/{session_of(bench, discounts={'0': {'coupon': coupon}})}")

    assert said in text_of(page)


def test_a_session_that_takes_no_codes_offers_no_field_for_one(bench: Bench, visitor: Visitor) -> None:
    """And a code that is sent all the same is invalid."""
    code_for(bench, "SPRING", percent_off="25")
    session_id = session_of(bench)
    page = visitor.look(f"/c/pay/{session_id}")
    visitor.pay(session_id, code="SPRING")

    assert 'name="code"' not in page.text
    assert session(bench, session_id)["amount_total"] == 1200


def test_a_discount_of_the_shops_own_is_shown(bench: Bench, visitor: Visitor) -> None:
    """Without a code; it cannot be taken out."""
    coupon = ask(bench.main, "POST", "/v1/coupons", amount_off="200", currency="usd", duration="once")["id"]
    page = visitor.look(f"/c/pay/{session_of(bench, discounts={'0': {'coupon': coupon}})}")

    assert "Discount −$2.00 Due today $10.00" in text_of(page)
    assert 'name="remove"' not in page.text
