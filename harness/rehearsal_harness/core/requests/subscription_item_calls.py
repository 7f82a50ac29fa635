"""Subscription items one by one: create, retrieve, update, delete, list.

Decides: which item a request is about, and what it answers.  Does not know: what a change of items costs
(`billing.plan_change`), nor what is refused in one (`subscription_items`).
Source: https://docs.stripe.com/api/subscription_items.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..billing.plan_change import holder_of
from ..billing.updating import Update, update
from ..objects import Subscription, SubscriptionItem
from ..render.subscription import render_subscription_item
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, given, operation
from .pages import PAGE_PARAMS, listed
from .parameters import Choice, Flag, Kind, Text, Whole, not_simulated
from .subscription_items import changes_of
from .subscription_updates import insist

_URL = "/v1/subscription_items"

_PAID: Mapping[str, Kind] = {
    "payment_behavior": Choice(
        "allow_incomplete error_if_incomplete", "default_incomplete pending_if_incomplete"
    ),
    "proration_behavior": Choice("create_prorations none always_invoice"),
    "proration_date": Whole(),
}
_ITEM: Mapping[str, Kind] = {
    "price": Text(),
    "quantity": Whole(most=999_999),
    **_PAID,
    "metadata": Metadata(),
    **not_simulated("billing_thresholds current_trial discounts plan price_data tax_rates"),
}
_CREATE: Mapping[str, Kind] = {"subscription": Text(), **_ITEM}
_UPDATE: Mapping[str, Kind] = {**_ITEM, "off_session": Flag()}
_DELETE: Mapping[str, Kind] = {**_PAID, **not_simulated("clear_usage")}
_LIST: Mapping[str, Kind] = {**PAGE_PARAMS, "subscription": Text()}


def _target(call: Call) -> tuple[Subscription, SubscriptionItem]:
    """The item that the path names, and its subscription; raises Refusal 404."""
    holder = holder_of(call.world, call.object_id)
    if holder is None:
        raise refusal.no_such("subscription_item", call.object_id, "id", in_path=True)
    return holder, next(item for item in holder.items if item.id == call.object_id)


def _changed(call: Call, before: Subscription, item: dict[str, Any]) -> World:
    """The world after this one item has changed; raises Refusal."""
    change = call.change()
    wanted = Update(
        items=changes_of(call, before, [item], ""),
        proration_behavior=call.params.get("proration_behavior", "create_prorations"),
        proration_date=call.params.get("proration_date"),
    )
    update(change, before, wanted)
    insist(call, change, before, change.get(Subscription, before.id))
    return change.done()


def _shown(world: World, item: SubscriptionItem) -> Json:
    return render_subscription_item(item, world.settings.livemode)


def _create(call: Call) -> tuple[World, Json]:
    before = call.named(Subscription, call.params["subscription"], "subscription")
    world = _changed(call, before, given(call.params, "price quantity metadata"))
    known = {item.id for item in before.items}
    items = world.get(Subscription, before.id).items
    return world, _shown(world, next(item for item in items if item.id not in known))


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, _shown(call.world, _target(call)[1])


def _update(call: Call) -> tuple[World, Json]:
    before, item = _target(call)
    wanted: dict[str, Any] = {"id": item.id, **given(call.params, "price quantity metadata")}
    world = _changed(call, before, wanted)
    items = world.get(Subscription, before.id).items
    return world, _shown(world, next(each for each in items if each.id == item.id))


def _delete(call: Call) -> tuple[World, Json]:
    before, item = _target(call)
    world = _changed(call, before, {"id": item.id, "deleted": True})
    return world, {"id": item.id, "object": "subscription_item", "deleted": True}


def _list(call: Call) -> tuple[World, Json]:
    rows = call.named(Subscription, call.params["subscription"], "subscription").items
    return call.world, listed(call, _URL, rows, lambda item: _shown(call.world, item))


OPERATIONS = (
    operation("POST /v1/subscription_items", _create, _CREATE, required="subscription"),
    operation("GET /v1/subscription_items", _list, _LIST, required="subscription"),
    operation("GET /v1/subscription_items/:id", _retrieve),
    operation("POST /v1/subscription_items/:id", _update, _UPDATE),
    operation("DELETE /v1/subscription_items/:id", _delete, _DELETE),
)
