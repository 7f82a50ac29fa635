"""Subscriptions that stop without ending: a trial that nobody can pay for, and what starts them again.

Decides: what the end of a trial does where the customer has no payment method, and what a resumption bills.
Does not know: later periods (`renewal`).
Rule: https://docs.stripe.com/billing/subscriptions/trials/free-trials#create-free-trials-without-payment and
https://docs.stripe.com/api/subscriptions/resume: a paused subscription makes no invoices; resumed, it begins
a new period, which is paid at once.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..change import Change
from ..objects import Subscription, SubscriptionStatus
from ..records import replace
from . import cancellation, entitlements, merchant_invoice, paying
from .causes import Cause
from .invoice import draw_up, invoice_id
from .periods import period, plan_period_end, recurring_of
from .proration import attach

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
    row = change.row(Subscription, trial, Cause.TRIAL_PAUSES)
    paused = change.follow(row, trial, replace(trial, status=SubscriptionStatus(row.after)))
    for kind in _TASKS:
        change.drop(kind, paused.id)
    entitlements.refresh(change, paused.customer)
    return True


def end_trial(change: Change, trial: Subscription) -> None:
    """The merchant ends a trial now: the first paid period begins, and is paid at once."""
    ended = replace(trial, trial_end=change.now)
    if not trial_stops(change, ended):
        _begin_again(change, trial, ended, Cause.TRIAL_ENDS)


def resume(change: Change, paused: Subscription) -> None:
    """A paused subscription begins a new period now; raises NoTransition for any other."""
    _begin_again(change, paused, paused, Cause.RESUMED)


def _begin_again(change: Change, before: Subscription, changed: Subscription, cause: Cause) -> None:
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
