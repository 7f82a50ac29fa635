"""How much coupons take off a list of amounts.

Decides: the arithmetic.  Does not know: which coupons are on (`billing.discounts`), nor who asks.
Rule: https://docs.stripe.com/billing/subscriptions/coupons: coupons apply one after the other, each to what
the ones before left; a fixed amount is spread over the lines by their size.  Halves of the smallest unit are
rounded up, and the cents of a coupon add up to its whole: assumed.

>>> HALF = Coupon(id="half", created=0, percent_off="50")
>>> taken_off([Part(101, "prod_1"), Part(100, "prod_1")], [HALF])
[(51,), (50,)]
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .objects.discount import Coupon


class Part(NamedTuple):
    """One amount, in the smallest unit, for one product; one that is not `discountable` stays as it is."""

    amount: int
    product: str
    discountable: bool = True


def taken_off(parts: Sequence[Part], coupons: Sequence[Coupon]) -> list[tuple[int, ...]]:
    """For each part, what each coupon takes off it, in the order of `coupons`."""
    left = [part.amount for part in parts]
    columns = []
    for coupon in coupons:
        covered = [amount if _covers(coupon, part) else 0 for amount, part in zip(left, parts, strict=True)]
        column = _column(coupon, covered)
        columns.append(column)
        left = [amount - off for amount, off in zip(left, column, strict=True)]
    return list(zip(*columns, strict=True)) if columns else [() for _ in parts]


def _covers(coupon: Coupon, part: Part) -> bool:
    return part.discountable and part.amount > 0 and (not coupon.products or part.product in coupon.products)


def _column(coupon: Coupon, amounts: list[int]) -> list[int]:
    """What the coupon takes off each amount; the cents of the whole go where the running sum rounds up."""
    whole = sum(amounts)
    if not whole:
        return [0] * len(amounts)
    if coupon.percent_off is not None:
        share = Decimal(coupon.percent_off) / 100
        off = int((whole * share).quantize(Decimal(1), ROUND_HALF_UP))
    else:
        off = min(coupon.amount_off or 0, whole)
    column, given, seen = [], 0, 0
    for amount in amounts:
        seen += amount
        reached = (2 * off * seen + whole) // (2 * whole)
        column.append(reached - given)
        given = reached
    return column
