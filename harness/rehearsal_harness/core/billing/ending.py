"""What is still billed when a subscription is over.

Decides: the last invoice, and what a cancellation gives back.  Does not know: what ending writes to the
subscription (`cancellation`).
Rule: https://docs.stripe.com/api/subscriptions/cancel: `invoice_now` bills what was used and what waits,
`prorate` gives back the unused time, and without them nothing is billed and nothing refunded.  That the
invoice is collected at once, and its `billing_reason`, are assumed.
"""

from __future__ import annotations

from ..change import Change
from ..objects import Invoice, Subscription, SubscriptionStatus
from ..records import replace
from . import cancellation, merchant_invoice
from .causes import Cause
from .invoice import draw_up
from .proration import attach, prorate

_PAID_FOR = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)


def last_invoice(change: Change, before: Subscription, reason: str) -> Invoice | None:
    """What was used since the period of `before` began, and what waits, or None where that is nothing; it is
    not written."""
    since = before.items[0].current_period_start
    metered = {each.id for each in before.items if each.price.is_metered}
    items = tuple(replace(each, current_period_start=change.now) for each in before.items)
    draft = draw_up(change, replace(before, items=items), reason, since=since)
    lines = tuple(line for line in draft.lines if line.invoice_item or line.subscription_item in metered)
    total = sum(line.amount for line in lines)
    return replace(draft, lines=lines, total=total, discounts=()) if lines else None


def end_now(change: Change, before: Subscription, *, invoices: bool, prorates: bool) -> None:
    """A request ends the subscription at once; a last invoice over less than nothing becomes credit."""
    credits = prorate(change, before, (), before) if prorates and before.status in _PAID_FOR else ()
    cancellation.end(change, before, Cause.CANCELED_NOW, reason=cancellation.REQUESTED)
    for each in credits:
        change.create(each, Cause.PLAN_CHANGED)
    draft = last_invoice(change, before, "subscription_update") if invoices else None
    if draft is None:
        return
    ended = change.get(Subscription, before.id)
    change.put(replace(ended, latest_invoice=draft.id))
    draft = replace(draft, auto_advance=True)
    attach(change, change.create(draft, Cause.PERIOD_ENDS))
    merchant_invoice.finalize(change, draft, auto_advance=True)
