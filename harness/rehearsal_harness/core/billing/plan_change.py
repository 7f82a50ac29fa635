"""Plan changes: other prices for a running subscription.

Decides: what a change of items writes, and what becomes of its prorations.  Does not know: what a share of a
period costs (`proration`).  A change of interval or currency is not simulated, nor a credit that is more than
what is due with it: Stripe would keep it on the customer's balance.
Rule: https://docs.stripe.com/billing/subscriptions/change-price and
https://docs.stripe.com/billing/subscriptions/prorations; nothing is prorated in a trial.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..actions import ChangeItems, ChangePlan, ItemChange
from ..change import Change
from ..errors import NotSimulated
from ..objects import Invoice, InvoiceItem, Price, Subscription, SubscriptionItem, SubscriptionStatus
from ..records import replace
from ..world import World
from . import entitlements, payment
from .causes import Cause
from .invoice import draw_up, expect_payment, finalize, settle_without_money
from .periods import recurring_of
from .proration import attach, line_of, pending, prorate


def change_plan(change: Change, action: ChangePlan) -> None:
    """The first item gets another price."""
    first = change.get(Subscription, action.subscription_id).items[0].id
    items = (ItemChange(first, action.price_id),)
    change_items(change, ChangeItems(action.subscription_id, items, action.proration_behavior))


def change_items(change: Change, action: ChangeItems) -> None:
    """Items change at once, within their period; raises NotSimulated for what the module names."""
    before = change.get(Subscription, action.subscription_id)
    row = change.row(Subscription, before, Cause.PLAN_CHANGED)
    items = tuple(_changed(change, before, action.items))
    written = replace(before, **dict(action.fields))
    if items == before.items:
        if written != before:
            change.update(before, written)
        return
    prices = tuple(item.price for item in items)
    currencies = {price.currency for price in prices}
    if not items or len(set(prices)) < len(prices) or currencies != {before.currency}:
        raise NotSimulated("items that Stripe would refuse: none, one price twice, or another currency")
    recurring_of((*prices, *(item.price for item in before.items)))
    prorations: tuple[InvoiceItem, ...] = ()
    if action.proration_behavior != "none" and before.status is not SubscriptionStatus.TRIALING:
        prorations = prorate(change, before, items)
    now = action.proration_behavior == "always_invoice" and bool(prorations)
    _check_credit(change, before, items, prorations, now=now)
    if now and before.pause_behavior is not None:
        raise NotSimulated("an invoice at once while pause_collection is set")
    key = f"{before.id}|{change.now}|{len(change.table(Invoice).ids_owned_by(before.id))}"
    new_id = change.new_id("in", key) if now else before.latest_invoice
    features = entitlements.features_of(change, prices)
    after = replace(written, items=items, latest_invoice=new_id, entitled_features=features)
    change.follow(row, before, after)
    for each in prorations:
        change.create(each, Cause.PLAN_CHANGED)
    if now:
        _collect(change, after, new_id or "")
    entitlements.refresh(change, after.customer)


def holder_of(world: World, item_id: str) -> Subscription | None:
    """The subscription that has this item, or None."""
    return next(iter(world.subscriptions.named(item_id)), None)


def _changed(
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
            yield replace(item, price=change.get(Price, wanted.price_id), quantity=quantity)
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
            metadata=(),
        )


def _check_credit(
    change: Change,
    before: Subscription,
    items: tuple[SubscriptionItem, ...],
    prorations: tuple[InvoiceItem, ...],
    *,
    now: bool,
) -> None:
    """Raises NotSimulated where the invoice that collects the prorations would be over less than nothing."""
    due = sum(each.amount for each in (*prorations, *pending(change, before.id)))
    if not now:
        due += sum(0 if item.price.is_metered else item.price.amount_of(item.quantity) for item in items)
    if due < 0:
        raise NotSimulated("a plan change whose credit is more than what is due with it (customer balance)")


def _collect(change: Change, subscription: Subscription, new_id: str) -> None:
    """An invoice of what waits alone, finalized and charged at once."""
    lines = tuple(line_of(change, item) for item in pending(change, subscription.id))
    draft = replace(
        draw_up(change, subscription, "subscription_update", since=change.now),
        id=new_id,
        lines=lines,
        total=sum(line.amount for line in lines),
        period_end=change.now,
        auto_advance=True,
    )
    attach(change, change.create(draft, Cause.PLAN_CHANGED))
    invoice = finalize(change, draft)
    if not invoice.total:
        settle_without_money(change, invoice)
        return
    tied = expect_payment(change, invoice, payment.open_intent(change, invoice))
    method = payment.default_method(change, subscription.customer)
    payment.collect(change, tied, method, on_session=False, automatic=True)
