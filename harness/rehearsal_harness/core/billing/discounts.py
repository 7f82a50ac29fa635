"""Coupons in use: who has one, for how long, and what it makes of an invoice.

Decides: which discounts count for an invoice, when one is over, and how often a coupon was redeemed.  Does
not know: the arithmetic (`discounting`), nor what a request may ask for (`requests.discounts`).
Rule: https://docs.stripe.com/billing/subscriptions/coupons: a subscription's discounts count instead of its
customer's; one whose coupon's duration is `once` counts for one invoice that it lowers.  That its end is told
at the invoice that uses it up is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..agenda import TaskKind
from ..calendar import boundary
from ..change import Change
from ..discounting import Part, taken_off
from ..objects import Coupon, Customer, Discount, Invoice, PromotionCode, Subscription
from ..records import replace
from .causes import Cause


class Grant(NamedTuple):
    """A coupon that is to be used, and the code that somebody typed for it, if any; `discount` is one that
    uses it already."""

    coupon: str
    promotion_code: str | None = None
    discount: str | None = None


def redeem(change: Change, grant: Grant, key: str, **of: str | None) -> Discount:
    """A new discount, begun now, on what `of` names (customer, subscription, invoice, checkout_session);
    `key` tells it from the others of this change.  Nothing is said to the customer or the subscription."""
    coupon = change.get(Coupon, grant.coupon)
    months = coupon.duration_in_months
    end = boundary(change.now, "month", 1, months) if months else None
    discount = Discount(
        id=change.new_id("di", f"{key}|{coupon.id}|{change.now}|{coupon.times_redeemed}"),
        coupon=coupon.id,
        start=change.now,
        end=end,
        promotion_code=grant.promotion_code,
        customer=of.get("customer"),
        subscription=of.get("subscription"),
        invoice=of.get("invoice"),
        checkout_session=of.get("checkout_session"),
    )
    if grant.promotion_code is not None:
        code = change.get(PromotionCode, grant.promotion_code)
        change.put(replace(code, times_redeemed=code.times_redeemed + 1))
    _put_coupon(change, replace(coupon, times_redeemed=coupon.times_redeemed + 1))
    return discount


def _put_coupon(change: Change, coupon: Coupon) -> None:
    """Keep the coupon; codes for one that is not valid any more are not active any more."""
    change.put(coupon)
    if not coupon.valid:
        codes_end(change, coupon.id)


def codes_end(change: Change, coupon_id: str) -> None:
    """The codes of a coupon that cannot be redeemed any more are not active any more; no event says so."""
    for code in change.table(PromotionCode).owned_by(coupon_id):
        if code.coupon_valid:
            change.put(replace(code, coupon_valid=False))


def coupon_ends(change: Change, coupon_id: str) -> None:
    """The second `redeem_by` of a coupon has come; no event says so."""
    _put_coupon(change, replace(change.get(Coupon, coupon_id), is_over=True))


def code_ends(change: Change, code_id: str) -> None:
    """The second `expires_at` of a promotion code has come; no event says so."""
    change.put(replace(change.get(PromotionCode, code_id), is_over=True))


def plan_end(change: Change, obj: Coupon | PromotionCode) -> None:
    """Let a coupon or a code end at its instant, if it has one."""
    if isinstance(obj, Coupon):
        if obj.redeem_by is not None:
            change.plan(TaskKind.COUPON_ENDS, obj.redeem_by, obj.id)
    elif obj.expires_at is not None:
        change.plan(TaskKind.CODE_ENDS, obj.expires_at, obj.id)


def counting(change: Change, customer: Customer, subscription: Subscription | None) -> tuple[Discount, ...]:
    """The discounts that count for an invoice now: the subscription's, else its customer's."""
    ids = subscription.discounts if subscription is not None else ()
    found = [change.get(Discount, each) for each in ids]
    if not found and customer.discount is not None:
        found = [customer.discount]
    return tuple(each for each in found if each.lives_at(change.now))


def applied(change: Change, draft: Invoice, discounts: Iterable[Discount]) -> Invoice:
    """The draft with what `discounts` take off it, in place of what was taken off before."""
    kept = tuple(discounts)
    if not kept and not any(line.discount_amounts for line in draft.lines):
        return replace(draft, discounts=())
    parts = [Part(line.amount, line.product or "", line.discountable) for line in draft.lines]
    rows = taken_off(parts, [change.get(Coupon, each.coupon) for each in kept])
    ids = tuple(each.id for each in kept)
    lines = tuple(
        replace(line, discount_amounts=tuple(zip(ids, row, strict=True)) if line.discountable else ())
        for line, row in zip(draft.lines, rows, strict=True)
    )
    off = sum(sum(row) for row in rows)
    return replace(draft, lines=lines, discounts=ids, total=draft.subtotal - off)


def used(change: Change, invoice: Invoice) -> None:
    """An invoice is finalized: a discount that counts once, and lowered it, is over."""
    for each_id, amount in invoice.discount_amounts:
        discount = change.get(Discount, each_id)
        if discount.invoice is not None or discount.deleted or not amount:
            continue
        if change.get(Coupon, discount.coupon).duration == "once":
            remove(change, discount)


def remove(change: Change, discount: Discount) -> None:
    """Take a discount from its subscription or its customer, and say so."""
    if discount.subscription is not None:
        before = change.get(Subscription, discount.subscription)
        left = tuple(each for each in before.discounts if each != discount.id)
        if left != before.discounts:
            change.update(before, replace(before, discounts=left), Cause.UPDATED)
    elif discount.customer is not None:
        customer = change.get(Customer, discount.customer)
        if customer.discount is not None and customer.discount.id == discount.id:
            change.put(replace(customer, discount=None))
    change.update(discount, replace(discount, deleted=True, end=change.now), Cause.DELETED)


def give_customer(change: Change, customer: Customer, grant: Grant) -> Customer:
    """The customer has this discount from now on, in place of an earlier one."""
    discount = redeem(change, grant, customer.id, customer=customer.id)
    before = customer.discount
    after = replace(change.get(Customer, customer.id), discount=discount)
    change.put(after)
    if before is None:
        change.create(discount)
    else:
        change.put(replace(before, deleted=True, end=change.now))
        row = change.row(Discount, before, Cause.UPDATED)
        change.put(discount)
        change.announce(row, before, discount)
    return after


def give_subscription(change: Change, subscription: Subscription, grants: Iterable[Grant]) -> Subscription:
    """The subscription with these discounts in place of those it had; its own update is the caller's to
    tell.  Old ones end, new ones are announced; one that is named again stays."""
    ids = []
    for position, grant in enumerate(grants):
        if grant.discount is not None and grant.discount in subscription.discounts:
            ids.append(grant.discount)
            continue
        new = redeem(
            change,
            grant,
            f"{subscription.id}|{position}",
            subscription=subscription.id,
            customer=subscription.customer,
        )
        ids.append(change.create(new).id)
    for old_id in subscription.discounts:
        if old_id not in ids:
            old = change.get(Discount, old_id)
            change.update(old, replace(old, deleted=True, end=change.now), Cause.DELETED)
    return replace(subscription, discounts=tuple(ids))
