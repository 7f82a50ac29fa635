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
from ..errors import NotSimulated
from ..objects import Subscription, SubscriptionStatus
from ..records import replace
from . import cancellation, entitlements, merchant_invoice, paying
from .causes import Cause
from .invoice import draw_up, invoice_id
from .periods import period, plan_period_end, recurring_of
from .proration import attach, prorate

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
    for each in prorate(change, active, ()) if credits_unused else ():
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
        _begin_again(change, trial, ended, Cause.TRIAL_ENDS)


def resume(change: Change, paused: Subscription) -> None:
    """A paused subscription begins a new period now; raises NoTransition for any other."""
    _begin_again(change, paused, paused, Cause.RESUMED)


def _begin_again(change: Change, before: Subscription, changed: Subscription, cause: Cause) -> None:
    if before.pause_behavior is not None:
        raise NotSimulated("a period that begins by request while pause_collection is set")
    row = change.row(Subscription, before, cause)
    recurring = recurring_of(tuple(item.price for item in before.items))
    start, end = period(recurring, change.now, 0)
    items = tuple(replace(each, current_period_start=start, current_period_end=end) for each in before.items)
    after = replace(
        changed,
        status=SubscriptionStatus(row.after),
        items=items,
        billing_cycle_anchor=change.now,
        cycle=0,
        latest_invoice=invoice_id(change, before.id, start),
        entitled_features=entitlements.features_of(change, tuple(item.price for item in items)),
    )
    change.drop(TaskKind.TRIAL_WILL_END, before.id)
    change.follow(row, before, after)
    plan_period_end(change, after)
    draft = replace(draw_up(change, after, "subscription_update", since=change.now), auto_advance=True)
    attach(change, change.create(draft, Cause.PERIOD_ENDS))
    merchant_invoice.finalize(change, draft, auto_advance=True)
    entitlements.refresh(change, after.customer)
