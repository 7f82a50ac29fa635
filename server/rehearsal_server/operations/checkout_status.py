"""What became of a checkout, for the page that somebody comes back to.

Decides nothing: reads what verified events have said, from the store alone, and never asks Stripe.  Public:
whoever has the id learns the state, and nothing of the buyer.  An id that no event has named is `processing`,
since its webhook may still be on its way; only what cannot be an id is refused.
"""

from __future__ import annotations

import falcon

from rehearsal_server.answering import answer_json
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.returning import TEXTS, is_session_id
from rehearsal_server.standing import order_of_session, order_state
from rehearsal_specs.manifest import Operation


class CheckoutStatus:
    """GET ?session_id=cs_…: `state` is processing, paid, fulfilled or failed."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header("Cache-Control", "no-store")
        session_id = req.params.get("session_id", "")
        if not isinstance(session_id, str) or not is_session_id(session_id):
            raise Refused(400, "SESSION_ID_INVALID", "session_id is not the id of a checkout session, cs_…")
        order = order_of_session(self._context, session_id)
        state = order_state(self._context, order, self._context.clock())
        answer_json(resp, {"ok": True, "state": state, "text": TEXTS[state]})
