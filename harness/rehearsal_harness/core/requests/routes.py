"""Every operation of the simulated Stripe, found by method and path.

Decides: which operation a path means.  Does not know: what it does.
The list in README comes from OPERATIONS; what is not in it is refused by name.
"""

from __future__ import annotations

from . import (
    account,
    checkout_sessions,
    customers,
    disputes,
    entitlements,
    events,
    invoice_items,
    invoices,
    meters,
    payment_links,
    payments,
    portal_configurations,
    portal_sessions,
    prices,
    products,
    refunds,
    refusal,
    subscriptions,
    webhook_endpoints,
)
from .operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *account.OPERATIONS,
    *checkout_sessions.OPERATIONS,
    *customers.OPERATIONS,
    *disputes.OPERATIONS,
    *entitlements.OPERATIONS,
    *events.OPERATIONS,
    *invoice_items.OPERATIONS,
    *invoices.OPERATIONS,
    *meters.OPERATIONS,
    *payment_links.OPERATIONS,
    *payments.OPERATIONS,
    *portal_configurations.OPERATIONS,
    *portal_sessions.OPERATIONS,
    *prices.OPERATIONS,
    *products.OPERATIONS,
    *refunds.OPERATIONS,
    *subscriptions.OPERATIONS,
    *webhook_endpoints.OPERATIONS,
)

_PLAIN = {operation.route: operation for operation in OPERATIONS if ":id" not in operation.route}
# (method, the path before the id, the path after it) -> the operation; no path has two ids.
_WITH_ID = {operation.around_id: operation for operation in OPERATIONS if ":id" in operation.route}


def find(method: str, path: str) -> tuple[Operation, str]:
    """The operation and the id in the path, "" where it has none; raises Refusal 404."""
    plain = _PLAIN.get(f"{method} {path}")
    if plain is not None:
        return plain, ""
    segments = path.split("/")
    for position in (-1, -2):
        before, after = segments[:position], segments[position:][1:]
        found = _WITH_ID.get((method, "/".join(before), "/".join(after)))
        if found is not None and segments[position] != "search":
            return found, segments[position]
    raise refusal.operation_not_simulated(method, path)
