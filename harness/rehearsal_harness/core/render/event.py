"""An event as JSON, made when somebody asks.

Decides: that previous_attributes is always the difference of two rendered objects.
Rule: https://docs.stripe.com/api/events/object: only on *.updated; old values of what changed; an array in
which any element changed is given whole; of a nested hash only the changed keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..api_versions import API_VERSION
from ..objects import Event
from .dispatch import render
from .links import Links
from .versions import check_version, in_version

if TYPE_CHECKING:
    from ..world import World


def render_event(event: Event, api_version: str = API_VERSION, world: World | None = None) -> dict[str, Any]:
    """The event as an endpoint of that API version receives it; raises NotSimulated for an unknown one.

    `world` is any later than the event: versions before 2025-03-31.basil name there what the object itself
    does not, as a charge's invoice; without it they find null.
    """
    check_version(api_version)
    links = Links(world, event.created, event.after)
    after = in_version(api_version, render(event.after, livemode=event.livemode), links)
    data: dict[str, Any] = {"object": after}
    if event.type.endswith(".updated") and event.before is not None:
        links = Links(world, event.created, event.before)
        before = in_version(api_version, render(event.before, livemode=event.livemode), links)
        data["previous_attributes"] = difference(before, after)
    return {
        "id": event.id,
        "object": "event",
        "api_version": api_version,
        "created": event.created,
        "data": data,
        "livemode": event.livemode,
        "pending_webhooks": event.pending_webhooks,
        "request": {"id": event.request.id, "idempotency_key": event.request.idempotency_key},
        "type": event.type,
    }


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The old values of what changed; a key that is new was null before.

    >>> difference({"a": 1, "b": {"c": 1, "d": 2}, "e": [1, 2]}, {"a": 1, "b": {"c": 1, "d": 3}, "e": [1, 3]})
    {'b': {'d': 2}, 'e': [1, 2]}
    """
    old: dict[str, Any] = {}
    for key, was in before.items():
        now = after.get(key)
        if was == now:
            continue
        if isinstance(was, dict) and isinstance(now, dict):
            old[key] = difference(was, now)
        else:
            old[key] = was
    old.update({key: None for key, now in after.items() if key not in before and now is not None})
    return old
