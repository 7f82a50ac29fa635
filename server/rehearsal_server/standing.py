"""What a customer, a device or a checkout session may do now, read from the store.

Decides nothing itself: brings the rows of the store to `facts` and the facts to `access`.  Does not know
HTTP.
"""

from __future__ import annotations

from rehearsal_server.access import Access, best, check
from rehearsal_server.context import Context
from rehearsal_server.facts import SubscriptionFacts, subscriptions
from rehearsal_server.orders import Order, orders_of
from rehearsal_server.store import History
from rehearsal_specs.manifest import AccessTable


def access_table(context: Context) -> AccessTable:
    """The manifest's access table; the reader of manifests sees to it that operations that need one have
    one.
    """
    if context.manifest.access is None:
        raise LookupError(f"{context.manifest.path} declares no access table")
    return context.manifest.access


def subscriptions_of(history: History) -> list[SubscriptionFacts]:
    """The facts of every subscription in a history."""
    return subscriptions(history.rows, history.settlements)


def access_of(context: Context, history: History, now: int) -> Access:
    """What the people of this history may do at `now`."""
    return best(subscriptions_of(history), access_table(context), now)


def customer_of_session(context: Context, session_id: str) -> str | None:
    """The customer that completed this checkout session, when an event has said so."""
    rows = context.store.rows_of(session_id)
    told = (row.customer for row in rows if row.type.startswith("checkout.session."))
    return next((customer for customer in told if customer is not None), None)


def order_of_session(context: Context, session_id: str) -> Order | None:
    """What a checkout session came to; None when no event has told of it."""
    rows = list(context.store.rows_of(session_id))
    for payment in {row.payment for row in rows if row.payment is not None}:
        rows += [row for row in context.store.rows_of_payment(payment) if row.object_id != session_id]
    return next((order for order in orders_of(rows) if order.session_id == session_id), None)


def order_state(context: Context, order: Order | None, now: int) -> str:
    """processing, paid, fulfilled or failed: `paid` says that the money is in, `fulfilled` that what was
    bought is there too.
    """
    if order is None:
        return "processing"
    if order.is_failed:
        return "failed"
    if not order.is_paid:
        return "processing"
    if order.subscription is not None:
        if order.customer is None:
            return "paid"
        history = context.store.history_of_customer(order.customer)
        mine = [each for each in subscriptions_of(history) if each.subscription_id == order.subscription]
        return "fulfilled" if best(mine, access_table(context), now).allowed else "paid"
    offer = context.manifest.offer(order.offer) if order.offer else None
    by_hand = offer is None or offer.by_hand
    return "fulfilled" if order.is_kept and not by_hand else "paid"


def orders_of_user(context: Context, user: str) -> list[Order]:
    """The orders that name this user, newest first."""
    return [order for order in orders_of(context.store.history_of_user(user).rows) if order.user == user]


def customer_of_user(context: Context, user: str, now: int) -> str | None:
    """Stripe's customer of this user: of the subscription that runs longest, else of the newest row."""
    history = context.store.history_of_user(user)
    mine = {row.customer for row in history.rows if row.user == user and row.customer is not None}
    running = access_of(context, history, now).subscription_id
    known = [row for row in history.rows if row.customer in mine]
    newest = max(
        known, key=lambda row: (row.subscription == running, row.created, row.event_id), default=None
    )
    return None if newest is None else newest.customer


def runs_already(context: Context, history: History, price: str, now: int) -> bool:
    """Does a subscription of this history with this price allow anything now?"""
    table = access_table(context)
    return any(
        check(each, table, now).allowed and each.value is not None and price in each.value.price_ids
        for each in subscriptions_of(history)
    )
