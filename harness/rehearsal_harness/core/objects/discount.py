"""What lowers a price: coupons, the codes that customers type, and a coupon in use.

Decides: when a coupon or a code can still be redeemed.  Does not know: how much it takes off (`discounting`).
Source: the SDK types Coupon, PromotionCode and Discount of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record


class Coupon(Record, frozen=True, kw_only=True):
    """So much off: `percent_off` (a decimal, of 100), or `amount_off` in the smallest unit of `currency`.

    `duration` is once, forever, or repeating for `duration_in_months`; `products` are the only ones it is
    for, if there are any.  `is_over` says that the second `redeem_by` has come; it is not rendered.
    """

    OBJECT: ClassVar[str] = "coupon"

    id: str
    created: int
    duration: str = "once"
    percent_off: str | None = None
    amount_off: int | None = None
    currency: str | None = None
    duration_in_months: int | None = None
    max_redemptions: int | None = None
    redeem_by: int | None = None
    name: str | None = None
    times_redeemed: int = 0
    products: tuple[str, ...] = ()
    is_over: bool = False
    deleted: bool = False
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def valid(self) -> bool:
        """Whether it can still be redeemed."""
        left = self.max_redemptions is None or self.times_redeemed < self.max_redemptions
        return left and not self.is_over and not self.deleted


class PromotionCode(Record, frozen=True, kw_only=True):
    """A word that a customer types to get a coupon; `customer` is the only one who may, if there is one.

    `switched_on` is what the merchant set; `is_over` and `coupon_valid` say what time and other customers
    did since.  Stripe shows the three as `active`.
    """

    OBJECT: ClassVar[str] = "promotion_code"

    id: str
    created: int
    code: str
    coupon: str
    switched_on: bool = True
    coupon_valid: bool = True
    customer: str | None = None
    expires_at: int | None = None
    max_redemptions: int | None = None
    times_redeemed: int = 0
    first_time_transaction: bool = False
    minimum_amount: int | None = None
    minimum_amount_currency: str | None = None
    is_over: bool = False
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def active(self) -> bool:
        """Whether a customer can still use it."""
        left = self.max_redemptions is None or self.times_redeemed < self.max_redemptions
        return self.switched_on and self.coupon_valid and left and not self.is_over


class Discount(Record, frozen=True, kw_only=True):
    """A coupon in use: on a customer, a subscription, or one invoice; from `start` until before `end`."""

    OBJECT: ClassVar[str] = "discount"

    id: str
    coupon: str
    start: int
    end: int | None = None
    customer: str | None = None
    subscription: str | None = None
    invoice: str | None = None
    invoice_item: str | None = None
    promotion_code: str | None = None
    checkout_session: str | None = None
    deleted: bool = False

    def lives_at(self, instant: int) -> bool:
        """Whether it is on at that unix second."""
        return not self.deleted and (self.end is None or instant < self.end)
