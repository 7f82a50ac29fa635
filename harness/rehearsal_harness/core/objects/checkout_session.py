"""A Checkout Session: one visit to the hosted payment page.

Source: the SDK type checkout.Session of stripe-python 16.1.0;
https://docs.stripe.com/payments/checkout/fulfill-orders (complete does not mean paid).
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from ..discounting import Part, taken_off
from ..records import Record
from .catalogue import Price
from .checkout_page import ASKS_NOTHING, NOTHING, AdjustableQuantity, CheckoutPage, Collected
from .discount import Coupon
from .payment import NO_DETAILS, PaymentDetails


class SessionStatus(StrEnum):
    """`open` leads to one of the other two; both are final."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class PaymentStatus(StrEnum):
    """Whether the money of a session is there: a session can be complete and still unpaid."""

    PAID = "paid"
    UNPAID = "unpaid"
    NO_PAYMENT_REQUIRED = "no_payment_required"


class LineItem(Record, frozen=True, kw_only=True):
    """One price and how many of it."""

    id: str
    price: Price
    quantity: int = 1
    adjustable: AdjustableQuantity | None = None
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def amount(self) -> int:
        """What the line costs in advance, in the smallest unit; a metered one nothing, and it has no
        quantity."""
        return 0 if self.price.is_metered else self.price.amount_of(self.quantity)


class SessionDiscount(Record, frozen=True, kw_only=True):
    """A coupon as it was when it was put on a session, and the code that was typed for it, if any."""

    coupon: Coupon
    promotion_code: str | None = None


class CheckoutSession(Record, frozen=True, kw_only=True):
    """A session in mode `subscription`, `payment` or, without lines, `setup`.

    `subscription_metadata` and `trial_period_days` come from subscription_data (`payment_intent_…` and
    `setup_future_usage` from payment_intent_data) and are not rendered here; `payer_email` and `collected`
    are what the page learned, `payment_link` the link that made the session.
    """

    OBJECT: ClassVar[str] = "checkout.session"

    id: str
    created: int
    mode: str
    line_items: tuple[LineItem, ...]
    expires_at: int
    status: SessionStatus = SessionStatus.OPEN
    payment_status: PaymentStatus = PaymentStatus.UNPAID
    success_url: str | None = None
    cancel_url: str | None = None
    customer: str | None = None
    customer_email: str | None = None
    payer_email: str | None = None
    discounts: tuple[SessionDiscount, ...] = ()
    customer_creation: str | None = None
    client_reference_id: str | None = None
    allow_promotion_codes: bool | None = None
    billing_address_collection: str | None = None
    payment_method_collection: str | None = None
    locale: str | None = None
    subscription: str | None = None
    invoice: str | None = None
    payment_intent: str | None = None
    payment_link: str | None = None
    trial_period_days: int = 0
    trial_end: int | None = None
    missing_payment_method: str = "create_invoice"
    subscription_description: str | None = None
    subscription_metadata: tuple[tuple[str, str], ...] = ()
    payment_intent_metadata: tuple[tuple[str, str], ...] = ()
    payment_intent_details: PaymentDetails = NO_DETAILS
    setup_future_usage: str | None = None
    payment_method_types: tuple[str, ...] = ("card",)
    allowed_payment_method_types: tuple[str, ...] | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    setup_intent: str | None = None
    named_currency: str | None = None
    declined_tries: int = 0
    page: CheckoutPage = ASKS_NOTHING
    collected: Collected = NOTHING
    shipping_rate: str | None = None

    @property
    def has_trial(self) -> bool:
        """Whether its subscription begins with a time for nothing."""
        return bool(self.trial_period_days or self.trial_end)

    @property
    def amount_shipping(self) -> int:
        """What sending it costs, in the way that is chosen."""
        return next(
            (x.amount for x in self.page.shipping_options if x.shipping_rate == self.shipping_rate), 0
        )

    @property
    def email(self) -> str | None:
        """The address of whoever sits before the page: sent by the merchant, or typed there."""
        return self.customer_email or self.payer_email

    @property
    def currency(self) -> str:
        """The currency of the lines, of which Stripe allows one per session; without lines the one that is
        named, or ""."""
        return self.named_currency or (self.line_items[0].price.currency if self.line_items else "")

    @property
    def amount_subtotal(self) -> int:
        """The first charge before any discount: nothing for recurring lines during a trial."""
        return sum(self._due(line) for line in self.line_items)

    @property
    def amount_total(self) -> int:
        """The first charge, in the smallest unit."""
        off = sum(sum(row) for row in self.line_discounts) if self.discounts else 0
        return self.amount_subtotal - off + self.amount_shipping

    @property
    def line_discounts(self) -> list[tuple[int, ...]]:
        """For each line, what each discount takes off it."""
        parts = [Part(self._due(line), line.price.product) for line in self.line_items]
        return taken_off(parts, [each.coupon for each in self.discounts])

    def _due(self, line: LineItem) -> int:
        return 0 if line.price.recurring is not None and self.has_trial else line.amount
