"""What may be done to each thing on the control page: the orders of a row's menu.

Decides: which actions a row offers in the state it is in, and the words on their buttons.  Does not know
HTML, nor what an action does (`doing`): each order is the JSON of POST /control/api/actions, so that the
button and the command that stands beside it are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Row = Mapping[str, Any]
OVER = frozenset({"won", "lost"})


Offer = tuple[str, str, dict[str, Any]]  # words, type of the action, its fields
DANGERS = frozenset(
    {
        *("Expire", "Cancel now", "Refund all", "Open a dispute"),
        *("The bank refuses", "The customer fails", "The merchant loses"),
    }
)


def _session(row: Row) -> Iterator[Offer]:
    session = {"session_id": row["id"]}
    yield "Pay with a good card", "CompleteCheckout", session
    yield "Try a declined card", "CompleteCheckout", session | {"card": "declined"}
    yield "Pay by bank debit", "CompleteCheckout", session | {"card": "delayed"}
    yield "Expire", "ExpireCheckout", session


def _subscription(row: Row) -> Iterator[Offer]:
    subscription, customer = {"subscription_id": row["id"]}, {"customer_id": row["customer"]}
    if row["ended_at"]:
        return
    if row["cancel_at_period_end"] or row["cancel_at"]:
        yield "Take the cancellation back", "UndoCancel", subscription
    else:
        yield "Cancel at period end", "CancelAtPeriodEnd", subscription
    yield "Cancel now", "CancelNow", subscription
    yield "Let renewals fail", "ReplaceCard", customer | {"card": "attaches_then_declines"}
    yield "Save a good card", "ReplaceCard", customer | {"card": "ok"}


def _paid_back(payment_id: str, amount: int, row: Row) -> Iterator[Offer]:
    if row["refunded"] < amount:
        yield "Refund all", "RefundPayment", {"payment_id": payment_id}
        if not row["disputed"]:
            yield "Open a dispute", "OpenDispute", {"payment_id": payment_id}


def _invoice(row: Row) -> Iterator[Offer]:
    if row["status"] in ("open", "draft"):
        yield "Pay with a good card", "PayInvoice", {"invoice_id": row["id"], "card": "ok"}
    if row["payment_intent"] and row["status"] == "paid":
        yield from _paid_back(row["payment_intent"], row["total"], row)


def _payment(row: Row) -> Iterator[Offer]:
    if row["status"] == "processing":
        yield "The bank pays", "SettlePayment", {"payment_intent_id": row["id"], "succeeded": True}
        yield "The bank refuses", "SettlePayment", {"payment_intent_id": row["id"], "succeeded": False}
    if row["status"] == "requires_action":
        yield "The customer agrees", "Authenticate", {"intent_id": row["id"], "succeeded": True}
        yield "The customer fails", "Authenticate", {"intent_id": row["id"], "succeeded": False}
    if row["status"] == "succeeded":
        yield from _paid_back(row["id"], row["amount"], row)


def _dispute(row: Row) -> Iterator[Offer]:
    if row["status"] not in OVER:
        yield "The merchant wins", "CloseDispute", {"dispute_id": row["id"], "won": True}
        yield "The merchant loses", "CloseDispute", {"dispute_id": row["id"], "won": False}


def _customer(row: Row) -> Iterator[Offer]:
    if not row["deleted"]:
        customer = {"customer_id": row["id"]}
        yield "Let renewals fail", "ReplaceCard", customer | {"card": "attaches_then_declines"}
        yield "Save a good card", "ReplaceCard", customer | {"card": "ok"}


_OFFERS: Mapping[str, Callable[[Row], Iterator[Offer]]] = {
    "checkout_sessions": _session,
    "subscriptions": _subscription,
    "invoices": _invoice,
    "payments": _payment,
    "disputes": _dispute,
    "customers": _customer,
}


def offered(kind: str, row: Row) -> list[dict[str, Any]]:
    """The orders of a row of that kind: {"text", "body", "is_danger"}; `kind` as in the glance."""
    return [
        {"text": text, "body": {"type": action, **fields}, "is_danger": text in DANGERS}
        for text, action, fields in _OFFERS[kind](row)
    ]
