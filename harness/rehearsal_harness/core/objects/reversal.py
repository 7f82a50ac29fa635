"""Money that goes back: refunds, which the merchant gives, disputes, which a bank opens, and its warnings.

Source: the SDK types Refund, Dispute, EarlyFraudWarning and BalanceTransaction of stripe-python 16.1.0;
https://docs.stripe.com/disputes.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record


class Refund(Record, frozen=True, kw_only=True):
    """A charge given back, in full or in part; `amount` in the smallest unit."""

    OBJECT: ClassVar[str] = "refund"

    id: str
    created: int
    amount: int
    currency: str
    status: str
    charge: str
    payment_intent: str | None
    payment_method: str
    balance_transaction: str
    customer: str | None = None
    reason: str | None = None
    failure_reason: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()


class BalanceTransaction(Record, frozen=True, kw_only=True):
    """Money that came to the merchant's balance (a positive `amount`) or left it, and what Stripe took of it.

    `source` is the id of the charge, the refund or the dispute; `charge` that of the charge behind it.
    """

    OBJECT: ClassVar[str] = "balance_transaction"

    id: str
    created: int
    amount: int
    fee: int
    currency: str
    source: str
    charge: str
    type: str = "adjustment"
    description: str | None = None


class EarlyFraudWarning(Record, frozen=True, kw_only=True):
    """The card's bank holds a charge for fraud; `actionable` while a refund may still spare a dispute."""

    OBJECT: ClassVar[str] = "radar.early_fraud_warning"

    id: str
    created: int
    charge: str
    payment_intent: str | None
    fraud_type: str = "misc"
    actionable: bool = True


class Dispute(Record, frozen=True, kw_only=True):
    """A charge that the customer's bank questions; `amount` in the smallest unit, `due_by` in unix seconds.

    `balance_transactions`: none, the withdrawal, or the withdrawal and its reinstatement.
    """

    OBJECT: ClassVar[str] = "dispute"

    id: str
    created: int
    amount: int
    currency: str
    status: str
    charge: str
    payment_intent: str | None
    reason: str
    due_by: int
    has_evidence: bool = False
    evidence: tuple[tuple[str, str], ...] = ()
    balance_transactions: tuple[BalanceTransaction, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
