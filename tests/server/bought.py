"""What Ada buys on the site, as Stripe tells it."""

from __future__ import annotations

from typing import Any

from served import Server
from stripe_says import MONTH_S, NOW, event, invoice, session, subscription

DEPOSIT = {"offer_id": "deposit_500", "user_id": "ada"}
RETAINER = {"offer_id": "retainer", "user_id": "ada"}
CREDITS = {"offer_id": "compute_credits", "user_id": "ada", "credits": "200"}


def buys(server: Server, metadata: dict[str, str], **changes: Any) -> str:
    """A one-time checkout, paid unless `changes` say otherwise; the session's id."""
    n = len(server.contents()["event_rows"]) + 1
    told = session(
        id=f"cs_test_{n}",
        mode="payment",
        subscription=None,
        payment_intent=f"pi_{n}",
        metadata=metadata,
        amount_total=50_000,
        **changes,
    )
    server.decision(event(f"evt_{n}", "checkout.session.completed", told))
    return f"cs_test_{n}"


def retains(server: Server, status: str = "active") -> str:
    """A retainer that is paid for a month; the session's id."""
    details = {"subscription": "sub_1", "metadata": RETAINER}
    parent = {"type": "subscription_details", "subscription_details": details, "quote_details": None}
    told = subscription(status=status, metadata=RETAINER)
    server.decision(event("evt_r1", "checkout.session.completed", session(id="cs_test_r", metadata=RETAINER)))
    server.decision(event("evt_r2", "customer.subscription.updated", told))
    paid = invoice(period_end=NOW + MONTH_S, status="paid", parent=parent)
    server.decision(event("evt_r3", "invoice.paid", paid))
    return "cs_test_r"
