"""Prorations: what a change in the middle of a period costs, to the second.

Decides: the credit for time that is no longer used and the charge for time that is.  Does not know: when
they are collected (`plan_change`, `renewal`).
Rule: https://docs.stripe.com/billing/subscriptions/prorations: to the second; halves of the smallest unit
are rounded up: assumed.  Metered items are billed by use and never prorated.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ..change import Change
from ..objects import Invoice, InvoiceItem, InvoiceLine, Product, Subscription, SubscriptionItem
from ..records import replace


def share(amount: int, remaining_s: int, period_s: int) -> int:
    """The part of `amount`, in the smallest unit, that belongs to the last `remaining_s` of `period_s`.

    >>> share(1000, 1, 3), share(1000, 3, 3)
    (333, 1000)
    """
    return (2 * amount * remaining_s + period_s) // (2 * period_s)


def prorate(
    change: Change, before: Subscription, items: tuple[SubscriptionItem, ...]
) -> tuple[InvoiceItem, ...]:
    """A credit for each item that went or changed, and a charge for each that came or changed; nothing is
    written."""
    old, new = set(before.items), set(items)
    found = [_item(change, before, item, credit=True) for item in before.items if item not in new]
    found += [_item(change, before, item, credit=False) for item in items if item not in old]
    return tuple(each for each in found if each.amount)


def _item(change: Change, subscription: Subscription, item: SubscriptionItem, *, credit: bool) -> InvoiceItem:
    price, end = item.price, item.current_period_end
    full = 0 if price.is_metered else price.amount_of(item.quantity)
    amount = share(full, end - change.now, end - item.current_period_start)
    name = change.get(Product, price.product).name
    day = datetime.fromtimestamp(change.now, UTC).strftime("%d %b %Y")
    known = len(change.table(InvoiceItem).ids_owned_by(subscription.id))
    sort = "Unused" if credit else "Remaining"
    return InvoiceItem(
        id=change.new_id("ii", f"{item.id}|{price.id}|{change.now}|{known}|{sort}"),
        created=change.now,
        customer=subscription.customer,
        test_clock=change.test_clock,
        subscription=subscription.id,
        subscription_item=item.id,
        amount=-amount if credit else amount,
        currency=subscription.currency,
        description=f"{sort} time on {name} after {day}",
        period_start=change.now,
        period_end=end,
        price=price.id,
        product=price.product,
        unit_amount=-amount if credit else amount,
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
