"""What naive backends do with an event, as small functions: the places where real ones go wrong.

Decides: how one event changes the one row that is kept of a subscription.  Each default is as good as a
running winner can be; a bug of `naive.py` replaces one of them.  Does not know HTTP or SQL.
Source of the bugs: public reports against real billing backends, and Stripe's own warnings
(https://docs.stripe.com/webhooks#event-ordering).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

ENDED = frozenset({"canceled", "incomplete_expired"})
HANDLED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "invoice.paid",
        "invoice.payment_failed",
        "customer.subscription.updated",
        "customer.subscription.deleted",
    }
)


class Told(NamedTuple):
    """What an event says, as far as a naive backend reads it; `before` is `previous_attributes`."""

    event_id: str
    type: str
    created: int
    object_id: str
    customer: str
    subscription: str
    body: Mapping[str, Any]
    before: Mapping[str, Any]

    @property
    def of_subscription(self) -> bool:
        """Is it an event of the subscription itself?"""
        return self.type.startswith("customer.subscription.")


class Held(NamedTuple):
    """The running winner: one row per `key`, overwritten by whatever comes in."""

    key: str
    customer: str = ""
    subscription: str = ""
    first_created: int = 0
    status: str = ""
    status_at: int = -1
    cancel_at: int | None = None
    past_due_since: int | None = None
    paid_through: int | None = None
    paid_at_checkout: int | None = None


def read(event: Mapping[str, Any]) -> Told:
    """The event as `Told`; an invoice names its subscription under `parent`."""
    body = event["data"]["object"]
    parent = (body.get("parent") or {}).get("subscription_details") or {}
    subscription = body["id"] if body["object"] == "subscription" else body.get("subscription")
    return Told(
        event_id=event["id"],
        type=event["type"],
        created=event["created"],
        object_id=body["id"],
        customer=body.get("customer") or "",
        subscription=subscription or parent.get("subscription") or "",
        body=body,
        before=event["data"].get("previous_attributes") or {},
    )


def newer_or_equal_unless_ended(held: Held, told: Told) -> bool:
    """The best a comparison can do; still wrong within a second."""
    return held.status not in ENDED and (told.created >= held.status_at or told.body["status"] in ENDED)


def stated_end(told: Told) -> int | None:
    """When a subscription event says that it ends."""
    body = told.body
    if body["cancel_at"] is None and body["cancel_at_period_end"]:
        return int(body["items"]["data"][0]["current_period_end"])
    return None if body["cancel_at"] is None else int(body["cancel_at"])


def lines_end(held: Held, told: Told) -> int:
    """The latest end of the paid lines, never less than before."""
    ends = [line["period"]["end"] for line in told.body["lines"]["data"]]
    return max([*ends, held.paid_through or 0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Where backends differ.  `ignores` acknowledges without doing anything; `remembers` names the id row by
    which a delivery is taken for a duplicate ("" keeps none); `needs_row` drops what is told of an unknown
    subscription; `handled` are the types that are read at all.
    """

    overwrites: Callable[[Held, Told], bool] = newer_or_equal_unless_ended
    status: Callable[[Told], str] = lambda told: str(told.body["status"])
    cancel_at: Callable[[Told], int | None] = stated_end
    paid_through: Callable[[Held, Told], int] = lines_end
    past_due_since: Callable[[Told, int], int] = lambda told, now: told.created
    is_paid: Callable[[Told], bool] = lambda told: told.body["payment_status"] != "unpaid"
    key: Callable[[Told], str] = lambda told: told.subscription
    ignores: Callable[[Told, int], bool] = lambda told, now: False
    remembers: Callable[[Told], str] = lambda told: ""
    needs_row: Callable[[Told], bool] = lambda told: False
    deletes_row: Callable[[Told], bool] = lambda told: False
    handled: frozenset[str] = HANDLED
    one_transaction: bool = True
    reuses_customer: bool = False


def after(held: Held, told: Told, habits: Habits, now: int) -> Held:
    """The row after an event."""
    first = min(held.first_created or told.created, told.created)
    held = held._replace(customer=told.customer, subscription=told.subscription, first_created=first)
    if told.of_subscription:
        return _after_status(held, told, habits, now) if habits.overwrites(held, told) else held
    if told.type == "invoice.paid":
        return held._replace(paid_through=habits.paid_through(held, told))
    if told.type.startswith("checkout.session.") and habits.is_paid(told):
        return held._replace(paid_at_checkout=held.paid_at_checkout or told.created)
    return held


def _after_status(held: Held, told: Told, habits: Habits, now: int) -> Held:
    status = habits.status(told)
    since = None
    if status == "past_due":
        since = held.past_due_since or habits.past_due_since(told, now)
    return held._replace(
        status=status, status_at=told.created, cancel_at=habits.cancel_at(told), past_due_since=since
    )
