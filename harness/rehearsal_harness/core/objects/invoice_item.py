"""An invoice item: an amount that waits for the next invoice, as a proration does.

Source: the SDK type InvoiceItem of stripe-python 16.1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceItem:
    """A proration of a subscription: a credit is negative, in the smallest unit.

    [period_start, period_end) is the time that it is about; `invoice` is None while it waits.
    """

    OBJECT: ClassVar[str] = "invoiceitem"

    id: str
    created: int
    customer: str
    subscription: str
    subscription_item: str
    amount: int
    currency: str
    description: str
    period_start: int
    period_end: int
    price: str
    product: str
    unit_amount: int
    quantity: int = 1
    invoice: str | None = None
