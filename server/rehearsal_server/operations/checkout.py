"""Lead somebody who wants to pay to Stripe's Checkout.

Decides who is sent to the portal instead, and that a double click makes one session.  Does not know cards,
and trusts no redirect: what was paid, only an event or Stripe's own answer says.  The idempotency key says
what is bought anew: device, price, and the subscription that ended before; Stripe replays the first answer
for at least 24 hours (https://docs.stripe.com/api/idempotent_requests), so an expired session moves the key
on.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import falcon
from stripe import IdempotencyError

from rehearsal_server.bodies import read_json
from rehearsal_server.callers import bearer_token, configured, device_or_none, stripe_of
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.facts import TERMINAL_STATUSES, SubscriptionFacts
from rehearsal_server.operations.portal import portal_url
from rehearsal_server.shape import text
from rehearsal_server.standing import access_of, subscriptions_of
from rehearsal_server.store import History
from rehearsal_specs.manifest import Operation

if TYPE_CHECKING:
    from stripe.checkout import Session
    from stripe.params.checkout import SessionCreateParams
    from stripe.params.checkout import SessionCreateParamsSubscriptionData as SubscriptionData

BODY_BYTES_MAX = 2**14
REPLAYS_MAX = 40  # one abandoned session a day for longer than Stripe keeps any key


class Checkout:
    """POST {deviceId, email}: where to pay, or where a subscriber manages the subscription."""

    __slots__ = ("_context", "_offer", "_options")

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context
        self._options = operation.options
        self._offer = next(each for each in context.manifest.offers if each.id == operation.options["offer"])

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        body = read_json(req, BODY_BYTES_MAX)
        device, email = text(body, "deviceId"), text(body, "email")
        if "@" not in email.strip("@"):
            raise Refused(400, "EMAIL_INVALID", "email is not an e-mail address")
        now = self._context.clock()
        customer = self._subscriber(req, device, now)
        if customer is not None:
            answer = {"url": portal_url(self._context, customer, now), "kind": "portal"}
        else:
            url, session_id = self._session(device, email, now)
            answer = {"url": url, "sessionId": session_id, "kind": "checkout"}
        resp.content_type = falcon.MEDIA_JSON
        resp.set_header("Cache-Control", "no-store")
        resp.data = json.dumps(answer).encode()

    def _subscriber(self, req: falcon.Request, device: str, now: int) -> str | None:
        """The entitled customer whose token this is; None for somebody who may buy; raises Refused (409).

        A public route must not hand a stranger somebody's portal, so a known device without its token gets
        none.
        """
        store = self._context.store
        token = bearer_token(req)
        bearer = None if token is None else device_or_none(self._context, token, now)
        if bearer is not None:
            if bearer.device != device:
                raise Refused(403, "DEVICE_MISMATCH", "the token was issued to another device")
            if access_of(self._context, store.history_of_customer(bearer.customer), now).allowed:
                return bearer.customer
        if access_of(self._context, store.history_of_device(device), now).allowed:
            message = "this device has a subscription; open the portal with its token"
            raise Refused(409, "ALREADY_SUBSCRIBED", message, next_route=self._portal_route())
        return None

    def _portal_route(self) -> str | None:
        portal = self._context.manifest.operation("portal")
        return None if portal is None else str(portal.route)

    def _session(self, device: str, email: str, now: int) -> tuple[str, str]:
        """Address and id of an open checkout session; the same one for the same wish."""
        price = configured(self._context, self._offer.price_env)
        params = self._params(device, email, price)
        ended = _newest_ended(self._context.store.history_of_device(device), now)
        key = _hash(device, price, ended or "")
        for _ in range(REPLAYS_MAX):
            session = self._create(params, key)
            if session.url and session.expires_at > now:
                return session.url, session.id
            key = _hash(key, session.id)
        raise Refused(503, "CHECKOUT_UNAVAILABLE", "Stripe keeps replaying expired sessions")

    def _create(self, params: SessionCreateParams, key: str) -> Session:
        sessions = stripe_of(self._context).v1.checkout.sessions
        try:
            return sessions.create(params, {"idempotency_key": key})
        except IdempotencyError:  # the same wish, but another e-mail address or another success page
            return sessions.create(
                params, {"idempotency_key": _hash(key, json.dumps(params, sort_keys=True))}
            )

    def _params(self, device: str, email: str, price: str) -> SessionCreateParams:
        metadata = {"device_id": device, "email": email}
        subscription: SubscriptionData = {"metadata": metadata}
        if self._offer.trial_days:
            subscription["trial_period_days"] = self._offer.trial_days
        return {
            "mode": "subscription",
            "line_items": [{"price": price, "quantity": 1}],
            "customer_email": email,
            "success_url": _with_session_id(configured(self._context, self._options["success_url_env"])),
            "cancel_url": configured(self._context, self._options["cancel_url_env"]),
            "metadata": metadata,
            "subscription_data": subscription,
        }


def _newest_ended(history: History, now: int) -> str | None:
    ended = [each for each in subscriptions_of(history) if _has_ended(each, now)]
    newest = max(ended, key=lambda each: (each.first_created, each.subscription_id), default=None)
    return None if newest is None else newest.subscription_id


def _has_ended(facts: SubscriptionFacts, now: int) -> bool:
    value = facts.value
    if value is None:
        return False
    return value.status in TERMINAL_STATUSES or (value.cancel_at is not None and now >= value.cancel_at)


def _with_session_id(url: str) -> str:
    """The success page, told by Stripe which session it was for."""
    page, mark, fragment = url.partition("#")
    return f"{page}{'&' if '?' in page else '?'}session_id={{CHECKOUT_SESSION_ID}}{mark}{fragment}"


def _hash(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
