"""Meters and meter events: what a backend tells about usage.

Source: https://docs.stripe.com/api/billing/meter and https://docs.stripe.com/api/billing/meter-event: a
timestamp lies within the last 35 days and at most 5 minutes ahead; an identifier counts once.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..calendar import DAY_S
from ..objects import Customer, Meter, MeterEvent
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, operation, shown
from .pages import PAGE_PARAMS, listed
from .parameters import Choice, Hash, Kind, Text, Whole, not_simulated

_BACK_S, _AHEAD_S = 35 * DAY_S, 300
_KEY = {"event_payload_key": Text(most=100)}
_CREATE: Mapping[str, Kind] = {
    "display_name": Text(most=250),
    "event_name": Text(most=100),
    "default_aggregation": Hash({"formula": Choice("count last sum")}, required=("formula",)),
    "customer_mapping": Hash({**_KEY, "type": Choice("by_id")}, required=("event_payload_key", "type")),
    "value_settings": Hash(_KEY, required=("event_payload_key",)),
    **not_simulated("event_time_window"),
}
_LIST: Mapping[str, Kind] = {**PAGE_PARAMS, "status": Choice("active", "inactive")}
_TELL: Mapping[str, Kind] = {
    "event_name": Text(most=100),
    "payload": Metadata(),
    "identifier": Text(most=100),
    "timestamp": Whole(),
}


def _create(call: Call) -> tuple[World, Json]:
    params = call.params
    if _meter_of(call.world, params["event_name"]) is not None:
        message = f"An active meter already exists for event_name `{params['event_name']}`."
        raise refusal.invalid(message, "event_name", "resource_already_exists")
    change = call.change()
    meter = Meter(
        id=change.new_id("mtr", call.new_key(Meter)),
        created=change.now,
        updated=change.now,
        display_name=params["display_name"],
        event_name=params["event_name"],
        formula=params["default_aggregation"]["formula"],
        customer_key=params.get("customer_mapping", {}).get("event_payload_key", "stripe_customer_id"),
        value_key=params.get("value_settings", {}).get("event_payload_key", "value"),
    )
    rendered = shown(call.world, change.create(meter))
    return change.done(), rendered


def _meter_of(world: World, event_name: str) -> Meter | None:
    return next(iter(world.meters.named(event_name)), None)


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Meter))


def _list(call: Call) -> tuple[World, Json]:
    rows = call.world.meters
    return call.world, listed(call, "/v1/billing/meters", rows, lambda row: shown(call.world, row))


def _tell(call: Call) -> tuple[World, Json]:
    params = call.params
    meter = _meter_of(call.world, params["event_name"])
    if meter is None:
        raise refusal.invalid(f"No active meter found for event name {params['event_name']}.", "event_name")
    payload: dict[str, str] = params["payload"] or {}
    told_at = params.get("timestamp", call.world.now)
    if not call.world.now - _BACK_S <= told_at <= call.world.now + _AHEAD_S:
        message = "The timestamp must be within the past 35 days and at most 5 minutes in the future."
        raise refusal.invalid(message, "timestamp")
    customer = call.named(Customer, _word(payload, meter.customer_key), f"payload[{meter.customer_key}]")
    value = 1 if meter.formula == "count" else _value(payload, meter.value_key)
    change = call.change()
    identifier = params.get("identifier") or change.new_id("mtre", call.new_key(MeterEvent))
    if identifier in call.world.meter_events:
        message = f"An event already exists with identifier {identifier}."
        raise refusal.invalid(message, "identifier", "resource_already_exists")
    event = MeterEvent(
        id=identifier,
        created=change.now,
        event_name=meter.event_name,
        customer=customer.id,
        value=value,
        timestamp=told_at,
        payload=tuple(payload.items()),
    )
    rendered = shown(call.world, change.create(event))
    return change.done(), rendered


def _word(payload: Mapping[str, str], name: str) -> str:
    if not payload.get(name):
        raise refusal.missing_parameter(f"payload[{name}]")
    return payload[name]


def _value(payload: Mapping[str, str], name: str) -> int:
    return Whole().read(_word(payload, name), f"payload[{name}]")


OPERATIONS = (
    operation(
        "POST /v1/billing/meters", _create, _CREATE, required="display_name event_name default_aggregation"
    ),
    operation("GET /v1/billing/meters", _list, _LIST),
    operation("GET /v1/billing/meters/:id", _retrieve),
    operation("POST /v1/billing/meter_events", _tell, _TELL, required="event_name payload"),
)
