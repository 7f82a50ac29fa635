"""Events: retrieve and list, as a backend does that missed some.

Source: https://docs.stripe.com/api/events: 30 days; at most 20 `types`, or one `type` that may end in `*`.
`delivery_success` is refused: deliveries belong to the rehearsal, not to this world.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from ..objects import Event
from ..render import render_event
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, operation
from .pages import PAGE_PARAMS, inside, listed
from .parameters import Kind, ListOf, Span, Text, not_simulated

KEPT_S = 30 * 24 * 3600

_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "type": Text(),
    "types": ListOf(Text(), most=20),
    **not_simulated("delivery_success"),
}


def _is_kept(world: World, event: Event) -> bool:
    return event.created > world.now - KEPT_S


def _shown(world: World, event: Event) -> Json:
    """An event keeps the account's API version, whatever version asks for it."""
    return render_event(event, world.settings.api_version, world)


def _retrieve(call: Call) -> tuple[World, Json]:
    for event in call.world.events.newest_first():
        if event.id == call.object_id and _is_kept(call.world, event):
            return call.world, _shown(call.world, event)
    raise refusal.no_such("event", call.object_id, "id", in_path=True)


def _list(call: Call) -> tuple[World, Json]:
    params = call.params
    if "type" in params and "types" in params:
        raise refusal.invalid("You may only specify one of these parameters: type, types.", "type")
    types = params.get("types")

    def keep(event: Event) -> bool:
        return (
            _is_kept(call.world, event)
            and (types is None or event.type in types)
            and ("type" not in params or fnmatchcase(event.type, params["type"]))
            and inside(params.get("created"), event.created)
        )

    rows = call.world.events.newest_first()
    return call.world, listed(call, "/v1/events", rows, lambda event: _shown(call.world, event), keep)


OPERATIONS = (
    operation("GET /v1/events", _list, _LIST),
    operation("GET /v1/events/:id", _retrieve),
)
