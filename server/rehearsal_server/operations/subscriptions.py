"""The subscriptions of a signed-in user, and what they allow together.

Decides how a subscription is shown.  Does not know the rules of access, nor anybody else's subscriptions.
"""

from __future__ import annotations

import falcon

from rehearsal_server.access import check
from rehearsal_server.answering import answer_json
from rehearsal_server.callers import user_of
from rehearsal_server.context import Context
from rehearsal_server.facts import SubscriptionFacts
from rehearsal_server.standing import access_of, access_table, subscriptions_of
from rehearsal_specs.manifest import AccessTable, Operation


def shown(facts: SubscriptionFacts, table: AccessTable, now: int) -> dict[str, object]:
    """One subscription as JSON; instants are unix seconds."""
    access = check(facts, table, now)
    value = facts.value
    return {
        "provider": "stripe",
        "id": facts.subscription_id,
        "status": None if value is None else value.status,
        "price_ids": [] if value is None else list(value.price_ids),
        "cancel_at": None if value is None else value.cancel_at,
        "paid_through": facts.paid_through,
        "active": access.allowed,
        "code": access.code,
        "phrase": access.phrase,
    }


def newest_first(every: list[SubscriptionFacts]) -> list[SubscriptionFacts]:
    """The order in which subscriptions are shown."""
    return sorted(every, key=lambda each: (-each.first_created, each.subscription_id))


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
            "subscriptions": [shown(each, table, now) for each in newest_first(subscriptions_of(history))],
            "active": access.allowed,
            "code": access.code,
            "phrase": access.phrase,
            "entitlement": table.entitlement if access.allowed else None,
            "serverTime": now,
        }
        answer_json(resp, answer)
