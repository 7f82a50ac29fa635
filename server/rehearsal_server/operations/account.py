"""A signed-in user's account: what the subscription allows, what was bought, and the way to the portal.

Decides nothing about access or orders: shows `standing` and `orders`.  JSON, or a page for a browser that
asks for one; somebody who is not signed in is told so, with 401 either way.
"""

from __future__ import annotations

import falcon

from rehearsal_server.answering import answer_json, prefers_html
from rehearsal_server.callers import user_of
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.identity import User
from rehearsal_server.orders import credits_of
from rehearsal_server.pages import answer_page, has_page
from rehearsal_server.readiness import readiness_of
from rehearsal_server.showing import newest_first, shown_order, shown_subscription
from rehearsal_server.standing import (
    access_of,
    access_table,
    customer_of_user,
    orders_of_user,
    subscriptions_of,
)
from rehearsal_specs.manifest import Operation

SIGNED_OUT = (
    "Sign in where you usually do, and come back: then this page shows what you bought, and nobody else's."
)


class Account:
    """GET: the caller's own account."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header("Vary", "Accept")
        if prefers_html(req) and has_page(self._context, "account"):
            self._page(req, resp)
        else:
            answer_json(resp, self._account(user_of(self._context, req)))

    def _page(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The same as a page, with the button to the portal only where there is a portal to open."""
        context = self._context
        values: dict[str, object] = {"account": None, "can_manage": False, "problem": ""}
        try:
            user = user_of(context, req)
        except Refused as refusal:
            resp.status = refusal.status
            values["problem"] = SIGNED_OUT
        else:
            known = customer_of_user(context, user.id, context.clock()) is not None
            values["account"] = self._account(user)
            values["can_manage"] = known and readiness_of(context).stripe_configured
        answer_page(context, resp, "account", values)

    def _account(self, user: User) -> dict[str, object]:
        context, now = self._context, self._context.clock()
        history = context.store.history_of_user(user.id)
        table, access = access_table(context), access_of(context, history, now)
        orders = orders_of_user(context, user.id)
        return {
            "active": access.allowed,
            "code": access.code,
            "phrase": access.phrase,
            "entitlement": table.entitlement if access.allowed else None,
            "entitlements": [table.entitlement] if access.allowed else [],
            "until": access.until,
            "credits": credits_of(orders),
            "orders": [shown_order(context, order, now) for order in orders],
            "subscriptions": [
                shown_subscription(each, table, now) for each in newest_first(subscriptions_of(history))
            ],
            "serverTime": now,
        }
