"""A verified event's JSON to what it says and the one row it leaves, or to ShapeError.

Decides which fields of a Stripe object access uses, and what they were before it (`previous_attributes`).
Does not know signatures, stores or time.  Shapes: Stripe API 2026-10-28.endive, where an item carries the
period and an invoice names its subscription under `parent`; the older top-level places are still read.  A
customer is linked to a device by our own metadata, never by an e-mail address, which a customer can change
in the portal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rehearsal_server.facts import TERMINAL_STATUSES, Row
from rehearsal_server.shape import (
    TEXT_LENGTH_MAX,
    Json,
    ShapeError,
    elements,
    flag,
    instant,
    instant_or_none,
    mapping,
    mapping_or_empty,
    parse_json,
    text,
    text_or_none,
)

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_SUBSCRIPTION_KEYS = frozenset(
    {"status", "cancel_at", "cancel_at_period_end", "ended_at", "items", "current_period_end"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a snapshot event says, whatever its type, and the row it leaves when access uses anything of it.

    `account` is another account that it is about; `object_id` is None for an object without an id.
    """

    event_id: str
    type: str
    created: int
    livemode: bool
    account: str | None
    object_id: str | None
    row: Row | None


@lru_cache(maxsize=256)
def read_event_text(body: str, wanted: frozenset[str]) -> Event:
    """The event that a body is; raises ShapeError.  Stripe sends the same text again, so the last few are
    kept.
    """
    return read_event(parse_json(body), wanted)


def read_event(event: object, wanted: frozenset[str]) -> Event:
    """The event that this JSON is; only the types `wanted` leave a row; raises ShapeError.

    A thin event carries no object, so it is refused.
    """
    if type(event) is not dict:
        raise ShapeError("the body is not an object")
    if event.get("object") != "event":
        raise ShapeError("object is not 'event': send snapshot events, not thin ones")
    if type(event.get("livemode")) is not bool:
        raise ShapeError("livemode is not a boolean")
    head = _Head(text(event, "id"), text(event, "type"), instant(event, "created"))
    data = mapping(event, "data")
    about = mapping(data, "object")
    read = _READERS.get(head.type) if head.type in wanted else None
    return Event(
        event_id=head.event_id,
        type=head.type,
        created=head.created,
        livemode=event["livemode"],
        account=text_or_none(event, "account") or text_or_none(event, "context"),
        object_id=text_or_none(about, "id"),
        row=None if read is None else read(head, about, data),
    )


class _Head(NamedTuple):
    event_id: str
    type: str
    created: int


def subscription_fields(subscription: Json) -> str:
    """Canonical JSON of what access uses of a subscription, an event's or one fetched; raises ShapeError."""
    cancel_at = instant_or_none(subscription, "cancel_at")
    if flag(subscription, "cancel_at_period_end") and cancel_at is None:
        cancel_at = _period_end(subscription)
    return _canonical(
        {
            "status": text(subscription, "status"),
            "cancel_at": cancel_at,
            "ended_at": instant_or_none(subscription, "ended_at"),
        }
    )


def _period_end(subscription: Json) -> int:
    ends = [instant(item, "current_period_end") for item in elements(subscription, "items")]
    return max(ends) if ends else instant(subscription, "current_period_end")


def _device(holder: Json) -> str | None:
    """The device that paid.  Metadata is free text that others may write too: what is no id of ours is
    none.
    """
    device = mapping_or_empty(holder, "metadata").get("device_id")
    if device is not None and type(device) is not str:
        raise ShapeError("metadata.device_id is not text")
    return device if device and device.isprintable() and len(device) <= TEXT_LENGTH_MAX else None


def _subscription(head: _Head, subscription: Json, data: Json) -> Row:
    object_id = text(subscription, "id")
    fields = subscription_fields(subscription)
    if head.type.endswith(".deleted") and subscription["status"] not in TERMINAL_STATUSES:
        raise ShapeError("status of a deleted subscription is not terminal")
    return Row(
        head.event_id,
        head.type,
        object_id,
        text(subscription, "customer"),
        object_id,
        _device(subscription),
        head.created,
        fields,
        _undone(data, subscription, fields),
    )


def _undone(data: Json, subscription: Json, fields: str) -> str | None:
    """What access used of the subscription before the event: changed keys are told, a changed list whole."""
    if data.get("previous_attributes") is None:
        return None
    previous = mapping(data, "previous_attributes")
    if _SUBSCRIPTION_KEYS.isdisjoint(previous):
        return fields
    before = {**subscription, **{key: previous[key] for key in _SUBSCRIPTION_KEYS if key in previous}}
    return subscription_fields(before)


def _invoice(head: _Head, invoice: Json, data: Json) -> Row | None:
    parent = mapping_or_empty(mapping_or_empty(invoice, "parent"), "subscription_details")
    subscription = text_or_none(parent, "subscription") or text_or_none(invoice, "subscription")
    if subscription is None:
        return None
    ends = [instant(mapping(line, "period"), "end") for line in elements(invoice, "lines")]
    fields = {"paid": head.type == "invoice.paid", "period_end": max(ends, default=None)}
    return Row(
        head.event_id,
        head.type,
        text(invoice, "id"),
        text(invoice, "customer"),
        subscription,
        _device(parent),
        head.created,
        _canonical(fields),
        None,
    )


def _session(head: _Head, session: Json, data: Json) -> Row:
    paid = text(session, "payment_status") in ("paid", "no_payment_required")
    return Row(
        head.event_id,
        head.type,
        text(session, "id"),
        text_or_none(session, "customer"),
        text_or_none(session, "subscription"),
        _device(session),
        head.created,
        _canonical({"paid": paid}),
        None,
    )


_READERS: Mapping[str, Callable[[_Head, Json, Json], Row | None]] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "invoice.paid": _invoice,
    "invoice.payment_failed": _invoice,
    "customer.subscription.created": _subscription,
    "customer.subscription.updated": _subscription,
    "customer.subscription.deleted": _subscription,
    "customer.subscription.paused": _subscription,
    "customer.subscription.resumed": _subscription,
}
