"""Lead a signed-in user to where credits are paid.

Decides how many packs one checkout may hold.  Does not settle anything: credits are counted from the rows of
paid sessions (`orders`), so that one session settles once, whatever is delivered or clicked twice.
"""

from __future__ import annotations

import falcon

from rehearsal_server.answering import answer_way
from rehearsal_server.bodies import read_fields
from rehearsal_server.callers import configured, user_of
from rehearsal_server.checkout_gate import refuse_if_closed
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.operations.plan_checkout import BODY_BYTES_MAX, key_of, wish_of
from rehearsal_server.own_site import address
from rehearsal_server.selling import open_session
from rehearsal_specs.manifest import Operation

PACKS_MAX = 100


class CreditsCheckout:
    """POST {packs?}: where to pay for that many packs of credits."""

    __slots__ = ("_context", "_offer", "_options")

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context
        self._options = operation.options
        self._offer = next(each for each in context.manifest.offers if each.id == operation.options["offer"])

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        context, now = self._context, self._context.clock()
        user = user_of(context, req)
        packs = read_fields(req, BODY_BYTES_MAX).get("packs", 1)
        if type(packs) is not int or not 1 <= packs <= PACKS_MAX:
            raise Refused(400, "PACKS_INVALID", f"packs is a whole number from 1 to {PACKS_MAX}")
        refuse_if_closed(context)
        site = configured(context, self._options["site_url_env"])
        wish = wish_of(
            context,
            self._offer,
            user,
            packs=packs,
            success_url=address(site, self._options["success_path"], with_session=True),
            cancel_url=address(site, self._options["cancel_path"]),
        )
        url, session_id = open_session(context, wish, key_of(context, self._offer, user, now, packs), now)
        answer = {"ok": True, "url": url, "sessionId": session_id, "kind": "checkout"}
        answer_way(req, resp, answer | {"credits": self._offer.credits * packs})
