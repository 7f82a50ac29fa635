"""The subscriptions of a signed-in user, and what they allow together.

Decides that nobody sees anybody else's.  Does not know the rules of access, nor how a subscription is shown.
"""

from __future__ import annotations

import falcon

from rehearsal_server.answering import answer_json
from rehearsal_server.callers import user_of
from rehearsal_server.context import Context
from rehearsal_server.showing import newest_first, shown_subscription
from rehearsal_server.standing import access_of, access_table, subscriptions_of
from rehearsal_specs.manifest import Operation


class Subscriptions:
    """GET: the caller's own subscriptions."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        context, now = self._context, self._context.clock()
        user = user_of(context, req)
        history = context.store.history_of_user(user.id)
        table, access = access_table(context), access_of(context, history, now)
        answer = {
            "subscriptions": [
                shown_subscription(each, table, now) for each in newest_first(subscriptions_of(history))
            ],
            "active": access.allowed,
            "code": access.code,
            "phrase": access.phrase,
            "entitlement": table.entitlement if access.allowed else None,
            "serverTime": now,
        }
        answer_json(resp, answer)
