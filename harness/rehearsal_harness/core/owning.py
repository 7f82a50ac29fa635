"""Whose a checkout session, a subscription or a customer is, where people sign in.

Decides: a session belongs to the user whose id it carries, a subscription to the user of its session.  Does
not know tokens: a user is an id that the backend wrote at Stripe.
Source: https://docs.stripe.com/api/checkout/sessions/object (client_reference_id; metadata).
"""

from __future__ import annotations

from rehearsal_harness.core.objects import CheckoutSession
from rehearsal_harness.core.world import World

USER_KEY = "user_id"


def user_of_session(session: CheckoutSession) -> str:
    """The user whose id a session carries, "" for a guest's."""
    return session.client_reference_id or dict(session.metadata).get(USER_KEY, "")


def user_of_subscription(world: World, subscription_id: str) -> str:
    """The user whose subscription it is, "" for nobody's."""
    subscription = world.subscriptions.get(subscription_id)
    if subscription is None:
        return ""
    session = world.checkout_sessions.get(subscription.checkout_session or "")
    noted = dict(subscription.metadata).get(USER_KEY, "")
    return noted or ("" if session is None else user_of_session(session))


def users_of(world: World) -> frozenset[str]:
    """Every user whose id stands at Stripe."""
    named = {user_of_session(session) for session in world.checkout_sessions}
    named |= {user_of_subscription(world, each.id) for each in world.subscriptions}
    return frozenset(named - {""})


def customers_of(world: World, user: str) -> frozenset[str]:
    """The customers that a user's checkouts made."""
    sessions = {each.customer for each in world.checkout_sessions if user_of_session(each) == user}
    mine = (each for each in world.subscriptions if user_of_subscription(world, each.id) == user)
    return frozenset(customer for customer in (*sessions, *(each.customer for each in mine)) if customer)
