"""What can be bought online right now, for the site's pages and for anybody.

Decides nothing: shows `readiness`.  Public, so it carries no key, price id, variable or address.
"""

from __future__ import annotations

import falcon

from rehearsal_server.answering import answer_json
from rehearsal_server.context import Context
from rehearsal_server.readiness import readiness_of
from rehearsal_specs.manifest import Operation


class BillingStatus:
    """GET: `stripe_configured`, `checkout_enabled`, a summary, and each plan."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        answer_json(
            resp, {"ok": True, **readiness_of(self._context).public(), "serverTime": self._context.clock()}
        )
