"""What a payment is made with and what comes of it: payment methods, sources, intents and charges.

Source: the SDK types PaymentMethod, Card, PaymentIntent, Charge and SetupIntent of stripe-python 16.1.0.
Since 2025-03-31.basil a payment intent and a charge no longer name their invoice; here `invoice` is kept and
not rendered.
"""

from __future__ import annotations

from typing import ClassVar

from ..cards import Card
from ..records import Record
from .contact import Address, Shipping

Pairs = tuple[tuple[str, str], ...]


class PaymentMethod(Record, frozen=True, kw_only=True):
    """A card or a bank debit, attached to a customer or not yet.

    `set_up`: its customer has authenticated it for payments without her.  `consumed`: it was used or detached
    without a customer, and will not be used again.
    """

    OBJECT: ClassVar[str] = "payment_method"

    id: str
    created: int
    card: Card
    customer: str | None = None
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    address: Address | None = None
    allow_redisplay: str = "unspecified"
    exp_month: int = 12
    exp_year: int = 2034
    set_up: bool = False
    consumed: bool = False
    metadata: Pairs = ()


class Source(Record, frozen=True, kw_only=True):
    """A card kept in the old way, as an entry of its customer's `sources`.

    The payment method of the same id is what is charged.
    """

    OBJECT: ClassVar[str] = "card"

    id: str
    created: int
    card: Card
    customer: str
    name: str | None = None
    address: Address | None = None
    exp_month: int = 12
    exp_year: int = 2034
    deleted: bool = False
    metadata: Pairs = ()


class Token(Record, frozen=True, kw_only=True):
    """A card on its way from a page to a server, to be used once."""

    OBJECT: ClassVar[str] = "token"

    id: str
    created: int
    card: Card
    used: bool = False
    exp_month: int = 12
    exp_year: int = 2034
    name: str | None = None


class PaymentError(Record, frozen=True, kw_only=True):
    """Why the last try of an intent failed; `method` is the payment method as it was then."""

    code: str
    decline_code: str | None
    message: str
    charge: str | None = None
    method: PaymentMethod | None = None


class PaymentDetails(Record, frozen=True, kw_only=True):
    """What a merchant says about a payment, and the payment of itself to its charge."""

    description: str | None = None
    receipt_email: str | None = None
    shipping: Shipping | None = None
    statement_descriptor: str | None = None
    statement_descriptor_suffix: str | None = None
    transfer_group: str | None = None


class IntentOptions(Record, frozen=True, kw_only=True):
    """How a payment intent that a merchant makes by API is to go.

    `types` are the payment methods it takes; `automatic` that Stripe chose them, and then with which
    `allow_redirects`.
    """

    capture_method: str = "automatic_async"
    confirmation_method: str = "automatic"
    setup_future_usage: str | None = None
    types: tuple[str, ...] = ("card",)
    automatic: str | None = None
    allowed: tuple[str, ...] | None = None
    excluded: tuple[str, ...] | None = None
    return_url: str | None = None


NO_DETAILS = PaymentDetails()
BY_INVOICE = IntentOptions(capture_method="automatic", setup_future_usage="off_session")
BY_CHECKOUT = IntentOptions(capture_method="automatic")


class PaymentIntent(Record, frozen=True, kw_only=True):
    """One amount to be collected; a failed try leaves it at requires_payment_method for the next one.

    `options` is None for the intent of an invoice or of a page of Stripe's.  `amount_capturable` waits to be
    captured, `amount_received` is there.  `authenticated`: the customer answered her bank, and the merchant
    is to confirm once more.
    """

    OBJECT: ClassVar[str] = "payment_intent"

    id: str
    created: int
    amount: int
    currency: str
    status: str
    customer: str | None = None
    payment_method: str | None = None
    latest_charge: str | None = None
    decline_code: str | None = None
    invoice: str | None = None
    canceled_at: int | None = None
    tries: int = 0
    metadata: Pairs = ()
    options: IntentOptions | None = None
    setup_future_usage: str | None = None  # of the intent of a page; otherwise the options have it
    details: PaymentDetails = NO_DETAILS
    error: PaymentError | None = None
    cancellation_reason: str | None = None
    amount_capturable: int = 0
    amount_captured: int | None = None
    authenticated: bool = False


class Charge(Record, frozen=True, kw_only=True):
    """One try to take the money: succeeded, pending or failed.

    `payment_intent` is None for one that a merchant made directly, then with `source`.  `captured` is False
    while the amount is only reserved; `amount_captured` None stands for the whole.
    """

    OBJECT: ClassVar[str] = "charge"

    id: str
    created: int
    amount: int
    currency: str
    status: str
    card: Card
    payment_intent: str | None
    payment_method: str
    customer: str | None = None
    email: str | None = None
    decline_code: str | None = None
    balance_transaction: str | None = None
    amount_refunded: int = 0
    disputed: bool = False
    metadata: Pairs = ()
    details: PaymentDetails = NO_DETAILS
    source: Source | None = None
    captured: bool = True
    amount_captured: int | None = None
    name: str | None = None
    phone: str | None = None
    address: Address | None = None

    @property
    def amount_left(self) -> int:
        """What has not been given back, in the smallest unit."""
        taken = self.amount if self.amount_captured is None else self.amount_captured
        return taken - self.amount_refunded


class SetupIntent(Record, frozen=True, kw_only=True):
    """A payment method kept for later without taking money, as at the start of a trial.

    `options` is None for one of Stripe's own pages.
    """

    OBJECT: ClassVar[str] = "setup_intent"

    id: str
    created: int
    status: str
    customer: str | None = None
    payment_method: str | None = None
    decline_code: str | None = None
    usage: str = "off_session"
    description: str | None = None
    options: IntentOptions | None = None
    error: PaymentError | None = None
    cancellation_reason: str | None = None
    metadata: Pairs = ()
