"""Entitlements as JSON.

Source: the type entitlements.ActiveEntitlementSummary of stripe-python 16.1.0: it has no id.
"""

from __future__ import annotations

from typing import Any

from ..objects import ActiveEntitlement, EntitlementSummary

PAGE = 10  # entitlements in a summary; the rest is to be listed


def render_entitlement(entitlement: ActiveEntitlement, livemode: bool) -> dict[str, Any]:
    """One feature a customer has."""
    return {
        "id": entitlement.id,
        "object": "entitlements.active_entitlement",
        "feature": entitlement.feature,
        "livemode": livemode,
        "lookup_key": entitlement.lookup_key,
    }


def render_entitlement_summary(summary: EntitlementSummary, livemode: bool) -> dict[str, Any]:
    """The first ten features a customer has, and whether there are more."""
    page = summary.entitlements[:PAGE]
    return {
        "object": "entitlements.active_entitlement_summary",
        "customer": summary.id,
        "entitlements": {
            "object": "list",
            "data": [render_entitlement(entitlement, livemode) for entitlement in page],
            "has_more": len(summary.entitlements) > PAGE,
            "url": f"/v1/customers/{summary.id}/entitlements",
        },
        "livemode": livemode,
    }
