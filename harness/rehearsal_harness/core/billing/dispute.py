"""Disputes: a customer's bank questions a charge.

Decides: what an opened and a closed dispute write.  Does not know: whether the merchant is right.  That an
account may let a dispute cancel the subscription is a setting that is not simulated.
Rule: https://docs.stripe.com/disputes/how-disputes-work: the bank takes the money and a fee at once; the
merchant answers with evidence or loses; a dispute that is won gives the money back.
"""

from __future__ import annotations

from ..actions import CloseDispute, OpenDispute
from ..calendar import DAY_S
from ..change import Change
from ..errors import NotSimulated
from ..objects import BalanceTransaction, Charge, Dispute
from ..records import replace
from . import fraud_warning
from .causes import Cause
from .refund import charge_of

ANSWER_S = 9 * DAY_S  # assumed: networks give 7 to 21 days
_OPEN = ("needs_response", "warning_needs_response")
FEE_CENTS = 1500  # https://stripe.com/pricing: the dispute fee of an account in the US


def open_dispute(change: Change, action: OpenDispute) -> None:
    """The bank takes the money; raises NotSimulated for a charge that has been disputed or given back."""
    open_for(change, charge_of(change, action.payment_id), action.reason)


def open_for(change: Change, charge: Charge, reason: str, *, inquiry: bool = False) -> Dispute:
    """A dispute about `charge`, or an inquiry, which takes no money; raises NotSimulated as above."""
    if charge.status != "succeeded" or charge.disputed or not charge.amount_left:
        raise NotSimulated(f"a dispute about charge '{charge.id}', of which nothing can be disputed")
    cause = Cause.INQUIRED if inquiry else Cause.DISPUTED
    opened = change.create(
        Dispute(
            id=change.new_id("dp", charge.id),
            created=change.now,
            amount=charge.amount_left,
            currency=charge.currency,
            status=change.row(Dispute, None, cause).after,
            charge=charge.id,
            payment_intent=charge.payment_intent,
            reason=reason,
            due_by=change.now + ANSWER_S,
        ),
        cause,
    )
    disputed = replace(change.get(Charge, charge.id), disputed=True)
    change.put(disputed)
    fraud_warning.review(change, disputed)
    if inquiry:
        return opened
    taken = _moved(change, opened, -opened.amount, fee=FEE_CENTS)
    return change.update(opened, replace(opened, balance_transactions=(taken,)), Cause.FUNDS_WITHDRAWN)


def close(change: Change, action: CloseDispute) -> None:
    """The bank decides; one that is won was answered before."""
    before = change.get(Dispute, action.dispute_id)
    if action.won and before.status in _OPEN:
        before = answer(change, before)
    decide(change, before, won=action.won)


def answer(change: Change, before: Dispute) -> Dispute:
    """The merchant sends evidence; it is with the bank."""
    row = change.row(Dispute, before, Cause.DISPUTE_ANSWERED)
    return change.follow(row, before, replace(before, status=row.after, has_evidence=True))


def decide(change: Change, before: Dispute, *, won: bool) -> Dispute:
    """The bank sides with the merchant or not; raises NoTransition for a dispute that is closed."""
    row = change.row(Dispute, before, Cause.DISPUTE_WON if won else Cause.DISPUTE_LOST)
    moved = before.balance_transactions
    if won and moved:
        moved = (*moved, _moved(change, before, before.amount, fee=0))
    return change.follow(row, before, replace(before, status=row.after, balance_transactions=moved))


def _moved(change: Change, dispute: Dispute, amount: int, *, fee: int) -> BalanceTransaction:
    new_id = change.new_id("txn", f"{dispute.id}|{len(dispute.balance_transactions)}")
    said = f"Chargeback {'withdrawal' if amount < 0 else 'reversal'} for {dispute.charge}"
    return change.create(
        BalanceTransaction(
            id=new_id,
            created=change.now,
            amount=amount,
            fee=fee,
            currency=dispute.currency,
            source=dispute.id,
            charge=dispute.charge,
            description=said,
        )
    )
