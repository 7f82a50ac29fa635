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
    amount_or_none,
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

MONTH_S = 31 * 86_400  # the longest, so that nobody is cut off before a bill is due
DIGITS_MAX = 9

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
            "price_ids": _price_ids(subscription),
        }
    )


def _price_ids(subscription: Json) -> list[str]:
    return sorted(
        {text(mapping(item, "price"), "id") for item in elements(subscription, "items") if item.get("price")}
    )


def _period_end(subscription: Json) -> int:
    ends = [instant(item, "current_period_end") for item in elements(subscription, "items")]
    return max(ends) if ends else instant(subscription, "current_period_end")


def _meta(holder: Json, key: str) -> str | None:
    """Our own note on an object: the device that paid, or the user.  Metadata is free text that others may
    write too: what is no id of ours is none.
    """
    note = mapping_or_empty(holder, "metadata").get(key)
    if note is not None and type(note) is not str:
        raise ShapeError(f"metadata.{key} is not text")
    return note if note and note.isprintable() and len(note) <= TEXT_LENGTH_MAX else None


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
        None,
        _meta(subscription, "device_id"),
        _meta(subscription, "user_id"),
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
    made = instant_or_none(invoice, "created") or head.created
    ends = [_through(line, made) for line in elements(invoice, "lines")]
    fields = {"paid": head.type == "invoice.paid", "period_end": max(ends, default=None)}
    return Row(
        head.event_id,
        head.type,
        text(invoice, "id"),
        text(invoice, "customer"),
        subscription,
        None,
        _meta(parent, "device_id"),
        _meta(parent, "user_id"),
        head.created,
        _canonical(fields),
        None,
    )


def _through(line: Json, created: int) -> int:
    """The second until which a paid line pays: its end.  Usage is billed when its period is over, so the
    invoice is `created` then; paying it pays for the trust until the next such bill, as long a period again
    and never less than a month.  A bill for time ahead pays for that alone, however late it is paid; so does
    a proration, which waits for the next invoice.
    """
    period = mapping(line, "period")
    end = instant(period, "end")
    return end if end > created or _is_proration(line) else end + max(end - instant(period, "start"), MONTH_S)


def _is_proration(line: Json) -> bool:
    parent = mapping_or_empty(line, "parent")
    kinds = (
        line,
        *(mapping_or_empty(parent, f"{kind}_details") for kind in ("invoice_item", "subscription_item")),
    )
    return any(each.get("proration") is True for each in kinds)


def _session(head: _Head, session: Json, data: Json) -> Row:
    paid = text(session, "payment_status") in ("paid", "no_payment_required")
    fields: dict[str, object] = {"paid": paid}
    if session.get("mode") == "payment":
        fields |= {
            "offer": _meta(session, "offer_id"),
            "credits": _count(_meta(session, "credits")),
            "amount_cents": amount_or_none(session, "amount_total"),
        }
    return Row(
        head.event_id,
        head.type,
        text(session, "id"),
        text_or_none(session, "customer"),
        text_or_none(session, "subscription"),
        text_or_none(session, "payment_intent"),
        _meta(session, "device_id"),
        _meta(session, "user_id"),
        head.created,
        _canonical(fields),
        None,
    )


def _count(note: str | None) -> int:
    return int(note) if note is not None and note.isdecimal() and len(note) <= DIGITS_MAX else 0


def _charge(head: _Head, charge: Json, data: Json) -> Row:
    fields = {"refunded_cents": amount_or_none(charge, "amount_refunded") or 0}
    return _of_payment(head, text(charge, "id"), charge, text_or_none(charge, "customer"), fields)


def _dispute(head: _Head, dispute: Json, data: Json) -> Row:
    return _of_payment(head, text(dispute, "id"), dispute, None, {"dispute": text(dispute, "status")})


def _of_payment(
    head: _Head, object_id: str, holder: Json, customer: str | None, fields: Mapping[str, object]
) -> Row:
    payment = text_or_none(holder, "payment_intent")
    return Row(
        head.event_id,
        head.type,
        object_id,
        customer,
        None,
        payment,
        None,
        _meta(holder, "user_id"),
        head.created,
        _canonical(fields),
        None,
    )


_READERS: Mapping[str, Callable[[_Head, Json, Json], Row | None]] = {
    "charge.dispute.closed": _dispute,
    "charge.dispute.created": _dispute,
    "charge.refunded": _charge,
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
