"""Who pays.

Source: the SDK types Customer and CustomerBalanceTransaction of stripe-python 16.1.0.  Never identify a
customer by e-mail: it can change in the portal.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record
from .contact import Address, Shipping
from .discount import Discount


class CustomerDetails(Record, frozen=True, kw_only=True):
    """What most customers have nothing of; `custom_fields`, `footer` and `amount_tax_display` are those of
    the customer's invoices."""

    address: Address | None = None
    shipping: Shipping | None = None
    preferred_locales: tuple[str, ...] = ()
    tax_exempt: str = "none"
    business_name: str | None = None
    individual_name: str | None = None
    custom_fields: tuple[tuple[str, str], ...] = ()
    footer: str | None = None
    amount_tax_display: str | None = None


NO_DETAILS = CustomerDetails()


class Customer(Record, frozen=True, kw_only=True):
    """A customer; `default_payment_method` is the one in invoice_settings, which renewals charge.

    `balance` in the smallest unit of `currency`: less than nothing is credit, which her next invoices use up.
    """

    OBJECT: ClassVar[str] = "customer"

    id: str
    created: int
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    description: str | None = None
    currency: str | None = None
    default_payment_method: str | None = None
    discount: Discount | None = None
    balance: int = 0
    delinquent: bool = False
    invoice_prefix: str = ""
    next_invoice_sequence: int = 1
    deleted: bool = False
    test_clock: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    default_source: str | None = None
    details: CustomerDetails = NO_DETAILS


class CustomerBalanceTransaction(Record, frozen=True, kw_only=True):
    """What changed a customer's balance by `amount`, and left it at `ending_balance`."""

    OBJECT: ClassVar[str] = "customer_balance_transaction"

    id: str
    created: int
    customer: str
    amount: int
    currency: str
    ending_balance: int
    type: str
    invoice: str | None = None
    description: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()
