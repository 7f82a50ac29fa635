"""Which period a subscription is in, and what is due at its end.

Decides: the bounds of each period and the plans that hang on them.  Does not know: what happens then
(`renewal`, `trial`).
Rule: https://docs.stripe.com/billing/subscriptions/billing-cycle; a trial is a period of its own that ends at
the anchor.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..calendar import DAY_S, boundary
from ..change import Change
from ..errors import NotSimulated
from ..objects import Price, Recurring, Subscription, SubscriptionItem
from ..records import replace

TRIAL_WILL_END_S = 3 * DAY_S


def recurring_of(prices: tuple[Price, ...]) -> Recurring:
    """The one interval of all prices; raises NotSimulated where they differ or a price is one-time."""
    recurring = [price.recurring for price in prices]
    first = recurring[0] if recurring else None
    if first is None or len({each and (each.interval, each.interval_count) for each in recurring}) > 1:
        raise NotSimulated("a subscription whose prices have different intervals, or a one-time price in it")
    return first


def period(recurring: Recurring, anchor: int, cycle: int) -> tuple[int, int]:
    """[start, end) of period `cycle`; period 0 begins at the anchor."""
    return (
        boundary(anchor, recurring.interval, recurring.interval_count, cycle),
        boundary(anchor, recurring.interval, recurring.interval_count, cycle + 1),
    )


def whole_period_s(price: Price, end: int) -> int:
    """How long a whole period of a recurring price is that ends at the unix second `end`."""
    recurring = recurring_of((price,))
    return end - boundary(end, recurring.interval, recurring.interval_count, -1)


def period_s(subscription: Subscription, item: SubscriptionItem) -> int:
    """How long a period the price of an item is for; the one before a later anchor is shorter than that."""
    if item.current_period_end == subscription.billing_cycle_anchor:
        return whole_period_s(item.price, item.current_period_end)
    return item.current_period_end - item.current_period_start


def next_items(subscription: Subscription) -> tuple[SubscriptionItem, ...]:
    """The subscription's items moved on to the next period."""
    recurring = recurring_of(tuple(item.price for item in subscription.items))
    start, end = period(recurring, subscription.billing_cycle_anchor, subscription.cycle + 1)
    return tuple(
        replace(item, current_period_start=start, current_period_end=end) for item in subscription.items
    )


def plan_period_end(change: Change, subscription: Subscription) -> None:
    """Plan what is due at the end of the current period, and the notice before it."""
    end = subscription.current_period_end
    change.plan(TaskKind.PERIOD_ENDS, end, subscription.id)
    days = change.world.settings.upcoming_invoice_days
    if days is not None and end - days * DAY_S > change.now:
        change.plan(TaskKind.INVOICE_UPCOMING, end - days * DAY_S, subscription.id)
