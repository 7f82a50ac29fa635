"""Lead a customer to Stripe's Customer Portal.

Decides that only a device with a valid token gets there, and only to the customer of that token.  Does not
know what the portal offers.  Its address dies after five minutes unused, so one is made per click.
"""

from __future__ import annotations

import json
from hashlib import sha256

import falcon

from rehearsal_server.callers import bearer_token, configured, device_of, stripe_of
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_specs.manifest import Operation


def portal_url(context: Context, customer: str, now: int) -> str:
    """A portal address for this customer, the same within a second; raises Refused (503) and StripeError."""
    portal = context.manifest.operation("portal")
    if portal is None:
        raise Refused(503, "NOT_CONFIGURED", "this service has no portal")
    return portal_session(context, customer, configured(context, portal.options["return_url_env"]), now)


def portal_session(context: Context, customer: str, return_url: str, now: int) -> str:
    """A portal address that comes back to `return_url`; raises Refused (503) and StripeError."""
    session = stripe_of(context).v1.billing_portal.sessions.create(
        {"customer": customer, "return_url": return_url},
        {"idempotency_key": sha256(f"portal\n{customer}\n{now}".encode()).hexdigest()},
    )
    return session.url


class Portal:
    """POST: the address of the caller's own portal."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        token = bearer_token(req)
        if token is None:
            raise Refused(401, "TOKEN_MISSING", "send the device token as a bearer token")
        now = self._context.clock()
        bearer = device_of(self._context, token, now)
        resp.content_type = falcon.MEDIA_JSON
        resp.set_header("Cache-Control", "no-store")
        resp.data = json.dumps({"url": portal_url(self._context, bearer.customer, now)}).encode()
