"""Subscriptions that stop without ending: paused, or not collected for a while, and what starts them again.

Decides: what the end of a trial does where the customer has no payment method, what a pause credits, and what
a resumption bills.
Does not know: later periods (`renewal`).
Rule: https://docs.stripe.com/billing/subscriptions/trials/free-trials#create-free-trials-without-payment,
https://docs.stripe.com/billing/subscriptions/pause-payment, SubscriptionPauseParams of stripe-python 16.1.0,
https://docs.stripe.com/api/subscriptions/resume: a paused subscription makes no invoices; resumed, it begins
a new period, which is paid at once.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..change import Change
from ..objects import Subscription, SubscriptionStatus
from ..records import replace
from . import cancellation, entitlements, paying
from .causes import Cause
from .proration import prorate
from .reset import begin_again

_TASKS = (TaskKind.PERIOD_ENDS, TaskKind.TRIAL_WILL_END, TaskKind.INVOICE_UPCOMING)


def trial_stops(change: Change, trial: Subscription) -> bool:
    """Whether a trial that is over goes no further, since nobody can pay and it was begun so; it is then
    paused or canceled."""
    if trial.missing_payment_method == "create_invoice":
        return False
    if paying.method_of(change, trial.customer, trial) is not None:
        return False
    if trial.missing_payment_method == "cancel":
        cancellation.end(change, trial, Cause.CANCELED_NOW, reason=None)
        return True
    _stop(change, trial, Cause.TRIAL_PAUSES)
    return True


def pause(change: Change, active: Subscription, *, credits_unused: bool) -> None:
    """The merchant pauses a subscription now; the credit for the rest of the period waits for the next
    invoice.  Raises NoTransition for one that is not active."""
    _stop(change, active, Cause.PAUSED)
    for each in prorate(change, active, (), active) if credits_unused else ():
        change.create(each, Cause.PLAN_CHANGED)


def _stop(change: Change, before: Subscription, cause: Cause) -> None:
    row = change.row(Subscription, before, cause)
    paused = change.follow(row, before, replace(before, status=SubscriptionStatus(row.after)))
    for kind in _TASKS:
        change.drop(kind, paused.id)
    entitlements.refresh(change, paused.customer)


def pause_collection(
    change: Change, before: Subscription, behavior: str | None, resumes_at: int | None
) -> None:
    """Invoices are not collected until `resumes_at`, a unix second, or for good; None as `behavior` collects
    them again."""
    after = replace(before, pause_behavior=behavior, pause_resumes_at=resumes_at)
    if after == before:
        return
    if resumes_at is not None:
        change.plan(TaskKind.COLLECTION_RESUMES, resumes_at, before.id)
    elif before.pause_resumes_at is not None:
        change.drop(TaskKind.COLLECTION_RESUMES, before.id)
    change.update(before, after)


def collection_resumes(change: Change, subscription_id: str) -> None:
    """The instant has come from which invoices are collected again."""
    pause_collection(change, change.get(Subscription, subscription_id), None, None)


def end_trial(change: Change, trial: Subscription) -> None:
    """The merchant ends a trial now: the first paid period begins, and is paid at once."""
    ended = replace(trial, trial_end=change.now)
    if not trial_stops(change, ended):
        begin_again(change, trial, ended, Cause.TRIAL_ENDS, since=change.now)


def resume(change: Change, paused: Subscription) -> None:
    """A paused subscription begins a new period now; raises NoTransition for any other."""
    begin_again(change, paused, paused, Cause.RESUMED, since=change.now)
