"""Renewals: the period moves, an hour later the money is due.

Decides: what happens at a period end (a trial's too), when the draft is finalized and is collected again.
Does not know: how a try goes (`payment`), what follows from failures (`dunning`).
Rule: https://docs.stripe.com/billing/subscriptions/webhooks: the period moves and the invoice is a draft at
the period end; it is finalized and charged about one hour after the endpoints acknowledged it, here at once.
https://docs.stripe.com/billing/subscriptions/pause-payment: drafts, void or uncollectible at once.
https://docs.stripe.com/billing/subscriptions/cancel: at a scheduled end, items that wait and usage are due.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..calendar import HOUR_S
from ..change import Change
from ..objects import Invoice, Subscription, SubscriptionStatus
from ..records import replace
from . import cancellation, entitlements, merchant_invoice, pausing, paying
from .causes import Cause
from .ending import last_invoice
from .invoice import draw_up, finalize, invoice_id
from .periods import next_items, plan_period_end
from .proration import attach

DRAFT_S = HOUR_S


def period_ends(change: Change, subscription_id: str) -> None:
    """The next period begins, whether or not it will be paid; the invoice for it is drawn up."""
    before = change.get(Subscription, subscription_id)
    trial = before.status is SubscriptionStatus.TRIALING
    if trial and pausing.trial_stops(change, before):
        return
    row = change.row(Subscription, before, Cause.TRIAL_ENDS if trial else Cause.PERIOD_ENDS)
    items = next_items(before)
    after = replace(
        before,
        status=SubscriptionStatus(row.after),
        items=items,
        cycle=before.cycle + 1,
        latest_invoice=invoice_id(change, before.id, items[0].current_period_start),
        entitled_features=entitlements.features_of(change, tuple(item.price for item in items)),
    )
    change.follow(row, before, after)
    _draft(change, after, since=before.items[0].current_period_start)
    plan_period_end(change, after)
    entitlements.refresh(change, after.customer)


def _draft(change: Change, subscription: Subscription, *, since: int) -> None:
    """An unpaid subscription's invoices stay drafts, and what collection is paused for is done with at once;
    any other is finalized an hour later."""
    draft = draw_up(change, subscription, "subscription_cycle", since=since)
    behavior = subscription.pause_behavior
    if subscription.status is not SubscriptionStatus.UNPAID and behavior is None:
        draft = _finalized_later(change, draft)
    attach(change, change.create(draft, Cause.PERIOD_ENDS))
    if behavior == "void":
        merchant_invoice.void(change, finalize(change, draft))
    elif behavior == "mark_uncollectible":
        merchant_invoice.mark_uncollectible(change, finalize(change, draft))


def _finalized_later(change: Change, draft: Invoice) -> Invoice:
    due = change.now + DRAFT_S
    change.plan(TaskKind.FINALIZE, due, draft.id)
    return replace(draft, auto_advance=True, automatically_finalizes_at=due)


def cancel_at_reached(change: Change, subscription_id: str) -> None:
    """A scheduled end has come: what was used, and what waits, is still due; there is no next period.

    A credit that is left waits on: Stripe gives no money back.
    """
    before = change.get(Subscription, subscription_id)
    cancellation.cancel_at_reached(change, subscription_id)
    draft = last_invoice(change, before, "subscription_cycle")
    if draft is not None and draft.total > 0:
        attach(change, change.create(_finalized_later(change, draft), Cause.PERIOD_ENDS))


def finalization_due(change: Change, draft_id: str) -> None:
    """The hour is over: the invoice is open, and is charged or sent."""
    merchant_invoice.finalize(change, change.get(Invoice, draft_id), auto_advance=True)


def retry_due(change: Change, invoice_id_: str) -> None:
    """The dunning table says to try again, with whatever is the default method now."""
    paying.collect(change, change.get(Invoice, invoice_id_), automatic=True)


def upcoming(change: Change, subscription_id: str) -> None:
    """Announce the next invoice; it has no id yet and is kept nowhere."""
    subscription = change.get(Subscription, subscription_id)
    row = change.row(Invoice, None, Cause.INVOICE_UPCOMING)
    start = subscription.items[0].current_period_start
    following = replace(subscription, items=next_items(subscription), status=SubscriptionStatus.ACTIVE)
    change.announce(row, None, replace(draw_up(change, following, "upcoming", since=start), id=""))
