"""Usage: a meter, and what it was told.

Source: the SDK types billing.Meter and billing.MeterEvent of stripe-python 16.1.0;
https://docs.stripe.com/billing/subscriptions/usage-based.  Since 2025-03-31.basil a metered price
has a meter.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record


class Meter(Record, frozen=True, kw_only=True):
    """A meter adds up the events of `event_name`, for each customer, by `formula` (sum, count or last)."""

    OBJECT: ClassVar[str] = "billing.meter"

    id: str
    created: int
    updated: int
    display_name: str
    event_name: str
    formula: str
    customer_key: str = "stripe_customer_id"
    value_key: str = "value"


class MeterEvent(Record, frozen=True, kw_only=True):
    """A customer used `value` at the unix second `timestamp`; `id` is Stripe's `identifier`."""

    OBJECT: ClassVar[str] = "billing.meter_event"

    id: str
    created: int
    event_name: str
    customer: str
    value: int
    timestamp: int
    payload: tuple[tuple[str, str], ...]
