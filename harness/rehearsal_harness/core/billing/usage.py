"""Usage: what a customer used of a metered price.

Decides: which meter events count for which period, and how they add up.  Does not know: what a unit costs,
nor who told the meter.
Rule: https://docs.stripe.com/billing/subscriptions/usage-based: by the timestamp of the event, in
[start, end); sum, count, or the last value.
"""

from __future__ import annotations

from ..change import Change
from ..objects import Meter, MeterEvent, Price


def used(change: Change, customer_id: str, price: Price, start: int, end: int) -> int:
    """What the customer used of a metered price in the unix seconds [start, end), in its units."""
    assert price.recurring is not None, "only a recurring price is metered"
    if price.recurring.meter is None or not len(change.table(MeterEvent)):
        return 0
    meter = change.get(Meter, price.recurring.meter)
    told = change.table(MeterEvent).owned_by(customer_id)
    counted = [each for each in told if each.event_name == meter.event_name and start <= each.timestamp < end]
    if meter.formula == "count":
        return len(counted)
    if meter.formula == "last":
        return max(counted, key=lambda each: each.timestamp).value if counted else 0
    return sum(each.value for each in counted)
