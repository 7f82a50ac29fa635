"""What an update of a subscription writes: items, discounts, a trial, a new anchor, further fields.

Decides: whether the period goes on or a new one begins, what is prorated, and what is invoiced at once.
Rule: https://docs.stripe.com/billing/subscriptions/change-price#billing-periods (another interval is billed
from the day of the change), https://docs.stripe.com/billing/subscriptions/prorations, and for trials
https://docs.stripe.com/billing/subscriptions/billing-cycle#changing; nothing is prorated in one.  An
invoice over less than nothing becomes credit (`customer_balance`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rehearsal_specs.tables import SpecRow

from ..actions import ItemChange
from ..change import Change
from ..errors import NotSimulated
from ..objects import Invoice, InvoiceItem, Price, Subscription, SubscriptionItem, SubscriptionStatus
from ..records import replace
from . import entitlements, merchant_invoice, pausing, trial
from .causes import Cause
from .discounts import Grant, give_subscription
from .invoice import draw_up
from .periods import recurring_of
from .proration import attach, line_of, pending, prorate
from .reset import begin_again, replanned


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What is to change; `fields` are further fields of the subscription, by name.

    `trial_end` is a unix second in the future; `ends_trial` ends a trial now, `resets` makes now the anchor,
    `keeps_anchor` insists on the old one;
    `discounts` stand in place of those there were, `further` wait for the next invoice.  Prorations count
    from `proration_date`, a unix second, or from now.
    """

    items: tuple[ItemChange, ...] = ()
    proration_behavior: str = "create_prorations"
    proration_date: int | None = None
    resets: bool = False
    keeps_anchor: bool = False
    ends_trial: bool = False
    trial_end: int | None = None
    discounts: tuple[Grant, ...] | None = None
    further: tuple[InvoiceItem, ...] = ()
    fields: tuple[tuple[str, Any], ...] = ()


def update(change: Change, before: Subscription, wanted: Update) -> None:
    """Write all of it; raises NotSimulated for what the module names, NoTransition for a subscription that
    cannot change."""
    if wanted.items:
        change.row(Subscription, before, Cause.PLAN_CHANGED)
    items = tuple(changed_items(change, before, wanted.items)) if wanted.items else before.items
    _check_items(before, items)
    is_other_interval = _interval(items) != _interval(before.items)
    after = replace(before, items=items, **dict(wanted.fields))
    if wanted.discounts is not None:
        after = give_subscription(change, after, wanted.discounts)
    for each in wanted.further:
        change.create(each)
    in_trial = before.status is SubscriptionStatus.TRIALING
    if wanted.trial_end is not None:
        _begin_trial(change, before, after, wanted)
    elif in_trial and wanted.ends_trial:
        ended = replace(after, trial_end=change.now)
        if not pausing.trial_stops(change, ended):
            begin_again(change, before, ended, Cause.TRIAL_ENDS, since=change.now)
    elif wanted.resets or (is_other_interval and not in_trial):
        if in_trial or wanted.keeps_anchor:
            raise NotSimulated("an anchor set in a trial, or kept where the interval changes")
        credits = _prorations(change, before, (), after, wanted)
        since = before.items[0].current_period_start
        begin_again(change, before, after, Cause.CYCLE_RESET, since=since, prorations=credits)
    elif items != before.items:
        _change_within(change, before, after, wanted)
    elif after != before:
        change.update(before, after)


def _interval(items: tuple[SubscriptionItem, ...]) -> tuple[str, int]:
    """The one interval of all items; raises NotSimulated where they differ."""
    recurring = recurring_of(tuple(item.price for item in items))
    return recurring.interval, recurring.interval_count


def _check_items(before: Subscription, items: tuple[SubscriptionItem, ...]) -> None:
    prices = tuple(item.price for item in items)
    currencies = {price.currency for price in prices}
    if not items or len(set(prices)) < len(prices) or currencies != {before.currency}:
        raise NotSimulated("items that Stripe would refuse: none, one price twice, or another currency")


def _prorations(
    change: Change,
    before: Subscription,
    items: tuple[SubscriptionItem, ...],
    after: Subscription,
    wanted: Update,
) -> tuple[InvoiceItem, ...]:
    if wanted.proration_behavior == "none" or before.status is SubscriptionStatus.TRIALING:
        return ()
    return prorate(change, before, items, after, at=wanted.proration_date)


def _begin_trial(change: Change, before: Subscription, after: Subscription, wanted: Update) -> None:
    """A trial until `trial_end`, or another end of one; what was paid for the rest of the period is given
    back with the next invoice."""
    row = change.row(Subscription, before, Cause.TRIAL_SET)
    trial_end = wanted.trial_end or 0
    in_trial = before.status is SubscriptionStatus.TRIALING
    if not in_trial and any(item.price.is_metered for item in (*before.items, *after.items)):
        raise NotSimulated("a trial in the middle of a period that is billed by use")
    credits = _prorations(change, before, (), after, wanted)
    start = before.items[0].current_period_start if in_trial else change.now
    after = replace(
        after,
        status=SubscriptionStatus(row.after),
        items=tuple(
            replace(each, current_period_start=start, current_period_end=trial_end) for each in after.items
        ),
        billing_cycle_anchor=trial_end,
        billing_cycle_anchor_config=None,
        cycle=-1,
        trial_start=before.trial_start if in_trial else change.now,
        trial_end=trial_end,
        entitled_features=entitlements.features_of(change, tuple(item.price for item in after.items)),
    )
    now = wanted.proration_behavior == "always_invoice" and bool(credits)
    if now:
        after = replace(after, latest_invoice=_next_id(change, before))
    settle(change, row, before, replanned(change, after), credits, now=now)
    trial.plan_notice(change, after)
    entitlements.refresh(change, after.customer)


def _change_within(change: Change, before: Subscription, after: Subscription, wanted: Update) -> None:
    """The items change and the period goes on."""
    row = change.row(Subscription, before, Cause.PLAN_CHANGED)
    prorations = _prorations(change, before, after.items, after, wanted)
    now = wanted.proration_behavior == "always_invoice" and bool(prorations)
    if now and before.pause_behavior is not None:
        raise NotSimulated("an invoice at once while pause_collection is set")
    new_id = _next_id(change, before) if now else before.latest_invoice
    features = entitlements.features_of(change, tuple(item.price for item in after.items))
    after = replace(after, latest_invoice=new_id, entitled_features=features)
    settle(change, row, before, after, prorations, now=now)
    entitlements.refresh(change, after.customer)


def changed_items(
    change: Change, before: Subscription, changes: tuple[ItemChange, ...]
) -> Iterator[SubscriptionItem]:
    """The items afterwards: those that were, in their order, and then the new ones."""
    by_id = {each.item_id: each for each in changes if each.item_id is not None}
    for item in before.items:
        wanted = by_id.get(item.id)
        if wanted is None:
            yield item
        elif wanted.price_id is not None:
            quantity = item.quantity if wanted.quantity is None else wanted.quantity
            metadata = item.metadata if wanted.metadata is None else wanted.metadata
            price = change.get(Price, wanted.price_id)
            yield replace(item, price=price, quantity=quantity, metadata=metadata)
    first = before.items[0]
    for position, each in enumerate(each for each in changes if each.item_id is None):
        key = f"{before.id}|{change.now}|{each.price_id}|{position}"
        price = change.get(Price, each.price_id or "")
        yield replace(
            first,
            id=change.new_id("si", key),
            created=change.now,
            price=price,
            quantity=1 if each.quantity is None else each.quantity,
            metadata=each.metadata or (),
        )


def _next_id(change: Change, before: Subscription) -> str:
    """The id of an invoice that begins no period."""
    return change.new_id(
        "in", f"{before.id}|{change.now}|{len(change.table(Invoice).ids_owned_by(before.id))}"
    )


def settle(
    change: Change,
    row: SpecRow,
    before: Subscription,
    after: Subscription,
    prorations: tuple[InvoiceItem, ...],
    *,
    now: bool,
) -> None:
    """Keep what changed and what it costs, which waits for the next invoice or is billed `now`."""
    change.follow(row, before, after)
    for each in prorations:
        change.create(each, Cause.PLAN_CHANGED)
    if now:
        _bill_waiting(change, after)


def _bill_waiting(change: Change, subscription: Subscription) -> None:
    """An invoice of what waits alone, the latest of the subscription, finalized and collected at once."""
    lines = tuple(line_of(change, item) for item in pending(change, subscription.id))
    draft = replace(
        draw_up(change, subscription, "subscription_update", since=change.now),
        id=subscription.latest_invoice or "",
        lines=lines,
        total=sum(line.amount for line in lines),
        period_end=change.now,
        auto_advance=True,
    )
    attach(change, change.create(draft, Cause.PLAN_CHANGED))
    merchant_invoice.finalize(change, draft, auto_advance=True)
