"""How a subscription ends, or is to end.

Decides: what a cancellation writes, now, at period end, at an instant, and undone.  Does not know: why
retries ended (`dunning`).  Nothing is refunded.
Rule: https://docs.stripe.com/billing/subscriptions/cancel and, for the portal under flexible billing,
https://docs.stripe.com/customer-management/integrate-customer-portal: the portal sets `cancel_at` and leaves
`cancel_at_period_end` false; the API sets both.
"""

from __future__ import annotations

from ..actions import CancelAt, CancelAtPeriodEnd, CancelNow, ExplainCancellation, UndoCancel, Via
from ..agenda import TaskKind
from ..change import Change
from ..objects import Invoice, InvoiceStatus, Subscription, SubscriptionStatus
from ..records import replace
from . import entitlements
from .causes import Cause
from .invoice import void

_OWN_TASKS = (
    TaskKind.CANCEL,
    TaskKind.INCOMPLETE_EXPIRES,
    TaskKind.PERIOD_ENDS,
    TaskKind.TRIAL_WILL_END,
    TaskKind.INVOICE_UPCOMING,
)
REQUESTED = "cancellation_requested"


def cancel_now(change: Change, action: CancelNow) -> None:
    """A person ends the subscription at once."""
    subscription = change.get(Subscription, action.subscription_id)
    end(change, subscription, Cause.CANCELED_NOW, reason=REQUESTED)


def cancel_at_reached(change: Change, subscription_id: str) -> None:
    """The instant of a scheduled cancellation has come."""
    subscription = change.get(Subscription, subscription_id)
    end(change, subscription, Cause.CANCEL_AT_REACHED, reason=REQUESTED)


def cancel_at_period_end(change: Change, action: CancelAtPeriodEnd) -> None:
    """Schedule the end; what the customer says about it follows as a second update."""
    before = change.get(Subscription, action.subscription_id)
    by_api = action.via is Via.API
    scheduled = _schedule(change, before, before.current_period_end, boolean=by_api)
    if action.feedback is not None or action.comment is not None:
        explain(change, ExplainCancellation(scheduled.id, action.feedback, action.comment))


def explain(change: Change, action: ExplainCancellation) -> None:
    """Keep what the customer says about a cancellation that is scheduled or done."""
    before = change.get(Subscription, action.subscription_id)
    explained = replace(before, cancellation_feedback=action.feedback, cancellation_comment=action.comment)
    change.update(before, explained, Cause.CANCELLATION_EXPLAINED)


def cancel_at(change: Change, action: CancelAt) -> None:
    """Schedule the end for an instant that the merchant names."""
    _schedule(change, change.get(Subscription, action.subscription_id), action.cancel_at, boolean=False)


def _schedule(change: Change, before: Subscription, instant: int, *, boolean: bool) -> Subscription:
    after = replace(
        before,
        cancel_at=instant,
        cancel_at_period_end=boolean,
        canceled_at=change.now,
        cancellation_reason=REQUESTED,
    )
    change.plan(TaskKind.CANCEL, instant, before.id)
    return change.update(before, after, Cause.CANCELLATION_SCHEDULED)


def undo(change: Change, action: UndoCancel) -> None:
    """The subscription goes on as if nothing had been scheduled."""
    before = change.get(Subscription, action.subscription_id)
    after = replace(
        before,
        cancel_at=None,
        cancel_at_period_end=False,
        canceled_at=None,
        cancellation_reason=None,
        cancellation_feedback=None,
        cancellation_comment=None,
    )
    change.drop(TaskKind.CANCEL, before.id)
    change.update(before, after, Cause.CANCELLATION_UNDONE)


def end(change: Change, before: Subscription, cause: Cause, *, reason: str | None) -> None:
    """The subscription is over; `canceled_at` stays the instant of the request if there was one.

    One that never became active takes its unpaid first invoice with it.
    """
    row = change.row(Subscription, before, cause)
    after = replace(
        before,
        status=SubscriptionStatus(row.after),
        canceled_at=before.canceled_at if before.canceled_at is not None else change.now,
        ended_at=change.now,
        cancellation_reason=reason,
    )
    change.follow(row, before, after)
    for kind in _OWN_TASKS:
        change.drop(kind, before.id)
    if before.pause_resumes_at is not None:
        change.drop(TaskKind.COLLECTION_RESUMES, before.id)
    for invoice in change.table(Invoice).owned_by(after.id):
        if after.status is SubscriptionStatus.INCOMPLETE_EXPIRED:
            void(change, invoice)
        else:
            _stop_collection(change, invoice)
    entitlements.refresh(change, after.customer)


def _stop_collection(change: Change, invoice: Invoice) -> None:
    """An open or draft invoice of a canceled subscription stays payable and is no longer collected."""
    if invoice.auto_advance and invoice.status in (InvoiceStatus.OPEN, InvoiceStatus.DRAFT):
        change.drop(TaskKind.FINALIZE, invoice.id)
        change.drop(TaskKind.COLLECT, invoice.id)
        stopped = replace(
            invoice, auto_advance=False, next_payment_attempt=None, automatically_finalizes_at=None
        )
        change.update(invoice, stopped, Cause.COLLECTION_STOPS)
