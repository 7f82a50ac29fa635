"""Promotion codes on the hosted checkout page.

Decides: what a code does to a session before it is paid.  Does not know: who may use which code
(`requests.discounts.why_not`), nor how much it takes off (`discounting`).
Rule: https://docs.stripe.com/payments/checkout/discounts: one code per session, typed on its page; it is
redeemed by the payment, not before.
"""

from __future__ import annotations

from ..actions import EnterPromotionCode
from ..change import Change
from ..objects import CheckoutSession, Coupon, PromotionCode, SessionDiscount
from ..records import replace
from .causes import Cause


def enter_code(change: Change, action: EnterPromotionCode) -> None:
    """The session has the code's coupon, or none; raises NoTransition for a session that is not open."""
    before = change.get(CheckoutSession, action.session_id)
    row = change.row(CheckoutSession, before, Cause.CODE_ENTERED)
    discounts: tuple[SessionDiscount, ...] = ()
    if action.promotion_code_id is not None:
        code = change.get(PromotionCode, action.promotion_code_id)
        discounts = (SessionDiscount(coupon=change.get(Coupon, code.coupon), promotion_code=code.id),)
    change.follow(row, before, replace(before, discounts=discounts))
