"""A payment link: an address that makes a Checkout Session for everybody who opens it.

Source: the SDK type PaymentLink of stripe-python 16.1.0; https://docs.stripe.com/payment-links.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record
from .checkout_page import ASKS_NOTHING, CheckoutPage
from .checkout_session import LineItem


class PaymentLink(Record, frozen=True, kw_only=True):
    """A link; `redirect_url` is where a customer goes who paid, None for a page that Stripe hosts.

    `metadata` is copied to its sessions, `subscription_metadata` to their subscriptions,
    `payment_intent_metadata` to their payment intents.
    """

    OBJECT: ClassVar[str] = "payment_link"

    id: str
    line_items: tuple[LineItem, ...]
    active: bool = True
    redirect_url: str | None = None
    inactive_message: str | None = None
    customer_creation: str = "if_required"
    allow_promotion_codes: bool = False
    billing_address_collection: str = "auto"
    payment_method_collection: str = "always"
    trial_period_days: int = 0
    missing_payment_method: str | None = None
    subscription_description: str | None = None
    subscription_metadata: tuple[tuple[str, str], ...] = ()
    payment_intent_metadata: tuple[tuple[str, str], ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    page: CheckoutPage = ASKS_NOTHING

    @property
    def status(self) -> str:
        """The word that specification rows use: Stripe's own field is `active`."""
        return "active" if self.active else "inactive"

    @property
    def mode(self) -> str:
        """The mode of its sessions: one recurring price makes it `subscription`."""
        recurring = any(line.price.recurring is not None for line in self.line_items)
        return "subscription" if recurring else "payment"
