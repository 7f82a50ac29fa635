"""What a payment, failed or late, does to its invoice's schedule and to the subscription.

Decides: when a failed renewal is tried again and what happens after the last try, from the declared table.
Does not know: how a charge is made (`payment`).
Rule: https://docs.stripe.com/billing/revenue-recovery/smart-retries; Stripe picks the instants itself, so the
table (specs/rehearsal_specs/stripe/dunning.yaml) is assumed.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..calendar import DAY_S
from ..change import Change
from ..objects import Invoice, Subscription, SubscriptionStatus
from ..records import replace
from . import cancellation, entitlements
from .causes import Cause
from .invoice import latest_finalized
from .periods import plan_period_end

_FINAL = {
    "cancel": Cause.RETRIES_END_CANCELED,
    "unpaid": Cause.RETRIES_END_UNPAID,
    "past_due": Cause.RETRIES_END_PAST_DUE,
}


def next_attempt(change: Change, failed: Invoice) -> int | None:
    """The unix second of the next automatic try after `attempt_count` failed ones, or None after the last."""
    retry_days = change.world.dunning.retry_days
    if failed.first_failed_at is None or failed.attempt_count > len(retry_days):
        return None
    return failed.first_failed_at + retry_days[failed.attempt_count - 1] * DAY_S


def payment_failed(change: Change, invoice: Invoice, cause: Cause) -> None:
    """A try to collect failed: the subscription is past due, or its retries are over."""
    before = None if invoice.subscription is None else change.get(Subscription, invoice.subscription)
    if before is None or not _decides(change, before, invoice):
        return
    after = _moved(change, before, cause)
    if after.status is SubscriptionStatus.PAST_DUE and invoice.next_payment_attempt is None:
        _retries_end(change, after)


def _retries_end(change: Change, before: Subscription) -> None:
    cause = _FINAL[change.world.dunning.final_action]
    if cause is Cause.RETRIES_END_CANCELED:
        cancellation.end(change, before, cause, reason="payment_failed")
        return
    _moved(change, before, cause)
    entitlements.refresh(change, before.customer)


def payment_succeeded(change: Change, invoice: Invoice) -> Subscription | None:
    """The invoice is paid; the subscription recovers if its status depended on it."""
    return _recover(change, invoice, Cause.LATEST_INVOICE_PAID)


def payment_pending(change: Change, invoice: Invoice) -> Subscription | None:
    """The bank has yet to answer; a first payment under way makes an incomplete subscription active."""
    return _recover(change, invoice, Cause.PAYMENT_PENDING)


def _recover(change: Change, invoice: Invoice, cause: Cause) -> Subscription | None:
    before = None if invoice.subscription is None else change.get(Subscription, invoice.subscription)
    if before is None or not _decides(change, before, invoice):
        return before
    after = _moved(change, before, cause)
    if before.status is SubscriptionStatus.INCOMPLETE:
        change.drop(TaskKind.INCOMPLETE_EXPIRES, after.id)
        plan_period_end(change, after)
    entitlements.refresh(change, before.customer)
    return after


def _moved(change: Change, before: Subscription, cause: Cause) -> Subscription:
    row = change.row(Subscription, before, cause)
    if row.after == before.status and not row.emits:
        return before
    return change.follow(row, before, replace(before, status=SubscriptionStatus(row.after)))


def _decides(change: Change, subscription: Subscription, invoice: Invoice) -> bool:
    latest = latest_finalized(change, subscription)
    return latest is not None and latest.id == invoice.id
