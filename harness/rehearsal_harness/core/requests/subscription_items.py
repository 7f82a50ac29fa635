"""The items that an update of a subscription sends: which change, come or go.

Decides: what Stripe refuses in them.  Does not know: what a change costs (`billing.plan_change`).
Source: https://docs.stripe.com/api/subscriptions/update: an item with an id changes, one without is added
beside the others; https://docs.stripe.com/billing/subscriptions/change-price: another price makes the
quantity 1 again where none is sent.
"""

from __future__ import annotations

from typing import Any

from ..actions import ItemChange
from ..objects import Price, Subscription
from . import refusal
from .operation import Call, metadata_of
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


def changes_of(
    call: Call, before: Subscription, items: list[dict[str, Any]], param: str = "items"
) -> tuple[ItemChange, ...]:
    """The changes that these parameters of `call` mean; with `param` "" they are the request's own.  Raises
    Refusal."""
    names = [f"{param}[{position}]" if param else "" for position in range(len(items))]
    changes = tuple(_change(call, before, *each) for each in zip(names, items, strict=True))
    _check(call, before, changes)
    return changes


def _change(call: Call, before: Subscription, param: str, item: dict[str, Any]) -> ItemChange:
    known = {each.id: each for each in before.items}
    if "id" in item and item["id"] not in known:
        raise refusal.no_such("subscription_item", item["id"], within(param, "id"), in_path=False)
    if item.get("deleted"):
        if "id" not in item:
            raise refusal.missing_parameter(within(param, "id"))
        return ItemChange(item["id"], None)
    old = known.get(item.get("id", ""))
    metadata = metadata_of(item, old.metadata if old else ()) if "metadata" in item else None
    if "price" in item:
        price_of(call, item["price"], within(param, "price"))
        kept = None if old is None or old.price.id == item["price"] else 1
        return ItemChange(item.get("id"), item["price"], item.get("quantity", kept), metadata)
    if old is None:
        raise refusal.missing_parameter(within(param, "price"))
    return ItemChange(old.id, old.price.id, item.get("quantity"), metadata)


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
