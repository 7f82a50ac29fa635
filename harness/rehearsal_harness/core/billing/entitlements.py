"""Which features a customer has.

Decides: the set of active entitlements, and that a changed set is announced as a whole.
Does not know: what a feature means to the backend.
Rule: https://docs.stripe.com/billing/entitlements: features of active subscriptions; a feature added to a
product reaches a subscription with its next period, so a subscription keeps the features that its period
began with.
"""

from __future__ import annotations

from ..change import Change
from ..objects import (
    ActiveEntitlement,
    EntitlementSummary,
    Feature,
    Price,
    Product,
    Subscription,
    SubscriptionStatus,
)
from .causes import Cause

ENTITLED = frozenset({SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE})


def features_of(change: Change, prices: tuple[Price, ...]) -> tuple[str, ...]:
    """The ids of the features that these prices' products have now."""
    if not len(change.table(Feature)):
        return ()
    products = [change.get(Product, price.product) for price in prices]
    return tuple(dict.fromkeys(feature for product in products for feature in product.feature_ids))


def refresh(change: Change, customer_id: str) -> None:
    """Announce the customer's entitlements if the set is no longer what was last announced."""
    if not len(change.table(Feature)):
        return
    summary = change.table(EntitlementSummary).get(customer_id)
    entitlements = _active(change, customer_id)
    if entitlements == (summary.entitlements if summary else ()):
        return
    row = change.row(EntitlementSummary, summary, Cause.ENTITLEMENTS_CHANGE)
    before = summary or EntitlementSummary(id=customer_id)
    change.follow(row, before, EntitlementSummary(id=customer_id, entitlements=entitlements))


def _active(change: Change, customer_id: str) -> tuple[ActiveEntitlement, ...]:
    features: dict[str, None] = {}
    for subscription in change.table(Subscription).owned_by(customer_id):
        if subscription.status in ENTITLED:
            features.update(dict.fromkeys(subscription.entitled_features))
    return tuple(
        ActiveEntitlement(
            id=change.new_id("ent", f"{customer_id}|{feature_id}"),
            feature=feature_id,
            lookup_key=change.get(Feature, feature_id).lookup_key,
        )
        for feature_id in features
    )
