"""Lead somebody who wants to pay to Stripe's Checkout.

Decides who is sent to the portal instead, and that a double click makes one session.  Does not know cards,
and trusts no redirect: what was paid, only an event or Stripe's own answer says.  The same wish is the same
device, price, and subscription that ended before.
"""

from __future__ import annotations

import json

import falcon

from rehearsal_server.bodies import read_json
from rehearsal_server.callers import bearer_token, configured, device_or_none
from rehearsal_server.checkout_gate import refuse_if_closed
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.operations.portal import portal_url
from rehearsal_server.selling import Wish, hashed, newest_ended, open_session
from rehearsal_server.shape import text
from rehearsal_server.standing import access_of
from rehearsal_specs.manifest import Operation

BODY_BYTES_MAX = 2**14


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
        refuse_if_closed(self._context)
        price = configured(self._context, self._offer.price_env)
        wish = Wish(
            mode=self._offer.mode,
            price=price,
            quantity=None if self._offer.is_metered else 1,
            trial_days=self._offer.trial_days,
            email=email,
            metadata={"device_id": device, "email": email},
            success_url=_with_session_id(configured(self._context, self._options["success_url_env"])),
            cancel_url=configured(self._context, self._options["cancel_url_env"]),
        )
        ended = newest_ended(self._context.store.history_of_device(device), now)
        return open_session(self._context, wish, hashed(device, price, ended), now)


def _with_session_id(url: str) -> str:
    """The success page, told by Stripe which session it was for."""
    page, mark, fragment = url.partition("#")
    return f"{page}{'&' if '?' in page else '?'}session_id={{CHECKOUT_SESSION_ID}}{mark}{fragment}"
