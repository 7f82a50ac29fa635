"""How orders and subscriptions are shown, as JSON that pages are made of too.

Decides the keys.  Does not know who may see them, nor the rules of access and orders.
"""

from __future__ import annotations

from rehearsal_server.access import check
from rehearsal_server.context import Context
from rehearsal_server.facts import SubscriptionFacts
from rehearsal_server.orders import Order
from rehearsal_server.standing import order_state
from rehearsal_specs.manifest import AccessTable, Offer


def shown_order(context: Context, order: Order, now: int) -> dict[str, object]:
    """One order as JSON; `created` is unix seconds, `state` as everywhere."""
    offer = context.manifest.offer(order.offer) if order.offer else None
    return {
        "session_id": order.session_id,
        "created": order.created,
        "offer": order.offer,
        "name": _name(order, offer),
        "amount_cents": order.amount_cents,
        "currency": None if offer is None else offer.currency,
        "refunded_cents": order.refunded_cents,
        "disputed": order.is_disputed,
        "credits": order.credits,
        "state": order_state(context, order, now),
    }


def _name(order: Order, offer: Offer | None) -> str:
    """A subscription's checkout keeps no offer: what runs is the subscription, which has its own line."""
    if offer is not None:
        return offer.name
    return "Subscription" if order.subscription is not None else "Order"


def shown_subscription(facts: SubscriptionFacts, table: AccessTable, now: int) -> dict[str, object]:
    """One subscription as JSON; instants are unix seconds."""
    access = check(facts, table, now)
    value = facts.value
    return {
        "provider": "stripe",
        "id": facts.subscription_id,
        "status": None if value is None else value.status,
        "price_ids": [] if value is None else list(value.price_ids),
        "cancel_at": None if value is None else value.cancel_at,
        "paid_through": facts.paid_through,
        "active": access.allowed,
        "code": access.code,
        "phrase": access.phrase,
    }


def newest_first(every: list[SubscriptionFacts]) -> list[SubscriptionFacts]:
    """The order in which subscriptions are shown."""
    return sorted(every, key=lambda each: (-each.first_created, each.subscription_id))
