"""A signed-in user's account: what the subscription allows, what was bought, and the way to the portal.

Decides nothing about access or orders: shows `standing` and `orders`.  JSON, or a page for a browser that
asks for one; somebody who is not signed in is told so, with 401 either way.
"""

from __future__ import annotations

import falcon

from rehearsal_server.answering import answer_json
from rehearsal_server.callers import user_of
from rehearsal_server.context import Context
from rehearsal_server.identity import User
from rehearsal_server.orders import credits_of
from rehearsal_server.showing import newest_first, shown_order, shown_subscription
from rehearsal_server.standing import access_of, access_table, orders_of_user, subscriptions_of
from rehearsal_specs.manifest import Operation


class Account:
    """GET: the caller's own account."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        answer_json(resp, self._account(user_of(self._context, req)))

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
