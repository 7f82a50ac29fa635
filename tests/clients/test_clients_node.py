"""stripe-node over HTTP: the client, unmodified, from a product to a refund."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_stripe_node_tells_the_whole_story(node: Callable[..., dict[str, Any]], key: str) -> None:
    """Each check of story.cjs in an account of its own."""
    said = node("story.cjs", key)
    assert said["failed"] == {}, "\n".join(f"{name}: {why}" for name, why in said["failed"].items())
    assert said["passed"]
