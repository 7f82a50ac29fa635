"""Lead a signed-in user to her own Customer Portal.

Decides which of Stripe's customers is hers: only one that a verified event has tied to her user id.  Does
not know what the portal offers, and takes no customer from a caller.
"""

from __future__ import annotations

import falcon

from rehearsal_server.answering import answer_way
from rehearsal_server.callers import configured, user_of
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.operations.portal import portal_session
from rehearsal_server.own_site import address
from rehearsal_server.standing import customer_of_user
from rehearsal_specs.manifest import Operation


def own_portal(context: Context, user: str, now: int) -> str:
    """The address of a user's own portal; raises Refused (404, 503) and StripeError."""
    operation = context.manifest.operation("user_portal")
    if operation is None:
        raise Refused(503, "NOT_CONFIGURED", "this service has no portal")
    customer = customer_of_user(context, user, now)
    if customer is None:
        raise Refused(404, "NO_CUSTOMER", "nothing was bought with this sign-in yet, so there is no portal")
    site = configured(context, operation.options["site_url_env"])
    return portal_session(context, customer, address(site, operation.options["return_path"]), now)


class UserPortal:
    """POST: the address of the caller's own portal."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        user = user_of(self._context, req)
        url = own_portal(self._context, user.id, self._context.clock())
        answer_way(req, resp, {"ok": True, "url": url, "kind": "portal"})
