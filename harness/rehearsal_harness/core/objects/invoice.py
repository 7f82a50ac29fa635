"""An invoice, its lines, and the payment that settles it.

Source: the SDK types Invoice, InvoiceLineItem and InvoicePayment of stripe-python 16.1.0.  Since
2025-03-31.basil an invoice reaches its subscription through `parent` and is paid when its status says so.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from ..records import Record


class InvoiceStatus(StrEnum):
    """draft, open, then paid, uncollectible or void."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"


class InvoiceLine(Record, frozen=True, kw_only=True):
    """One charge for one item; [period_start, period_end) is the time the money pays for.

    `invoice_item` is the item that waited for this invoice, if the line is one; `discount_amounts` says what
    each discount takes off.  One made of a bare amount has no price of its own.
    """

    id: str
    amount: int
    currency: str
    description: str
    period_start: int
    period_end: int
    price: str | None
    product: str | None
    unit_amount: int
    quantity: int
    subscription: str | None
    subscription_item: str | None
    invoice_item: str | None = None
    discountable: bool = True
    discount_amounts: tuple[tuple[str, int], ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def is_proration(self) -> bool:
        """Whether it stands for a share of a period."""
        return self.invoice_item is not None and self.subscription_item is not None


def balance_left(total: int, balance: int) -> int:
    """The customer's balance after an invoice; one over nothing leaves it as it is.

    >>> balance_left(1200, -500), balance_left(1200, 300), balance_left(-700, 0), balance_left(0, 300)
    (0, 0, -700, 300)
    """
    return min(0, total + balance) if total else balance


class Invoice(Record, frozen=True, kw_only=True):
    """An invoice, of a subscription or of the merchant alone; amounts in the smallest unit.

    `starting_balance` was the customer's when it was drawn up or finalized, `ending_balance` what it then
    left of it.  `discounts` are ids of discounts; `total` is what their sum left.  `payment_intent`,
    `days_until_due`, `paid_out_of_band` and `first_failed_at`, where dunning counts from, are not rendered.
    """

    OBJECT: ClassVar[str] = "invoice"

    id: str
    created: int
    customer: str
    test_clock: str | None = None
    currency: str
    billing_reason: str
    status: InvoiceStatus
    lines: tuple[InvoiceLine, ...]
    period_start: int
    period_end: int
    total: int
    subscription: str | None = None
    discounts: tuple[str, ...] = ()
    collection_method: str = "charge_automatically"
    days_until_due: int | None = None
    due_date: int | None = None
    default_payment_method: str | None = None
    description: str | None = None
    footer: str | None = None
    statement_descriptor: str | None = None
    custom_fields: tuple[tuple[str, str], ...] = ()
    starting_balance: int = 0
    ending_balance: int | None = None
    amount_paid: int = 0
    attempt_count: int = 0
    attempted: bool = False
    auto_advance: bool = False
    automatically_finalizes_at: int | None = None
    next_payment_attempt: int | None = None
    number: str | None = None
    customer_email: str | None = None
    customer_name: str | None = None
    subscription_metadata: tuple[tuple[str, str], ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    finalized_at: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None
    marked_uncollectible_at: int | None = None
    paid_out_of_band: bool = False
    deleted: bool = False
    webhooks_delivered_at: int | None = None
    payment_intent: str | None = None
    first_failed_at: int | None = None

    @property
    def amount_due(self) -> int:
        """What is to be paid: the total, less the customer's credit or with her debt."""
        if not self.starting_balance and self.total >= 0:
            return self.total
        left = self.ending_balance
        if left is None:
            left = balance_left(self.total, self.starting_balance)
        return self.total + self.starting_balance - left

    @property
    def amount_remaining(self) -> int:
        """What is still owed."""
        return self.amount_due - self.amount_paid

    @property
    def subtotal(self) -> int:
        """What the lines add up to before any discount."""
        return sum([line.amount for line in self.lines])

    @property
    def discount_amounts(self) -> tuple[tuple[str, int], ...]:
        """What each discount takes off all lines together."""
        totals = dict.fromkeys(self.discounts, 0)
        for line in self.lines:
            for discount, amount in line.discount_amounts:
                totals[discount] += amount
        return tuple(totals.items())


class InvoicePayment(Record, frozen=True, kw_only=True):
    """The link between an invoice and the payment intent that is to settle it: open, paid or canceled."""

    OBJECT: ClassVar[str] = "invoice_payment"

    id: str
    created: int
    invoice: str
    payment_intent: str
    amount_requested: int
    currency: str
    status: str
    amount_paid: int | None = None
    paid_at: int | None = None
    canceled_at: int | None = None
