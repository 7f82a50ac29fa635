"""Light payment objects: only what the events of billing need.

Source: the SDK types PaymentMethod, PaymentIntent, Charge and SetupIntent of stripe-python 16.1.0.  Since
2025-03-31.basil a payment intent and a charge no longer name their invoice; here `invoice` is kept and not
rendered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..cards import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """A card or a bank debit, attached to a customer."""

    OBJECT: ClassVar[str] = "payment_method"

    id: str
    created: int
    card: Card
    customer: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentIntent:
    """One amount to be collected; a failed try leaves it at requires_payment_method for the next one."""

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
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One try to take the money: succeeded, pending or failed."""

    OBJECT: ClassVar[str] = "charge"

    id: str
    created: int
    amount: int
    currency: str
    status: str
    card: Card
    payment_intent: str
    payment_method: str
    customer: str | None = None
    email: str | None = None
    decline_code: str | None = None
    balance_transaction: str | None = None
    amount_refunded: int = 0
    disputed: bool = False
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def amount_left(self) -> int:
        """What has not been given back, in the smallest unit."""
        return self.amount - self.amount_refunded


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupIntent:
    """A payment method kept for later without taking money, as at the start of a trial."""

    OBJECT: ClassVar[str] = "setup_intent"

    id: str
    created: int
    status: str
    customer: str | None = None
    payment_method: str | None = None
    decline_code: str | None = None
