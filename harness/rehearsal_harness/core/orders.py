"""What became of each checkout, and how many credits a user holds, from events in their true order.

Decides: an order is paid when an event says that its money is there, never because a checkout is complete;
credits count once for each paid session, and not while the money is refunded or disputed.  Does not know the
order of delivery, nor the server's own rules: it is written apart from server.orders on purpose.
Sources: https://docs.stripe.com/checkout/fulfillment, https://docs.stripe.com/disputes/how-disputes-work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rehearsal_harness.core.objects import CheckoutSession, Event
from rehearsal_harness.core.owning import user_of_session
from rehearsal_harness.core.service import Service

SETTLED = frozenset({"paid", "no_payment_required"})
MONEY_BACK = frozenset({"won", "warning_closed", "warning_needs_response", "warning_under_review"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a set of events says of one checkout session; `disputes` holds the last status of each dispute."""

    session: CheckoutSession
    is_paid: bool = False
    has_failed: bool = False
    is_refunded: bool = False
    disputes: tuple[tuple[str, str], ...] = ()

    @property
    def is_kept(self) -> bool:
        """Is the money there, and nobody's but the merchant's?"""
        held = any(status not in MONEY_BACK for _, status in self.disputes)
        return self.is_paid and not self.is_refunded and not held


def learn_orders(events: Iterable[Event]) -> dict[str, Order]:
    """The order of each session, by session id, from `events` in true order."""
    told = list(events)
    orders: dict[str, Order] = {}
    for event in told:
        if isinstance(event.after, CheckoutSession):
            before = orders.get(event.object_id) or Order(session=event.after)
            orders[event.object_id] = _told_session(before, event, event.after)
    by_payment = {each.session.payment_intent: id_ for id_, each in orders.items()}
    for event in told:
        id_ = by_payment.get(getattr(event.after, "payment_intent", None) or "")
        if id_ is not None and not isinstance(event.after, CheckoutSession):
            orders[id_] = _told_money(orders[id_], event)
    return orders


def _told_session(order: Order, event: Event, session: CheckoutSession) -> Order:
    settles = event.type in ("checkout.session.completed", "checkout.session.async_payment_succeeded")
    return replace(
        order,
        session=session,
        is_paid=order.is_paid or (settles and session.payment_status in SETTLED),
        has_failed=order.has_failed or event.type == "checkout.session.async_payment_failed",
    )


def _told_money(order: Order, event: Event) -> Order:
    after = event.after
    if event.type.startswith("charge.dispute."):
        disputes = dict(order.disputes) | {event.object_id: str(getattr(after, "status", ""))}
        return replace(order, disputes=tuple(sorted(disputes.items())))
    if event.type == "charge.refunded":
        refunded, amount = getattr(after, "amount_refunded", 0), getattr(after, "amount", 0)
        return replace(order, is_refunded=refunded >= amount)
    return order


def credits_of(orders: Mapping[str, Order], service: Service, user: str) -> int:
    """How many credits a user holds who bought all this."""
    return sum(
        _credits(order, service)
        for order in orders.values()
        if order.is_kept and user_of_session(order.session) == user
    )


def _credits(order: Order, service: Service) -> int:
    lines = ((service.offer_at(line.price.id), line.quantity) for line in order.session.line_items)
    return sum(offer.credits * quantity for offer, quantity in lines if offer is not None)


def state_of(order: Order | None, service: Service, *, has_access: bool) -> str:
    """processing, paid, fulfilled or failed; `has_access`: the subscription that was bought can be used."""
    if order is None or not order.is_paid:
        return "failed" if order is not None and order.has_failed else "processing"
    if order.session.mode == "subscription":
        return "fulfilled" if has_access else "paid"
    offers = [service.offer_at(line.price.id) for line in order.session.line_items]
    by_hand = any(offer is None or offer.by_hand for offer in offers)
    return "fulfilled" if order.is_kept and not by_hand else "paid"
