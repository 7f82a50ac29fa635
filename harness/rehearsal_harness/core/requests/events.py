"""Events: retrieve, list and retry, as a backend does that missed some.

Decides: which events are shown.  Does not know: deliveries, which belong to whoever sends them: it says which
events still wait (`delivery_success` is refused where nobody does), and sends an event again when its retry
is answered.
Source: https://docs.stripe.com/api/events: 30 days; at most 20 `types`, or one `type` that may end in `*`;
https://docs.stripe.com/webhooks/process-undelivered-events.  The parameters of a retry are those that
`stripe events resend` sends (stripe-cli).
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from ..objects import Event, WebhookEndpoint
from ..render import render_event
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, operation
from .pages import PAGE_PARAMS, inside, listed
from .parameters import Flag, Kind, ListOf, Span, Text
from .places import place_of

KEPT_S = 30 * 24 * 3600

_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "type": Text(),
    "types": ListOf(Text(), most=20),
    "delivery_success": Flag(),
}
_RETRY: Mapping[str, Kind] = {"webhook_endpoint": Text(), "for_stripecli": Flag(), "account": Text()}


def _shown(world: World, event: Event) -> Json:
    """An event keeps the account's API version, whatever version asks for it."""
    return render_event(event, world.settings.api_version, world)


def _is_kept(world: World, event: Event) -> bool:
    """For 30 days of the account's own time, wherever a test clock stands."""
    return event.told > world.now - KEPT_S


class _InOrder:
    """The events of a world, in true order."""

    def __init__(self, world: World) -> None:
        self._events = world.events

    def __len__(self) -> int:
        return len(self._events)

    def at(self, position: int) -> Event:
        """The event at `position`, counted from 0."""
        return self._events.at(position)

    def id_at(self, position: int) -> str:
        """Its id."""
        return self._events.at(position).id


def _target(call: Call) -> Event:
    events = _InOrder(call.world)
    place = place_of(events, call.object_id)
    if place is not None and _is_kept(call.world, events.at(place)):
        return events.at(place)
    raise refusal.no_such("event", call.object_id, "id", in_path=True)


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, _shown(call.world, _target(call))


def _retry(call: Call) -> tuple[World, Json]:
    """The event as it was; sending it again is the sender's."""
    event = _target(call)
    if "account" in call.params and call.params["account"] != call.world.settings.account_id:
        raise refusal.not_simulated("account", call.params["account"])
    if "webhook_endpoint" in call.params:
        endpoint = call.named(WebhookEndpoint, call.params["webhook_endpoint"], "webhook_endpoint")
        if endpoint.status != "enabled":
            message = f"The webhook endpoint {endpoint.id} is disabled; enable it before you resend to it."
            raise refusal.invalid(message, "webhook_endpoint")
    return call.world, _shown(call.world, event)


def _list(call: Call) -> tuple[World, Json]:
    params = call.params
    if "type" in params and "types" in params:
        raise refusal.invalid("You may only specify one of these parameters: type, types.", "type")
    types, waits, delivered = params.get("types"), call.waits, params.get("delivery_success")
    if delivered is not None and waits is None:
        raise refusal.not_simulated("delivery_success")

    def keep(event: Event) -> bool:
        return (
            _is_kept(call.world, event)
            and (types is None or event.type in types)
            and ("type" not in params or fnmatchcase(event.type, params["type"]))
            and inside(params.get("created"), event.created)
            and (delivered is None or waits is None or waits(event.id) != delivered)
        )

    rows = _InOrder(call.world)
    return call.world, listed(call, "/v1/events", rows, lambda event: _shown(call.world, event), keep)


OPERATIONS = (
    operation("GET /v1/events", _list, _LIST),
    operation("GET /v1/events/:id", _retrieve),
    operation("POST /v1/events/:id/retry", _retry, _RETRY),
)
