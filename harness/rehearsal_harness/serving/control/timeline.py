"""Events and their deliveries, in the order in which they really happened.

Decides: which lane an event stands in, and when a delivery stands beside its event: in time and in order;
else it has a moment of its own.  Does not know how either is drawn.
Rule: the true order of events is that of the world's log; deliveries are numbered as they were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.control.glance import email_of
from rehearsal_harness.serving.outbox import Delivery

MOMENTS = 60  # how many events a timeline goes back

LANES: Mapping[str, tuple[str, ...]] = {
    "people": ("customer", "payment_method", "setup_intent", "billing_portal"),
    "checkout": ("checkout", "payment_link"),
    "subscription": ("subscription", "subscription_schedule"),
    "invoice": ("invoice", "invoiceitem", "invoice_payment", "credit_note"),
    "payment": ("payment_intent", "charge", "refund", "balance"),
    "other": (),
}
_LANE_OF = {kind: lane for lane, kinds in LANES.items() for kind in kinds}


@dataclass(slots=True)
class Moment:
    """One row of the timeline: an event, or a delivery that came later than its event or out of order."""

    at: int
    event_id: str
    type: str
    lane: str
    object_id: str
    email: str
    by: str
    is_event: bool
    deliveries: list[Delivery] = field(default_factory=list)


def lane_of(event_type: str) -> str:
    """The lane of an event type: by the object whose name it begins with.

    >>> lane_of("customer.subscription.updated"), lane_of("customer.updated")
    ('subscription', 'people')
    """
    first, _, rest = event_type.partition(".")
    second = rest.partition(".")[0]
    if first in ("customer", "charge") and second in _LANE_OF:
        return _LANE_OF[second]
    return "payment" if second == "dispute" else _LANE_OF.get(first, "other")


def timeline(world: World, deliveries: Iterable[Delivery], limit: int = MOMENTS) -> list[Moment]:
    """The newest `limit` events and what was delivered of them, the newest moment first."""
    events = list(islice(world.events.newest_first(), limit))[::-1]
    moments = {event.id: _moment(world, event) for event in events}
    index = {event.id: event.index for event in events}
    late: list[Moment] = []
    newest: dict[str, int] = {}  # the newest event that each endpoint had been told of
    for each in sorted(deliveries, key=lambda delivery: delivery.number):
        own = moments.get(each.event_id)
        if own is None:
            continue
        in_order = index[each.event_id] >= newest.get(each.endpoint_id, -1)
        newest[each.endpoint_id] = max(newest.get(each.endpoint_id, -1), index[each.event_id])
        if in_order and each.at == own.at and each.cause == "event":
            own.deliveries.append(each)
        else:
            late.append(_later(own, each))
    told = sorted(
        [*moments.values(), *late], key=lambda moment: (moment.at, not moment.is_event, _order(moment, index))
    )
    return told[::-1]


def _order(moment: Moment, index: Mapping[str, int]) -> int:
    return index[moment.event_id] if moment.is_event else moment.deliveries[0].number


def _moment(world: World, event: Event) -> Moment:
    customer = getattr(event.after, "customer", None)
    owner = event.object_id if event.type.startswith("customer.") and customer is None else customer
    return Moment(
        at=event.created,
        event_id=event.id,
        type=event.type,
        lane=lane_of(event.type),
        object_id=event.object_id,
        email=email_of(world, owner) or getattr(event.after, "email", None) or "",
        by="API" if event.request.id else "Stripe",
        is_event=True,
    )


def _later(own: Moment, delivery: Delivery) -> Moment:
    return Moment(
        at=delivery.at,
        event_id=own.event_id,
        type=own.type,
        lane=own.lane,
        object_id=own.object_id,
        email=own.email,
        by=own.by,
        is_event=False,
        deliveries=[delivery],
    )


def outcome(delivery: Delivery) -> str:
    """What became of an attempt, in one word: lost, dropped, failed, duplicate, late or delivered."""
    if delivery.struck in ("lost", "dropped"):
        return delivery.struck
    if not delivery.acknowledged:
        return "failed"
    if delivery.cause == "resend":
        return "resent"
    if delivery.cause == "duplicate":
        return "duplicate"
    return "late" if delivery.struck == "delayed" or delivery.cause == "retry" else "delivered"


def moment_data(moment: Moment) -> dict[str, Any]:
    """A moment as JSON-ready data."""
    return {
        "at": moment.at,
        "kind": "event" if moment.is_event else "delivery",
        "event": moment.event_id,
        "type": moment.type,
        "lane": moment.lane,
        "object": moment.object_id,
        "email": moment.email,
        "by": moment.by,
        "deliveries": [delivery_mark(each) for each in moment.deliveries],
    }


def delivery_mark(delivery: Delivery) -> dict[str, Any]:
    """A delivery as the timeline shows it."""
    return {
        "number": delivery.number,
        "endpoint": delivery.endpoint_id,
        "attempt": delivery.attempt,
        "outcome": outcome(delivery),
        "status": delivery.status,
        "latency_ms": delivery.latency_ms,
        "error": delivery.error,
    }


def lanes_used(moments: Sequence[Moment]) -> list[str]:
    """The lanes that hold anything, in their order."""
    used = {moment.lane for moment in moments}
    return [lane for lane in LANES if lane in used]
