"""Prorations: what a change in the middle of a period costs, to the second.

Decides: the credit for time that is no longer used and the charge for time that is.  Does not know: when
they are collected (`plan_change`, `renewal`).
Rule: https://docs.stripe.com/billing/subscriptions/prorations: to the second; halves of the smallest unit
are rounded up: assumed.  Metered items are billed by use and never prorated.  A credit is a share of what was
charged (https://docs.stripe.com/billing/subscriptions/billing-mode/compare); what is charged is less by the
discounts, which are not told apart (`proration_discounts` is `included`); that a coupon which counts once
waits for a whole period is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ..change import Change
from ..discounting import Part, taken_off
from ..objects import (
    Coupon,
    Customer,
    Invoice,
    InvoiceItem,
    InvoiceLine,
    Product,
    Subscription,
    SubscriptionItem,
)
from ..records import replace
from . import discounts
from .periods import period_s


def share(amount: int, remaining_s: int, period_s: int) -> int:
    """The part of `amount`, in the smallest unit, that belongs to the last `remaining_s` of `period_s`.

    >>> share(1000, 1, 3), share(1000, 3, 3)
    (333, 1000)
    """
    return (2 * amount * remaining_s + period_s) // (2 * period_s)


def prorate(
    change: Change,
    before: Subscription,
    items: tuple[SubscriptionItem, ...],
    after: Subscription,
    *,
    at: int | None = None,
) -> tuple[InvoiceItem, ...]:
    """A credit for each item that went or changed, and a charge for each that came or changed, from the unix
    second `at` (now) on; nothing is written.  The discounts of `after` lower what is charged."""
    old, new = ({_billed(item) for item in each} for each in (before.items, items))
    instant = change.now if at is None else at
    found = []
    for item in before.items:
        if _billed(item) not in new:
            amount, since = debited(change, item)
            part = share(amount, item.current_period_end - instant, item.current_period_end - since)
            found.append(_item(change, before, item, -part, instant))
    for item, amount in zip(items, _net(change, after, items), strict=True):
        if _billed(item) not in old:
            part = share(amount, item.current_period_end - instant, period_s(after, item))
            found.append(_item(change, before, item, part, instant))
    return tuple(each for each in found if each.amount)


def _billed(item: SubscriptionItem) -> tuple[str, str, int]:
    """What of an item decides what it costs."""
    return item.id, item.price.id, item.quantity


def debited(change: Change, item: SubscriptionItem) -> tuple[int, int]:
    """What was last charged for the item's period, after discounts, and the second from which on."""
    end = item.current_period_end
    for waiting in reversed(change.table(InvoiceItem).owned_by(item.subscription)):
        if waiting.subscription_item == item.id and waiting.amount > 0 and waiting.period_end == end:
            return waiting.amount, waiting.period_start
    for invoice in reversed(change.table(Invoice).owned_by(item.subscription)):
        for line in invoice.lines:
            if line.subscription_item == item.id and not line.invoice_item and line.period_end == end:
                off = sum([amount for _, amount in line.discount_amounts])
                return line.amount - off, line.period_start
    return 0, item.current_period_start


def _net(change: Change, subscription: Subscription, items: tuple[SubscriptionItem, ...]) -> list[int]:
    """What each item costs for a whole period, less the discounts that last longer than one invoice."""
    parts = [
        Part(0 if item.price.is_metered else item.price.amount_of(item.quantity), item.price.product)
        for item in items
    ]
    counting = discounts.counting(change, change.get(Customer, subscription.customer), subscription)
    coupons = [change.get(Coupon, each.coupon) for each in counting]
    rows = taken_off(parts, [coupon for coupon in coupons if coupon.duration != "once"])
    return [part.amount - sum(row) for part, row in zip(parts, rows, strict=True)]


def _item(
    change: Change, subscription: Subscription, item: SubscriptionItem, amount: int, instant: int
) -> InvoiceItem:
    price, end = item.price, item.current_period_end
    name = change.get(Product, price.product).name
    day = datetime.fromtimestamp(instant, UTC).strftime("%d %b %Y")
    known = len(change.table(InvoiceItem).ids_owned_by(subscription.id))
    sort = "Unused" if amount < 0 else "Remaining"
    return InvoiceItem(
        id=change.new_id("ii", f"{item.id}|{price.id}|{change.now}|{known}|{sort}"),
        created=change.now,
        customer=subscription.customer,
        test_clock=change.test_clock,
        subscription=subscription.id,
        subscription_item=item.id,
        amount=amount,
        currency=subscription.currency,
        description=f"{sort} time on {name} after {day}",
        period_start=instant,
        period_end=end,
        price=price.id,
        product=price.product,
        unit_amount=amount,
        quantity=item.quantity,
    )


def pending(change: Change, owner: str) -> Iterator[InvoiceItem]:
    """The items of a subscription, or of a customer alone, that wait for an invoice, oldest first."""
    items = change.table(InvoiceItem).owned_by(owner)
    return (item for item in items if item.invoice is None and not item.deleted)


def line_of(change: Change, item: InvoiceItem) -> InvoiceLine:
    """The item as a line of an invoice."""
    return InvoiceLine(
        id=change.new_id("il", item.id),
        amount=item.amount,
        currency=item.currency,
        description=item.description or "",
        period_start=item.period_start,
        period_end=item.period_end,
        price=item.price,
        product=item.product,
        unit_amount=item.unit_amount,
        quantity=item.quantity,
        subscription=item.subscription,
        subscription_item=item.subscription_item,
        invoice_item=item.id,
        discountable=item.discountable,
        metadata=item.metadata,
    )


def attach(change: Change, draft: Invoice) -> None:
    """The items among the lines of an invoice that is kept wait no longer; no event says so."""
    for line in draft.lines:
        if line.invoice_item is not None:
            item = change.get(InvoiceItem, line.invoice_item)
            change.put(replace(item, invoice=draft.id))
