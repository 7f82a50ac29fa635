"""One line for each customer, for people and tools that read tables: a projection of the facts.

Decides what each column of the billing_customers table means.  Does not know SQL, files or the time: nothing
in a line depends on now, so it changes only when a fact does.  The server never decides anything from these
lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rehearsal_server.facts import TERMINAL_STATUSES, Row, SubscriptionFacts, subscriptions
from rehearsal_server.store import History

ENTITLED_STATUSES = frozenset({"active", "trialing", "past_due"})


class CustomerRow(NamedTuple):
    """The columns in their order, but for `updated_at`.

    `email` and `stripe_entitlements_json` stay NULL: rows keep no personal data, and no summary of
    entitlements. `current_period_end` is how far the subscription is paid (unix seconds),
    `cancel_at_period_end` 0 or 1.
    """

    customer_id: str
    checkout_session_id: str | None
    subscription_id: str | None
    device_id: str | None
    email: str | None
    status: str | None
    entitlement: str | None
    price_id: str | None
    current_period_end: int | None
    cancel_at_period_end: int
    last_invoice_id: str | None
    last_invoice_status: str | None
    stripe_entitlements_json: str | None


def customer_row(customer: str, history: History, entitlement: str | None) -> CustomerRow:
    """The line of a customer; of several subscriptions, the newest.  `entitlement` is what is sold."""
    rows = history.rows
    facts = max(subscriptions(rows, history.settlements), key=_age, default=None)
    mine = rows if facts is None else [row for row in rows if row.subscription == facts.subscription_id]
    session = _newest(row for row in mine if row.type.startswith("checkout.session."))
    invoice = _newest(row for row in mine if row.type.startswith("invoice."))
    device = _newest(row for row in mine if row.device is not None)
    value = None if facts is None else facts.value
    status = None if value is None else value.status
    return CustomerRow(
        customer_id=customer,
        checkout_session_id=session and session.object_id,
        subscription_id=None if facts is None else facts.subscription_id,
        device_id=device and device.device,
        email=None,
        status=status,
        entitlement=entitlement if status in ENTITLED_STATUSES else None,
        price_id=next(iter(value.price_ids), None) if value is not None else None,
        current_period_end=None if facts is None else facts.paid_through,
        cancel_at_period_end=int(
            value is not None and value.cancel_at is not None and status not in TERMINAL_STATUSES
        ),
        last_invoice_id=invoice and invoice.object_id,
        last_invoice_status=invoice and _invoice_status(invoice, mine),
        stripe_entitlements_json=None,
    )


def _age(facts: SubscriptionFacts) -> tuple[int, str]:
    return (facts.first_created, facts.subscription_id)


def _newest(rows: object) -> Row | None:
    found: Sequence[Row] = list(rows)  # type: ignore[call-overload]
    return max(found, key=lambda row: (row.created, row.object_id, row.event_id), default=None)


def _invoice_status(invoice: Row, rows: Sequence[Row]) -> str:
    """Paid once any event has said so, in whatever order; else still open."""
    paid = any(row.object_id == invoice.object_id and row.type == "invoice.paid" for row in rows)
    return "paid" if paid else "open"
