"""Who pays.

Source: the SDK type Customer of stripe-python 16.1.0.  Never identify a customer by e-mail: it can change in
the portal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .discount import Discount


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer; `default_payment_method` is the one in invoice_settings, which renewals charge."""

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
    delinquent: bool = False
    invoice_prefix: str = ""
    next_invoice_sequence: int = 1
    deleted: bool = False
    metadata: tuple[tuple[str, str], ...] = ()
