"""Rows to orders: what was bought at each checkout, whether it is paid, and what of that was taken back.

Decides when an order is paid (an event says so; a completed checkout alone does not), failed, refunded or
disputed, and how many credits a set of orders is worth.  Does not know files, SQL or the time.  Every value
is a function of the set of rows, so nothing is ever granted twice: a session counts once, however often and
in whatever order its events come.
Sources: https://docs.stripe.com/checkout/fulfillment, https://docs.stripe.com/disputes/how-disputes-work.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal_server.facts import Row

DISPUTE_CLOSED_WELL = frozenset({"won", "warning_closed"})
DISPUTE_WARNINGS = frozenset({"warning_needs_response", "warning_under_review"})  # no money has moved yet
SESSION = "checkout.session."


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one checkout session came to; `created` is the unix second of its first event.

    `offer` is the manifest's id, None where the session carries none of ours.  `is_disputed`: a dispute is
    open or lost.
    """

    session_id: str
    created: int
    customer: str | None
    user: str | None
    subscription: str | None
    offer: str | None
    credits: int
    amount_cents: int | None
    refunded_cents: int
    is_paid: bool
    is_failed: bool
    is_disputed: bool

    @property
    def is_refunded(self) -> bool:
        """Was all of it paid back?"""
        return self.refunded_cents > 0 and self.refunded_cents >= (self.amount_cents or 0)

    @property
    def is_kept(self) -> bool:
        """Is it paid, and is the money still ours?"""
        return self.is_paid and not self.is_refunded and not self.is_disputed


def orders_of(rows: Iterable[Row]) -> list[Order]:
    """Every order these rows tell of, newest first, then by session id."""
    sessions: defaultdict[str, list[Row]] = defaultdict(list)
    payments: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.type.startswith(SESSION):
            sessions[row.object_id].append(row)
        elif row.payment is not None:
            payments[row.payment].append(row)
    every = [_order(session_id, told, payments) for session_id, told in sessions.items()]
    return sorted(every, key=lambda order: (-order.created, order.session_id))


def credits_of(orders: Iterable[Order]) -> int:
    """How many credits these orders are worth together."""
    return sum(order.credits for order in orders if order.is_kept)


def _order(session_id: str, told: Sequence[Row], payments: defaultdict[str, list[Row]]) -> Order:
    fields = [json.loads(row.fields) for row in told]
    payment = _first(row.payment for row in told)
    about = [json.loads(row.fields) for row in payments[payment]] if payment else []
    is_paid = any(each["paid"] for each in fields)
    disputes = _disputes(payments[payment]) if payment else []
    return Order(
        session_id=session_id,
        created=min(row.created for row in told),
        customer=_first(row.customer for row in told),
        user=_first(row.user for row in told),
        subscription=_first(row.subscription for row in told),
        offer=_first(each.get("offer") for each in fields),
        credits=max(each.get("credits", 0) for each in fields),
        amount_cents=_first(each.get("amount_cents") for each in fields),
        refunded_cents=max((each.get("refunded_cents", 0) for each in about), default=0),
        is_paid=is_paid,
        is_failed=not is_paid and any(row.type.endswith("async_payment_failed") for row in told),
        is_disputed=any(disputes),
    )


def _disputes(rows: Sequence[Row]) -> list[bool]:
    """For each dispute of a payment: does it hold the money?  What closes one is its last word."""
    by_dispute: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        status = json.loads(row.fields).get("dispute")
        if status is not None:
            by_dispute[row.object_id].add(status)
    return [_holds(statuses) for statuses in by_dispute.values()]


def _holds(statuses: set[str]) -> bool:
    if "lost" in statuses:
        return True
    return statuses.isdisjoint(DISPUTE_CLOSED_WELL) and not statuses <= DISPUTE_WARNINGS


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)
