"""What operators see: the newest webhook events, and the checkouts, subscriptions, entitlements and requests.

Decides how much is shown: what the newest events name.  Does not change anything, and shows neither e-mail
addresses of payers nor anything that Stripe's own dashboard would be asked for; requests are shown as they
are kept, redacted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import falcon

from rehearsal_server.answering import answer_json, prefers_html
from rehearsal_server.callers import admin_of
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.facts import Row, SubscriptionFacts
from rehearsal_server.orders import SESSION
from rehearsal_server.pages import answer_page, has_page
from rehearsal_server.showing import newest_first, shown_order, shown_subscription
from rehearsal_server.standing import access_table, order_of_session, subscriptions_of
from rehearsal_specs.manifest import Operation

EVENTS_MAX = 100
REQUESTS_MAX = 50


class AdminBilling:
    """GET: events, checkouts, subscriptions, entitlements, requests."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header("Vary", "Accept")
        if not (prefers_html(req) and has_page(self._context, "admin_billing")):
            admin_of(self._context, req)
            answer_json(resp, self._shown())
            return
        values: dict[str, object] = {"billing": None, "problem": ""}
        try:
            admin_of(self._context, req)
            values["billing"] = self._shown()
        except Refused as refusal:
            resp.status = refusal.status
            values["problem"] = refusal.description
        answer_page(self._context, resp, "admin_billing", values)

    def _shown(self) -> dict[str, object]:
        context, now = self._context, self._context.clock()
        rows = context.store.recent_rows(EVENTS_MAX)
        sessions = _distinct(row.object_id for row in rows if row.type.startswith(SESSION))
        orders = [order for each in sessions if (order := order_of_session(context, each))]
        subscriptions = self._subscriptions(rows)
        table = access_table(context)
        seen = [shown_subscription(each, table, now) | {"customer": each.customer} for each in subscriptions]
        return {
            "events": [_event(row) for row in rows],
            "checkouts": [
                shown_order(context, each, now) | {"customer": each.customer, "user": each.user}
                for each in orders
            ],
            "subscriptions": seen,
            "entitlements": [
                {"customer": each["customer"], "entitlement": table.entitlement, "subscription": each["id"]}
                for each in seen
                if each["active"]
            ],
            "requests": [
                {"request_id": each.request_id, "at": each.at, **json.loads(each.body)}
                for each in context.store.requests(REQUESTS_MAX)
            ],
            "serverTime": now,
        }

    def _subscriptions(self, rows: Sequence[Row]) -> list[SubscriptionFacts]:
        """Every subscription of the customers that these rows name."""
        customers = _distinct(row.customer for row in rows if row.subscription is not None)
        histories = map(self._context.store.history_of_customer, customers)
        return newest_first([facts for history in histories for facts in subscriptions_of(history)])


def _distinct(names: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name is not None))


def _event(row: Row) -> dict[str, object]:
    return {
        "id": row.event_id,
        "type": row.type,
        "created": row.created,
        "object": row.object_id,
        "customer": row.customer,
        "user": row.user,
    }
