"""An invoice, its lines, and the payment that settles it.

Source: the SDK types Invoice, InvoiceLineItem and InvoicePayment of stripe-python 16.1.0.  Since
2025-03-31.basil an invoice reaches its subscription through `parent` and is paid when its status says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class InvoiceStatus(StrEnum):
    """draft, open, then paid, uncollectible or void."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One charge for one item; [period_start, period_end) is the time the money pays for.

    `invoice_item` is the proration that waited for this invoice, if the line is one.
    """

    id: str
    amount: int
    currency: str
    description: str
    period_start: int
    period_end: int
    price: str
    product: str
    unit_amount: int
    quantity: int
    subscription: str
    subscription_item: str
    invoice_item: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice of a subscription; amounts in the smallest unit.

    `payment_intent` and `first_failed_at`, where dunning counts from, are not rendered.
    """

    OBJECT: ClassVar[str] = "invoice"

    id: str
    created: int
    customer: str
    currency: str
    billing_reason: str
    status: InvoiceStatus
    lines: tuple[InvoiceLine, ...]
    period_start: int
    period_end: int
    subscription: str
    total: int
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
    webhooks_delivered_at: int | None = None
    payment_intent: str | None = None
    first_failed_at: int | None = None

    @property
    def amount_remaining(self) -> int:
        """What is still owed."""
        return self.total - self.amount_paid


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePayment:
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
