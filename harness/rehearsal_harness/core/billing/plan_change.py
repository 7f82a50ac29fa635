"""Plan changes: other prices for a running subscription, and who has which item.

Decides: which items a change means.  Does not know: what it writes or costs (`updating`).
Rule: https://docs.stripe.com/billing/subscriptions/change-price.
"""

from __future__ import annotations

from ..actions import ChangeInPortal, ChangeItems, ChangePlan, ItemChange
from ..change import Change
from ..objects import PromotionCode, Subscription
from ..world import World
from .discounts import Grant
from .updating import Update, update


def change_plan(change: Change, action: ChangePlan) -> None:
    """The first item gets another price."""
    first = change.get(Subscription, action.subscription_id).items[0].id
    items = (ItemChange(first, action.price_id),)
    change_items(change, ChangeItems(action.subscription_id, items, action.proration_behavior))


def change_in_portal(change: Change, action: ChangeInPortal) -> None:
    """The first item gets another quantity, perhaps another price; a code stands in place of discounts."""
    before = change.get(Subscription, action.subscription_id)
    first = before.items[0]
    item = ItemChange(first.id, action.price_id, action.quantity)
    grants = None
    if action.promotion_code_id is not None:
        code = change.get(PromotionCode, action.promotion_code_id)
        grants = (Grant(code.coupon, code.id),)
    how = action.proration_behavior
    update(change, before, Update(items=(item,), proration_behavior=how, discounts=grants))


def change_items(change: Change, action: ChangeItems) -> None:
    """Items change at once; raises NotSimulated for what `updating` names."""
    before = change.get(Subscription, action.subscription_id)
    wanted = Update(items=action.items, proration_behavior=action.proration_behavior, fields=action.fields)
    update(change, before, wanted)


def holder_of(world: World, item_id: str) -> Subscription | None:
    """The subscription that has this item, or None."""
    return next(iter(world.subscriptions.named(item_id)), None)
