"""What a customer's subscriptions unlock.

Source: https://docs.stripe.com/billing/entitlements and the SDK type entitlements.ActiveEntitlementSummary of
stripe-python 16.1.0: the summary has no id and replaces the whole set.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record


class ActiveEntitlement(Record, frozen=True, kw_only=True):
    """One feature a customer has now."""

    id: str
    feature: str
    lookup_key: str


class EntitlementSummary(Record, frozen=True, kw_only=True):
    """Every feature of one customer; `id` is the customer's, and is not rendered."""

    OBJECT: ClassVar[str] = "entitlements.active_entitlement_summary"

    id: str
    entitlements: tuple[ActiveEntitlement, ...] = ()
