"""One page of the site.

Decides what the page's address says: a return from a checkout, a plan to ask for, a request that is in.
What became of the checkout it reads from the store, as `checkout_status` does, so that a browser without
the script is told the same.  Does not know texts or templates.
"""

from __future__ import annotations

import falcon

from rehearsal_server.context import Context
from rehearsal_server.pages import answer_page
from rehearsal_server.returning import Returned, is_session_id
from rehearsal_server.standing import order_of_session, order_state
from rehearsal_specs.manifest import Operation


class PageOfSite:
    """GET: the page that the operation's template makes."""

    __slots__ = ("_context", "_template")

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context
        self._template = operation.options["template"]

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        values = {
            "returned": self._returned(_word(req, "checkout"), _word(req, "session_id")),
            "wanted": _word(req, "plan"),
            "requested": _word(req, "request") if _word(req, "request") in ("received", "redacted") else "",
        }
        answer_page(self._context, resp, self._template, values)

    def _returned(self, checkout: str, session_id: str) -> Returned:
        """What the return from a checkout comes to; the address alone is never taken for a payment."""
        if checkout not in ("success", "cancel"):
            return Returned(state="")
        if checkout == "cancel" or not is_session_id(session_id):
            return Returned(state=checkout)
        context = self._context
        order = order_of_session(context, session_id)
        return Returned(state=order_state(context, order, context.clock()), session_id=session_id)


def _word(req: falcon.Request, key: str) -> str:
    value = req.params.get(key, "")
    return value if isinstance(value, str) else ""
