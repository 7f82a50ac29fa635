"""An invoice item: an amount that waits for the next invoice, as a proration does.

Source: the SDK type InvoiceItem of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record


class InvoiceItem(Record, frozen=True, kw_only=True):
    """An amount for the next invoice of a subscription, or of a customer; a credit is negative.

    In the smallest unit; one that names a `subscription_item` is a proration.  [period_start, period_end) is
    the time that it is about; `invoice` is None while it waits.
    """

    OBJECT: ClassVar[str] = "invoiceitem"

    id: str
    created: int
    customer: str
    test_clock: str | None = None
    amount: int
    currency: str
    description: str | None
    period_start: int
    period_end: int
    unit_amount: int
    subscription: str | None = None
    subscription_item: str | None = None
    price: str | None = None
    product: str | None = None
    quantity: int = 1
    invoice: str | None = None
    discountable: bool = False
    deleted: bool = False
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def is_proration(self) -> bool:
        """Whether it stands for a share of a period."""
        return self.subscription_item is not None
