"""Events to facts: the join.  What is true is a function of the set of rows, never of their order.

Decides what a subscription's value is when its events came late, twice, in any order or in one second; how
far it is paid; since when it is past due.  Does not know files, sockets, SQL or the time: `created` seconds
are Stripe's. Rule: ARCHITECTURE.md, "The one idea".  A pairwise "newer wins" is no join, since `created` has
one-second resolution and Stripe promises no order (https://docs.stripe.com/webhooks#event-ordering); so
rows are kept, never a winner.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

TERMINAL_STATUSES = frozenset({"canceled", "incomplete_expired"})
"""Statuses that no later event leaves."""


class Row(NamedTuple):
    """One verified event, as a store keeps it for ever.  (A tuple: thousands are read each second.)

    `payment` is the payment intent that ties a checkout session to its charge and disputes; `device` and
    `user` are whose it is by our own metadata.  `fields` is canonical JSON of what access uses of the object
    after the event; `undone` the same before it, as `previous_attributes` tells, or None where the event does
    not tell.
    """

    event_id: str
    type: str
    object_id: str
    customer: str | None
    subscription: str | None
    payment: str | None
    device: str | None
    user: str | None
    created: int
    fields: str
    undone: str | None


class Settlement(NamedTuple):
    """Stripe's own answer about an object whose rows do not decide: valid for exactly this set of rows."""

    row_set: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionValue:
    """What a subscription event says that access uses.

    `cancel_at` is the effective end (unix seconds): Stripe's own, or the end of the period when only
    `cancel_at_period_end` is set.  `price_ids` are what is bought, sorted.
    """

    status: str
    cancel_at: int | None
    ended_at: int | None
    price_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionFacts:
    """Everything access needs to know of one subscription; instants are unix seconds stated by events.

    `value` is None when no subscription event is known.  `failed_since` is the first failure of a still
    unpaid invoice that is newer than every subscription event.  `paid_at_checkout` is when its checkout
    session completed paid.
    """

    subscription_id: str
    customer: str | None
    first_created: int
    value: SubscriptionValue | None
    past_due_since: int | None
    failed_since: int | None
    paid_through: int | None
    paid_at_checkout: int | None


class UnsettledError(RuntimeError):
    """Our own bug: rows that decide nothing were stored without Stripe's answer."""


def row_set(rows: Iterable[Row]) -> str:
    """The name of a set of rows: equal if and only if the sets are equal."""
    return sha256("\n".join(sorted(row.event_id for row in rows)).encode()).hexdigest()


@lru_cache(maxsize=4096)
def subscription_value(text: str) -> SubscriptionValue:
    """The value that canonical JSON `fields` of a subscription row stand for."""
    plain = json.loads(text)
    return SubscriptionValue(**plain | {"price_ids": tuple(plain.get("price_ids", ()))})


@lru_cache(maxsize=4096)
def _is_terminal(text: str) -> bool:
    return subscription_value(text).status in TERMINAL_STATUSES


def fold(rows: Sequence[Row]) -> str | None:
    """The current value (canonical JSON) of the one subscription these rows tell of; None when undecided.

    1 A terminal status is absorbing.  Of the newest second:  2 if its values agree, that value;  3 else the
    one value that is reached and not left again, or reached once more often than left.  Anything else is
    undecided. A second that ends where it began is undecided too: without the second before it, A-B-A and
    B-A-B are the same rows.  So is a cycle that holds one change twice: a second change, or a second event
    id for one change?
    """
    ended = [row for row in rows if _is_terminal(row.fields)]
    if ended:
        return max((row.created, row.fields) for row in ended)[1]
    newest = max(row.created for row in rows)
    last = [row for row in rows if row.created == newest]
    values = {row.fields for row in last}
    if len(values) == 1:
        return values.pop()
    moves = [(row.undone, row.fields) for row in last if row.undone != row.fields]
    stays = values.difference(undone for undone, _ in moves)
    if stays:
        return stays.pop() if len(stays) == 1 else None
    if len(set(moves)) < len(moves):
        return None
    return _reached_once_more(moves)


def _reached_once_more(moves: Sequence[tuple[str | None, str]]) -> str | None:
    """The value with one more arrival than departures, if it is the only one with more; else None."""
    balance = Counter(fields for _, fields in moves)
    balance.subtract(undone for undone, _ in moves if undone is not None)
    ahead = [(value, count) for value, count in balance.items() if count > 0]
    return ahead[0][0] if len(ahead) == 1 and ahead[0][1] == 1 else None


def past_due_since(rows: Sequence[Row]) -> int:
    """`created` of the first second of the trailing run of past_due.  Asked only when the value is
    past_due.
    """
    seconds: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        seconds[row.created].append(row)
    newest_first = sorted(seconds, reverse=True)
    since = newest_first[0]
    for second in newest_first:
        here = seconds[second]
        value = fold(here)
        if second != since and value is not None and not _is_past_due(value):
            break
        since = second
        if not all(_is_past_due(row.fields) and _is_past_due(row.undone or row.fields) for row in here):
            break
    return since


@lru_cache(maxsize=4096)
def _is_past_due(text: str) -> bool:
    return subscription_value(text).status == "past_due"


def current_value(rows: Sequence[Row], settlement: Settlement | None) -> SubscriptionValue:
    """The value the rows decide, or the one Stripe settled for exactly these rows; raises UnsettledError."""
    text = fold(rows)
    if text is None:
        if settlement is None or settlement.row_set != row_set(rows):
            raise UnsettledError(f"undecided and not settled: {rows[0].object_id}")
        text = settlement.value
    return subscription_value(text)


def subscriptions(rows: Iterable[Row], settlements: Mapping[str, Settlement]) -> list[SubscriptionFacts]:
    """The facts of every subscription that these rows name; `settlements` by subscription id."""
    by_subscription: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.subscription is not None:
            by_subscription[row.subscription].append(row)
    return [_facts(each, mine, settlements.get(each)) for each, mine in by_subscription.items()]


def _facts(subscription_id: str, rows: Sequence[Row], settlement: Settlement | None) -> SubscriptionFacts:
    told = [row for row in rows if row.object_id == subscription_id]
    invoices = [row for row in rows if row.type.startswith("invoice.")]
    sessions = [row for row in rows if row.type.startswith("checkout.session.")]
    value = current_value(told, settlement) if told else None
    is_past_due = value is not None and value.status == "past_due"
    paid_sessions = [row.created for row in sessions if json.loads(row.fields)["paid"]]
    return SubscriptionFacts(
        subscription_id=subscription_id,
        customer=next((row.customer for row in rows if row.customer), None),
        first_created=min(row.created for row in rows),
        value=value,
        past_due_since=past_due_since(told) if is_past_due else None,
        failed_since=_failed_since(invoices, max((row.created for row in told), default=None)),
        paid_through=_paid_through(invoices),
        paid_at_checkout=min(paid_sessions, default=None),
    )


def _paid_through(invoices: Sequence[Row]) -> int | None:
    """The latest period end of a paid invoice's lines: the period moves before the money does, so only paid
    invoices count."""
    told = [json.loads(row.fields) for row in invoices]
    return max((each["period_end"] for each in told if each["paid"] and each["period_end"]), default=None)


def _failed_since(invoices: Sequence[Row], newest_status_at: int | None) -> int | None:
    paid = {row.object_id for row in invoices if json.loads(row.fields)["paid"]}
    first: dict[str, int] = {}
    for row in invoices:
        if row.object_id not in paid:
            first[row.object_id] = min(row.created, first.get(row.object_id, row.created))
    newer = (at for at in first.values() if newest_status_at is None or at > newest_status_at)
    return min(newer, default=None)
