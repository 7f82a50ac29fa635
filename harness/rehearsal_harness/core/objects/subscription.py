"""A subscription and its items.

Source: the SDK types Subscription and SubscriptionItem of stripe-python 16.1.0.  Since 2025-03-31.basil the
period is on the items; since 2025-09-30.clover new subscriptions have billing_mode flexible.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from ..records import Record
from .catalogue import Price


class SubscriptionStatus(StrEnum):
    """Stripe's eight statuses; `canceled` and `incomplete_expired` are terminal."""

    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    CANCELED = "canceled"


class AnchorConfig(Record, frozen=True, kw_only=True):
    """The day, and the time of day, on which a subscription was asked to renew."""

    day_of_month: int
    hour: int | None = None
    minute: int | None = None
    month: int | None = None
    second: int | None = None


class SubscriptionItem(Record, frozen=True, kw_only=True):
    """One price of a subscription, paid for the period [current_period_start, current_period_end)."""

    id: str
    created: int
    subscription: str
    price: Price
    current_period_start: int
    current_period_end: int
    quantity: int = 1
    metadata: tuple[tuple[str, str], ...] = ()


class Subscription(Record, frozen=True, kw_only=True):
    """A subscription, charged automatically, in flexible billing.

    `cycle` counts the periods since `billing_cycle_anchor`; `entitled_features` are the ids of the features
    that its products had when the period began; `checkout_session` is the session that made it.  None of them
    is rendered.
    """

    OBJECT: ClassVar[str] = "subscription"

    id: str
    created: int
    customer: str
    test_clock: str | None = None
    status: SubscriptionStatus
    items: tuple[SubscriptionItem, ...]
    billing_cycle_anchor: int
    cycle: int
    currency: str
    billing_cycle_anchor_config: AnchorConfig | None = None
    latest_invoice: str | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    canceled_at: int | None = None
    ended_at: int | None = None
    cancellation_reason: str | None = None
    cancellation_feedback: str | None = None
    cancellation_comment: str | None = None
    default_payment_method: str | None = None
    save_default_payment_method: str = "off"
    discounts: tuple[str, ...] = ()
    collection_method: str = "charge_automatically"
    days_until_due: int | None = None
    missing_payment_method: str = "create_invoice"
    pause_behavior: str | None = None
    pause_resumes_at: int | None = None
    description: str | None = None
    trial_start: int | None = None
    trial_end: int | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    checkout_session: str | None = None
    entitled_features: tuple[str, ...] = ()

    @property
    def current_period_end(self) -> int:
        """The latest end of any item: where a cancellation at period end takes effect."""
        return max(item.current_period_end for item in self.items)
