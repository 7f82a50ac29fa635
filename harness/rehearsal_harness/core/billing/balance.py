"""The merchant's balance: each movement of money is a balance transaction.

Decides: what Stripe keeps of a payment.  Does not know: payouts, nor when money becomes available; here it is
at once.
Rule: https://docs.stripe.com/reports/balance-transaction-types and, for the fee of an account in the US,
https://stripe.com/pricing; it is taken for every method and currency alike: assumed.
"""

from __future__ import annotations

from ..change import Change
from ..objects import BalanceTransaction, Charge, Refund

FEE_PER_MILLE, FEE_FIXED_CENTS = 29, 30


def charged(change: Change, charge: Charge) -> BalanceTransaction:
    """The money of a charge arrives, less the fee."""
    taken = charge.amount if charge.amount_captured is None else charge.amount_captured
    return change.create(
        BalanceTransaction(
            id=change.new_id("txn", charge.id),
            created=change.now,
            amount=taken,
            fee=(taken * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED_CENTS,
            currency=charge.currency,
            source=charge.id,
            charge=charge.id,
            type="charge",
            description=charge.details.description,
        )
    )


def refunded(change: Change, refund: Refund) -> None:
    """The money of a refund leaves; the fee of its charge is not given back."""
    _move(change, refund, refund.balance_transaction, -refund.amount, "refund", "REFUND FOR CHARGE")


def refund_failed(change: Change, refund: Refund) -> None:
    """It comes back."""
    new_id = change.new_id("txn", failed_key(refund))
    _move(change, refund, new_id, refund.amount, "refund_failure", "REFUND FAILURE FOR CHARGE")


def failed_key(refund: Refund) -> str:
    """The natural key of what comes back when the refund fails."""
    return f"{refund.id}|failed"


def _move(change: Change, refund: Refund, new_id: str, amount: int, kind: str, said: str) -> None:
    moved = BalanceTransaction(
        id=new_id,
        created=change.now,
        amount=amount,
        fee=0,
        currency=refund.currency,
        source=refund.id,
        charge=refund.charge,
        type=kind,
        description=said,
    )
    change.create(moved)
