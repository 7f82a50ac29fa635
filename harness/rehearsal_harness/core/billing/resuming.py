"""A paused subscription that goes on in its old rhythm.

Decides: the period that it is in, and what the rest of that costs.  Does not know: a resumption that begins a
new period (`pausing.resume`).
Rule: https://docs.stripe.com/api/subscriptions/resume: `billing_cycle_anchor` `unchanged` takes the period
that surrounds now; `proration_behavior` says whether its rest is charged, with the next invoice or at once.
"""

from __future__ import annotations

from ..change import Change
from ..errors import NotSimulated
from ..objects import Subscription, SubscriptionStatus
from ..records import replace
from . import entitlements
from .causes import Cause
from .invoice import invoice_id
from .periods import period, recurring_of
from .proration import prorate
from .reset import replanned
from .updating import settle


def resume_unchanged(change: Change, paused: Subscription, proration_behavior: str) -> None:
    """Its anchor stays; raises NoTransition for one that is not paused."""
    row = change.row(Subscription, paused, Cause.RESUMED)
    if paused.pause_behavior is not None:
        raise NotSimulated("a resumption while pause_collection is set")
    prices = tuple(item.price for item in paused.items)
    recurring, cycle = recurring_of(prices), paused.cycle
    start, end = paused.items[0].current_period_start, paused.current_period_end
    while end <= change.now:
        cycle += 1
        start, end = period(recurring, paused.billing_cycle_anchor, cycle)
    items = tuple(replace(each, current_period_start=start, current_period_end=end) for each in paused.items)
    after = replace(
        paused,
        status=SubscriptionStatus(row.after),
        items=items,
        cycle=cycle,
        entitled_features=entitlements.features_of(change, prices),
    )
    charged = proration_behavior != "none"
    prorations = prorate(change, replace(paused, items=()), items, after) if charged else ()
    now = proration_behavior == "always_invoice" and bool(prorations)
    if now:
        after = replace(after, latest_invoice=invoice_id(change, paused.id, change.now))
    after = replanned(change, after)
    settle(change, row, paused, after, prorations, now=now)
    entitlements.refresh(change, after.customer)
