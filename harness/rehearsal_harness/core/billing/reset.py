"""A new period that begins by request: a resumption, the end of a trial, a new anchor, another interval.

Decides: what such a beginning writes and bills.  Does not know: who asks for it (`pausing`, `updating`).
Rule: https://docs.stripe.com/billing/subscriptions/change-price#immediate-payment: where the anchor is reset,
payment is tried at once, and one that fails leaves the change as it is.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..change import Change
from ..errors import NotSimulated
from ..objects import InvoiceItem, Subscription, SubscriptionStatus
from ..records import replace
from . import entitlements, merchant_invoice
from .causes import Cause
from .invoice import draw_up, invoice_id
from .periods import period, plan_period_end, recurring_of
from .proration import attach


def begin_again(
    change: Change,
    before: Subscription,
    changed: Subscription,
    cause: Cause,
    *,
    since: int,
    prorations: tuple[InvoiceItem, ...] = (),
) -> None:
    """A period of `changed` begins now, and is invoiced and collected at once with `prorations`.

    Metered items are billed for their use from the unix second `since` on.  Raises NotSimulated while
    collection is paused.
    """
    if before.pause_behavior is not None:
        raise NotSimulated("a period that begins by request while pause_collection is set")
    row = change.row(Subscription, before, cause)
    prices = tuple(item.price for item in changed.items)
    start, end = period(recurring_of(prices), change.now, 0)
    items = tuple(replace(each, current_period_start=start, current_period_end=end) for each in changed.items)
    after = replace(
        changed,
        status=SubscriptionStatus(row.after),
        items=items,
        billing_cycle_anchor=change.now,
        billing_cycle_anchor_config=None,
        cycle=0,
        latest_invoice=invoice_id(change, before.id, start),
        entitled_features=entitlements.features_of(change, prices),
    )
    after = replanned(change, after)
    change.follow(row, before, after)
    for each in prorations:
        change.create(each, Cause.PLAN_CHANGED)
    draft = replace(draw_up(change, after, "subscription_update", since=since), auto_advance=True)
    attach(change, change.create(draft, Cause.PERIOD_ENDS))
    merchant_invoice.finalize(change, draft, auto_advance=True)
    entitlements.refresh(change, after.customer)


def replanned(change: Change, after: Subscription) -> Subscription:
    """What was planned for the old period is planned for the new one; an end with the period moves."""
    change.drop(TaskKind.TRIAL_WILL_END, after.id)
    change.drop(TaskKind.INVOICE_UPCOMING, after.id)
    plan_period_end(change, after)
    if not after.cancel_at_period_end:
        return after
    change.plan(TaskKind.CANCEL, after.current_period_end, after.id)
    return replace(after, cancel_at=after.current_period_end)
