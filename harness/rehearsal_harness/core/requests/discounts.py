"""The `discounts` that requests send, and the two routes that take one away.

Decides: which coupons and codes may be used for what.  Does not know: what they take off (`discounting`).
Source: https://docs.stripe.com/billing/subscriptions/coupons#promotion-codes; DELETE answers the discount as
deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..billing import discounts as billing
from ..billing.discounts import Grant
from ..change import Change
from ..objects import Coupon, Customer, Discount, Invoice, PromotionCode, Subscription
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, operation, shown
from .parameters import Hash, Kind, ListOf, Text

DISCOUNTS: Kind = ListOf(
    Hash({"coupon": Text(), "discount": Text(), "promotion_code": Text()}), most=20, clearable=True
)


def read_grants(
    call: Call,
    sent: Iterable[Mapping[str, Any]],
    param: str = "discounts",
    *,
    currency: str | None = None,
    customer: str | None = None,
    amount: int | None = None,
) -> tuple[Grant, ...]:
    """What is to be used, in the order it was sent; raises Refusal for what cannot be.

    `customer` is who is to have it, `amount` what is bought, in the smallest unit of `currency`, where that
    is known.
    """
    grants = tuple(
        _grant(call, each, f"{param}[{position}]", currency, customer, amount)
        for position, each in enumerate(sent)
    )
    if len({grant.coupon for grant in grants}) < len(grants):
        raise refusal.invalid("This coupon is already applied.", param)
    return grants


def _grant(
    call: Call,
    sent: Mapping[str, Any],
    param: str,
    currency: str | None,
    customer: str | None,
    amount: int | None,
) -> Grant:
    if len(sent) != 1:
        message = "You must specify exactly one of these parameters: coupon, discount, promotion_code."
        raise refusal.invalid(message, param)
    code_id = None
    if "discount" in sent:
        old = call.named(Discount, sent["discount"], f"{param}[discount]")
        return Grant(old.coupon, old.promotion_code, old.id)
    if "promotion_code" in sent:
        param = f"{param}[promotion_code]"
        code = call.named(PromotionCode, sent["promotion_code"], param)
        refused = why_not(call.world, code, customer, amount, currency)
        if refused:
            raise refusal.invalid(refused, param, "coupon_expired" if not code.active else None)
        code_id, coupon_id = code.id, code.coupon
    else:
        param = f"{param}[coupon]"
        coupon_id = sent["coupon"]
    coupon = call.named(Coupon, coupon_id, param)
    if code_id is None and not coupon.valid:
        raise refusal.invalid(f"This coupon has expired: {coupon.id}", param, "coupon_expired")
    if coupon.currency is not None and currency not in (None, coupon.currency):
        message = f"The coupon is in {coupon.currency}, which is not the currency here ({currency})."
        raise refusal.invalid(message, param)
    return Grant(coupon.id, code_id)


def why_not(
    world: World, code: PromotionCode, customer: str | None, amount: int | None, currency: str | None
) -> str:
    """Why that customer cannot use the code for so much, in a sentence; "" where nothing is against it."""
    if not code.active:
        return "This promotion code is not active."
    if code.customer is not None and code.customer != customer:
        return "This promotion code cannot be redeemed by this customer."
    least = code.minimum_amount
    if least is not None and amount is not None:
        enough = currency == code.minimum_amount_currency and amount >= least
        if not enough:
            return "The order does not reach the minimum amount of this promotion code."
    if code.first_time_transaction and customer is not None:
        subscriptions = world.table(Subscription).owned_by(customer)
        invoices = (each for sub in subscriptions for each in world.table(Invoice).owned_by(sub.id))
        if any(each.status == "paid" and each.total for each in invoices):
            return "This promotion code is for a customer's first payment only."
    return ""


def of_old_kind(call: Call, change: Change, customer: Customer) -> Customer:
    """The customer with the coupon or code that was sent, as it could be before 2025-03-31.basil; "" takes
    the discount away.  Raises Refusal."""
    sent = {name: call.params[name] for name in ("coupon", "promotion_code") if name in call.params}
    if not sent:
        return customer
    if None in sent.values():
        if customer.discount is not None:
            billing.remove(change, customer.discount)
        return change.get(Customer, customer.id)
    (grant,) = read_grants(call, [sent], customer=customer.id)
    return billing.give_customer(change, customer, grant)


def _deleted(discount: Discount, rendered: Json) -> Json:
    return {name: value for name, value in rendered.items() if name != "end"} | {"deleted": True}


def _of_customer(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)
    if customer.discount is None:
        raise refusal.no_such("discount", customer.id, "id", in_path=True)
    return _removed(call, customer.discount)


def _of_subscription(call: Call) -> tuple[World, Json]:
    subscription = call.target(Subscription)
    if not subscription.discounts:
        raise refusal.no_such("discount", subscription.id, "id", in_path=True)
    return _removed(call, call.world.get(Discount, subscription.discounts[0]))


def _removed(call: Call, discount: Discount) -> tuple[World, Json]:
    change = call.change()
    billing.remove(change, discount)
    ended = change.get(Discount, discount.id)
    return change.done(), _deleted(ended, shown(call.world, ended))


OPERATIONS = (
    operation("DELETE /v1/customers/:id/discount", _of_customer),
    operation("DELETE /v1/subscriptions/:id/discount", _of_subscription),
)
