"""Events as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from worlds import START, subscriber, visitor

from rehearsal_harness.core.actions import CompleteCheckout
from rehearsal_harness.core.errors import NotSimulated
from rehearsal_harness.core.render import render, render_event
from rehearsal_harness.core.render.event import difference


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": 1}),
        ({"a": None}, {"a": 2}, {"a": None}),
        ({"a": 1}, {"a": None}, {"a": 1}),
        ({"m": {"x": 1, "y": 2}}, {"m": {"x": 1, "y": 3}}, {"m": {"y": 2}}),
        ({"m": {"x": 1}}, {"m": {"x": 1, "y": 3}}, {"m": {"y": None}}),
        ({"m": {"x": 1, "y": 3}}, {"m": {"x": 1}}, {"m": {"y": 3}}),
        ({"m": {"x": 1}}, {"m": None}, {"m": {"x": 1}}),
        ({"l": [1, {"x": 2}]}, {"l": [1, {"x": 3}]}, {"l": [1, {"x": 2}]}),
    ],
)
def test_previous_attributes_are_a_difference(
    before: dict[str, Any], after: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Old values of what changed; arrays whole; of nested hashes only the changed keys."""
    assert difference(before, after) == expected


def test_the_envelope_is_stripes() -> None:
    """Id, version, second, mode and type around the object."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id))

    event = render_event(scene.events[4])

    assert event["object"] == "event"
    assert event["id"].startswith("evt_1")
    assert (event["type"], event["created"]) == ("checkout.session.completed", START)
    assert (event["api_version"], event["livemode"]) == ("2026-10-28.endive", False)
    assert event["data"]["object"]["id"] == scene.session_id


def test_an_event_is_the_snapshot_of_its_second() -> None:
    """Rendered a year later it still says what it said."""
    scene = visitor()
    scene.do(CompleteCheckout(scene.session_id))
    event = scene.events[5]
    then = json.dumps(render_event(event))
    for _ in range(12):
        scene.renew()

    assert json.dumps(render_event(event)) == then
    assert render(scene.subscription, livemode=False) != json.loads(then)["data"]["object"]


def test_rendering_twice_gives_two_values() -> None:
    """A reader that changes its copy changes nobody else's."""
    event = subscriber().event("customer.subscription.created")
    one, other = render_event(event), render_event(event)
    one["data"]["object"]["metadata"]["device_id"] = "changed"

    assert other["data"]["object"]["metadata"] == {"device_id": "laptop"}


def test_another_version_is_not_simulated() -> None:
    """Nothing is rendered in a version that nobody checked."""
    with pytest.raises(NotSimulated, match="2019-12-03"):
        render_event(subscriber().world.events[0], "2019-12-03")


def test_a_status_is_plain_text() -> None:
    """What is rendered holds nothing but JSON's own types."""

    def plain(value: Any) -> bool:
        if isinstance(value, dict):
            return all(type(key) is str and plain(each) for key, each in value.items())
        if isinstance(value, list):
            return all(plain(each) for each in value)
        return value is None or type(value) in (str, int, bool)

    world = subscriber().renew().world

    assert all(plain(render_event(event)) for event in world.events)
