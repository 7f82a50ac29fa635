"""Refunds: the merchant gives a charge back, in full or in part.

Decides: what a refund writes, and what follows when it fails.  Does not know: the invoice or the
subscription that the charge paid for; Stripe changes neither.
Rule: https://docs.stripe.com/refunds; since 2024-10-28.acacia every refund has its own events beside
charge.refunded (https://docs.stripe.com/changelog/acacia/2024-10-28/refund-webhook-update).  A refund
succeeds at once, also that of a delayed payment: assumed.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..actions import FailRefund, RefundPayment
from ..agenda import TaskKind
from ..cards import BEHAVIOR, After
from ..change import Change
from ..errors import NotSimulated
from ..objects import Charge, Dispute, PaymentIntent, Refund
from ..records import replace
from . import balance, fraud_warning
from .causes import Cause

SETTLES_S = 60  # assumed: Stripe says "later"


def charge_of(change: Change, payment_id: str) -> Charge:
    """The charge itself, or the latest of a payment intent; raises UnknownObject."""
    if payment_id.startswith("pi_"):
        payment_id = change.get(PaymentIntent, payment_id).latest_charge or ""
    return change.get(Charge, payment_id)


def charged_back(disputes: Iterable[Dispute]) -> bool:
    """Whether the bank has the money of a charge with these disputes; nothing can be refunded then."""
    return any(dispute.status != "won" for dispute in disputes)


def refund(change: Change, action: RefundPayment) -> None:
    """Give back `amount_cents`, or all that is left; raises NotSimulated for what Stripe refuses."""
    before = charge_of(change, action.payment_id)
    row = change.row(Charge, before, Cause.REFUNDED)
    amount = before.amount_left if action.amount_cents is None else action.amount_cents
    disputes = change.table(Dispute).owned_by(before.id)
    if charged_back(disputes) or not 0 < amount <= before.amount_left:
        raise NotSimulated(f"a refund of {amount} of charge '{before.id}', which Stripe would refuse")
    after = BEHAVIOR[before.card].after
    cause = Cause.REFUND_PENDING if after is After.REFUND_PENDING else Cause.REFUNDED
    new_id = change.new_id("re", f"{before.id}|{len(change.table(Refund).ids_owned_by(before.id))}")
    refunded = change.create(
        Refund(
            id=new_id,
            created=change.now,
            amount=amount,
            currency=before.currency,
            status=change.row(Refund, None, cause).after,
            charge=before.id,
            payment_intent=before.payment_intent,
            payment_method=before.payment_method,
            balance_transaction=change.new_id("txn", new_id),
            customer=before.customer,
            reason=action.reason,
            metadata=action.metadata,
        ),
        cause,
    )
    balance.refunded(change, refunded)
    if after in (After.REFUND_PENDING, After.REFUND_FAILS):
        change.plan(TaskKind.REFUND_SETTLES, change.now + SETTLES_S, new_id)
    after_it = replace(before, amount_refunded=before.amount_refunded + amount)
    fraud_warning.review(change, change.follow(row, before, after_it))


def settlement_due(change: Change, refund_id: str) -> None:
    """The bank answers for a refund of a card that takes its time."""
    before = change.get(Refund, refund_id)
    if BEHAVIOR[change.get(Charge, before.charge).card].after is After.REFUND_FAILS:
        fail(change, FailRefund(refund_id))
        return
    row = change.row(Refund, before, Cause.REFUND_SETTLES)
    change.follow(row, before, replace(before, status=row.after))


def fail(change: Change, action: FailRefund) -> None:
    """The refund did not reach the customer: the charge is no longer given back by its amount."""
    before = change.get(Refund, action.refund_id)
    change.drop(TaskKind.REFUND_SETTLES, before.id)
    row = change.row(Refund, before, Cause.REFUND_FAILS)
    change.follow(row, before, replace(before, status=row.after, failure_reason="unknown"))
    balance.refund_failed(change, before)
    charge = change.get(Charge, before.charge)
    owed = replace(charge, amount_refunded=charge.amount_refunded - before.amount)
    change.put(owed)
    fraud_warning.review(change, owed)
