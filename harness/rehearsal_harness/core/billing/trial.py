"""Trials: the notice before the end.  The end itself is a period end (`renewal`).

Decides: when the notice is due.  Does not know: whether anybody will pay.
Rule: customer.subscription.trial_will_end comes three days before the end, or at once for a shorter trial
(https://docs.stripe.com/billing/subscriptions/trials).
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..calendar import DAY_S
from ..change import Change
from ..objects import Subscription
from .causes import Cause

NOTICE_S = 3 * DAY_S


def plan_notice(change: Change, subscription: Subscription) -> None:
    """Announce the end of the trial in time, or now."""
    due = subscription.current_period_end - NOTICE_S
    if due > change.now:
        change.plan(TaskKind.TRIAL_WILL_END, due, subscription.id)
    else:
        will_end(change, subscription.id)


def will_end(change: Change, subscription_id: str) -> None:
    """The trial is about to end."""
    subscription = change.get(Subscription, subscription_id)
    change.update(subscription, subscription, Cause.TRIAL_WILL_END)
