"""Coupons, promotion codes and discounts as JSON.

Decides: their keys.  `applies_to` is left out: Stripe sends it only when it is expanded.
Source: the types Coupon, PromotionCode and Discount of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..objects.discount import Coupon, Discount, PromotionCode


def number(decimal: str) -> float:
    """A decimal as JSON shows it: 50, not 50.0."""
    return float(decimal) if "." in decimal else int(decimal)


def render_coupon(coupon: Coupon, livemode: bool) -> dict[str, Any]:
    """The coupon."""
    return {
        "id": coupon.id,
        "object": "coupon",
        "amount_off": coupon.amount_off,
        "created": coupon.created,
        "currency": coupon.currency,
        "duration": coupon.duration,
        "duration_in_months": coupon.duration_in_months,
        "livemode": livemode,
        "max_redemptions": coupon.max_redemptions,
        "metadata": dict(coupon.metadata),
        "name": coupon.name,
        "percent_off": None if coupon.percent_off is None else number(coupon.percent_off),
        "redeem_by": coupon.redeem_by,
        "times_redeemed": coupon.times_redeemed,
        "valid": coupon.valid,
    }


def render_promotion_code(code: PromotionCode, livemode: bool) -> dict[str, Any]:
    """The code, with the id of its coupon."""
    return {
        "id": code.id,
        "object": "promotion_code",
        "active": code.active,
        "code": code.code,
        "created": code.created,
        "customer": code.customer,
        "customer_account": None,
        "expires_at": code.expires_at,
        "livemode": livemode,
        "max_redemptions": code.max_redemptions,
        "metadata": dict(code.metadata),
        "promotion": {"coupon": code.coupon, "type": "coupon"},
        "restrictions": {
            "first_time_transaction": code.first_time_transaction,
            "minimum_amount": code.minimum_amount,
            "minimum_amount_currency": code.minimum_amount_currency,
        },
        "times_redeemed": code.times_redeemed,
    }


def render_discount(discount: Discount, livemode: bool) -> dict[str, Any]:
    """The coupon in use; `livemode` is no key of it."""
    return {
        "id": discount.id,
        "object": "discount",
        "checkout_session": discount.checkout_session,
        "customer": discount.customer,
        "customer_account": None,
        "end": discount.end,
        "invoice": discount.invoice,
        "invoice_item": discount.invoice_item,
        "promotion_code": discount.promotion_code,
        "source": {"coupon": discount.coupon, "type": "coupon"},
        "start": discount.start,
        "subscription": discount.subscription,
        "subscription_item": None,
    }
