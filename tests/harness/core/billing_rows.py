"""What only a merchant's calls do to coupons, plans and invoices of their own: rows for `test_rules`."""

from __future__ import annotations

from dataclasses import replace

from worlds import empty, with_price

from rehearsal_harness.core.billing import discounts
from rehearsal_harness.core.billing.causes import Cause
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import Coupon, Customer, Discount, Plan, PromotionCode
from rehearsal_specs.tables import Rules


def reach(rules: Rules) -> None:
    """Follow every row that is here to be reached."""
    _coupons(rules)
    _plans(rules)


def _coupons(rules: Rules) -> None:
    """A coupon and its code; a customer's discount, replaced and taken away."""
    change = Change(empty(rules=rules), "coupons")
    coupon = change.create(Coupon(id="half", created=0, percent_off="50"))
    change.update(coupon, replace(coupon, name="Half"))
    code = change.create(PromotionCode(id="promo_1", created=0, code="HALF", coupon=coupon.id))
    change.update(code, replace(code, switched_on=False))
    customer = change.create(Customer(id="cus_1", created=0))
    for _ in range(2):
        customer = discounts.give_customer(change, customer, discounts.Grant(coupon.id))
    assert customer.discount is not None
    discounts.remove(change, change.get(Discount, customer.discount.id))
    change.update(change.get(Coupon, coupon.id), replace(coupon, deleted=True), Cause.DELETED)


def _plans(rules: Rules) -> None:
    """A plan made, changed and deleted, and the price that it is."""
    world, price = with_price(empty(rules=rules))
    change = Change(world, "plans")
    plan = change.create(Plan(id=price.id, price=price))
    change.update(plan, plan)
    change.update(plan, replace(plan, deleted=True), Cause.DELETED)
    change.update(price, replace(price, deleted=True), Cause.DELETED)
