"""Open a Checkout Session at Stripe: what is bought, by whom, and the same session for the same wish.

Decides the parameters of a session and its idempotency.  Does not know routes, bodies or who may buy.  The
key says what is bought anew; Stripe replays the first answer for at least 24 hours
(https://docs.stripe.com/api/idempotent_requests), so a session that has expired moves the key on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from stripe import IdempotencyError

from rehearsal_server.callers import stripe_of
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.facts import TERMINAL_STATUSES, SubscriptionFacts
from rehearsal_server.standing import subscriptions_of
from rehearsal_server.store import History

if TYPE_CHECKING:
    from stripe.checkout import Session
    from stripe.params.checkout import SessionCreateParams
    from stripe.params.checkout import SessionCreateParamsSubscriptionData as SubscriptionData

REPLAYS_MAX = 40  # one abandoned session a day for longer than Stripe keeps any key


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to buy.

    `mode` is a Checkout Session's.  `metadata` is our own note, put on the session and on what it makes.
    `customer` is a known one of Stripe's, else `email` fills the form in.  A metered price has no quantity.
    """

    mode: str
    price: str
    success_url: str
    cancel_url: str
    metadata: Mapping[str, str]
    email: str | None = None
    customer: str | None = None
    user: str | None = None
    quantity: int | None = 1
    trial_days: int = 0


def open_session(context: Context, wish: Wish, key: str, now: int) -> tuple[str, str]:
    """Address and id of an open checkout session; the same one for the same key; raises Refused (503)."""
    params = _params(wish)
    for _ in range(REPLAYS_MAX):
        session = _create(context, params, key)
        if session.url and session.expires_at > now:
            return session.url, session.id
        key = hashed(key, session.id)
    raise Refused(503, "CHECKOUT_UNAVAILABLE", "Stripe keeps replaying expired sessions")


def hashed(*parts: str) -> str:
    """An idempotency key that says all of this and shows none of it."""
    return sha256("\n".join(parts).encode()).hexdigest()


def newest_ended(history: History, now: int) -> str:
    """The subscription that ended last, "" for none: whoever buys again after it buys anew."""
    ended = [each for each in subscriptions_of(history) if _has_ended(each, now)]
    newest = max(ended, key=lambda each: (each.first_created, each.subscription_id), default=None)
    return "" if newest is None else newest.subscription_id


def _has_ended(facts: SubscriptionFacts, now: int) -> bool:
    value = facts.value
    if value is None:
        return False
    return value.status in TERMINAL_STATUSES or (value.cancel_at is not None and now >= value.cancel_at)


def _create(context: Context, params: SessionCreateParams, key: str) -> Session:
    sessions = stripe_of(context).v1.checkout.sessions
    try:
        return sessions.create(params, {"idempotency_key": key})
    except IdempotencyError:  # the same wish, but another e-mail address or another success page
        return sessions.create(params, {"idempotency_key": hashed(key, json.dumps(params, sort_keys=True))})


def _params(wish: Wish) -> SessionCreateParams:
    metadata = dict(wish.metadata)
    params: SessionCreateParams = {
        "line_items": [{"price": wish.price}],
        "success_url": wish.success_url,
        "cancel_url": wish.cancel_url,
        "metadata": metadata,
    }
    if wish.quantity is not None:
        params["line_items"] = [{"price": wish.price, "quantity": wish.quantity}]
    if wish.customer is not None:
        params["customer"] = wish.customer
    elif wish.email is not None:
        params["customer_email"] = wish.email
    if wish.user is not None:
        params["client_reference_id"] = wish.user
    if wish.mode == "subscription":
        subscription: SubscriptionData = {"metadata": metadata}
        if wish.trial_days:
            subscription["trial_period_days"] = wish.trial_days
        return params | {"mode": "subscription", "subscription_data": subscription}
    if wish.user is not None and wish.customer is None:
        params["customer_creation"] = "always"  # so that a signed-in user has a portal
    return params | {"mode": "payment", "payment_intent_data": {"metadata": metadata}}
