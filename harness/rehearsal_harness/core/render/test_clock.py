"""A test clock as JSON.  Source: the type test_helpers.TestClock of stripe-python 16.1.0."""

from __future__ import annotations

from typing import Any

from ..objects import TestClock


def render_test_clock(clock: TestClock, livemode: bool) -> dict[str, Any]:
    """The clock; one that is advancing says where to, and keeps its old frozen time until it is there."""
    target = clock.target_frozen_time
    return {
        "id": clock.id,
        "object": "test_helpers.test_clock",
        "created": clock.created,
        "deletes_after": clock.deletes_after,
        "frozen_time": clock.frozen_time,
        "livemode": livemode,
        "name": clock.name,
        "status": clock.status,
        "status_details": {} if target is None else {"advancing": {"target_frozen_time": target}},
    }
