"""The items that an update of a subscription sends: which change, come or go.

Decides: what Stripe refuses in them.  Does not know: what a change costs (`billing.plan_change`).
Source: https://docs.stripe.com/api/subscriptions/update: an item with an id changes, one without is added
beside the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..actions import ChangeItems, ItemChange
from ..billing.step import step
from ..objects import Price, Subscription
from ..world import World
from . import refusal
from .operation import Call
from .parameters import within


def price_of(call: Call, price_id: str, param: str) -> Price:
    """An active recurring price; raises Refusal."""
    price = call.named(Price, price_id, param)
    if not price.active:
        message = "The price specified is inactive. This field only accepts active prices."
        raise refusal.invalid(message, param)
    if price.recurring is None:
        message = (
            "The price specified is set to `type=one_time` but this field only accepts prices with "
            f"`type=recurring` ({param})."
        )
        raise refusal.invalid(message, param)
    return price


def with_items(call: Call, before: Subscription, fields: Mapping[str, Any]) -> World:
    """The world after the items of `call` have changed, and `fields` with them; raises Refusal."""
    items: list[dict[str, Any]] = call.params["items"]
    changes = tuple(_change(call, before, f"items[{position}]", item) for position, item in enumerate(items))
    return _changed(call, before, changes, fields)


def with_item(call: Call, before: Subscription, item: dict[str, Any]) -> World:
    """The world after this one item, whose parameters are the request's own, has changed; raises Refusal."""
    return _changed(call, before, (_change(call, before, "", item),), {})


def _changed(
    call: Call, before: Subscription, changes: tuple[ItemChange, ...], fields: Mapping[str, Any]
) -> World:
    _check(call, before, changes)
    behavior = call.params.get("proration_behavior", "create_prorations")
    action = ChangeItems(before.id, changes, behavior, tuple(fields.items()))
    return step(call.world, action, call.request)


def _change(call: Call, before: Subscription, param: str, item: dict[str, Any]) -> ItemChange:
    known = {each.id: each for each in before.items}
    if "id" in item and item["id"] not in known:
        raise refusal.no_such("subscription_item", item["id"], within(param, "id"), in_path=False)
    if item.get("deleted"):
        if "id" not in item:
            raise refusal.missing_parameter(within(param, "id"))
        return ItemChange(item["id"], None)
    if "price" in item:
        price_of(call, item["price"], within(param, "price"))
        return ItemChange(item.get("id"), item["price"], item.get("quantity"))
    if "id" not in item:
        raise refusal.missing_parameter(within(param, "price"))
    return ItemChange(item["id"], known[item["id"]].price.id, item.get("quantity"))


def _check(call: Call, before: Subscription, changes: tuple[ItemChange, ...]) -> None:
    """What is left must be something, each price once, in one currency."""
    by_id = {each.item_id: each.price_id for each in changes if each.item_id is not None}
    kept = [by_id.get(item.id, item.price.id) for item in before.items]
    price_ids = [each for each in kept if each] + [each.price_id for each in changes if each.item_id is None]
    if not price_ids:
        raise refusal.invalid("A subscription must have at least one active plan.", "items")
    for price_id in price_ids:
        if price_ids.count(price_id) > 1:
            message = f"Cannot add multiple subscription items with the same plan: {price_id}"
            raise refusal.invalid(message, "items")
        currency = call.world.get(Price, price_id or "").currency
        if currency != before.currency:
            message = f"The price specified is in {currency}, but the subscription in {before.currency}."
            raise refusal.invalid(message, "items")
