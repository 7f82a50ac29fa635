"""Meters and what they were told as JSON.  Source: the types of billing in stripe-python 16.1.0."""

from __future__ import annotations

from typing import Any

from ..objects import Meter, MeterEvent


def render_meter(meter: Meter, livemode: bool) -> dict[str, Any]:
    """The meter; switching one off is not simulated."""
    return {
        "id": meter.id,
        "object": "billing.meter",
        "created": meter.created,
        "customer_mapping": {"event_payload_key": meter.customer_key, "type": "by_id"},
        "default_aggregation": {"formula": meter.formula},
        "display_name": meter.display_name,
        "event_name": meter.event_name,
        "event_time_window": None,
        "livemode": livemode,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": meter.updated,
        "value_settings": {"event_payload_key": meter.value_key},
    }


def render_meter_event(event: MeterEvent, livemode: bool) -> dict[str, Any]:
    """What was told; it has an identifier and no id."""
    return {
        "object": "billing.meter_event",
        "created": event.created,
        "event_name": event.event_name,
        "identifier": event.id,
        "livemode": livemode,
        "payload": dict(event.payload),
        "timestamp": event.timestamp,
    }
