"""A small shop on its own tables: what somebody else's backend looks like to a rehearsal.

`create` asks Stripe for the subscription whenever an event names it; `create_naive` believes whatever event
came last, as most first versions do.  Both take clock, database and Stripe client from the rehearsal.  The
shop knows no trial and no failed renewal: its stories tell of none.
"""

from __future__ import annotations

import json
from typing import Any

import falcon
import stripe

from rehearsal_harness.targets.backend import Backend, Collaborators

TABLES = (
    "CREATE TABLE IF NOT EXISTS heard (event TEXT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS payment (invoice TEXT PRIMARY KEY, customer TEXT, paid_through INTEGER)",
    "CREATE TABLE IF NOT EXISTS subscription"
    " (id TEXT PRIMARY KEY, customer TEXT, status TEXT, cancel_at INTEGER)",
)
TOLERANCE_S = 300
LEEWAY_S = 24 * 3600


class Buy:
    """POST /buy: where to pay."""

    def __init__(self, given: Collaborators) -> None:
        self.given = given

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        session = self.given.stripe.v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "line_items": [{"price": self.given.environ["SHOP_PRICE"], "quantity": 1}],
                "customer_email": req.get_media()["email"],
                "success_url": self.given.environ["SHOP_URL"],
            }
        )
        resp.media = {"sessionId": session.id, "url": session.url}


class Hear:
    """POST /stripe: one delivery of one event."""

    def __init__(self, given: Collaborators, *, naive: bool = False) -> None:
        self.given = given
        self.naive = naive

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        event = self.verified(req)
        resp.media = {"received": True}
        if self.given.connection.execute("SELECT 1 FROM heard WHERE event = ?", (event["id"],)).fetchone():
            return
        writes = self.writes_for(event["type"], event["data"]["object"])  # may ask Stripe: no transaction yet
        with self.given.transaction():  # the work, and the note that it is done
            self.given.connection.execute("INSERT OR IGNORE INTO heard VALUES (?)", (event["id"],))
            for statement, values in writes:
                self.given.connection.execute(statement, values)

    def verified(self, req: falcon.Request) -> dict[str, Any]:
        """The signature by the SDK; its time by the shop's own clock, on both sides."""
        body, header = req.bounded_stream.read().decode(), req.get_header("Stripe-Signature") or ""
        try:
            stripe.WebhookSignature.verify_header(body, header, self.given.environ["SHOP_WEBHOOK_SECRET"])
        except stripe.SignatureVerificationError as error:
            raise falcon.HTTPBadRequest(title="not from Stripe") from error
        signed_at = int(next(part for part in header.split(",") if part.startswith("t="))[2:])
        if abs(self.given.clock() - signed_at) > TOLERANCE_S:
            raise falcon.HTTPBadRequest(title="too old, or from the future")
        return json.loads(body)

    def writes_for(self, event_type: str, told: dict[str, Any]) -> list[tuple[str, tuple[Any, ...]]]:
        if event_type == "invoice.paid":
            through = max(line["period"]["end"] for line in told["lines"]["data"])
            values = (told["id"], told["customer"], through)
            return [("INSERT OR REPLACE INTO payment VALUES (?, ?, ?)", values)]
        if not event_type.startswith("customer.subscription."):
            return []
        if not self.naive:
            told = self.given.stripe.v1.subscriptions.retrieve(told["id"]).to_dict()
        values = (told["id"], told["customer"], told["status"], told["cancel_at"])
        return [("INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?)", values)]


class MayUse:
    """GET /may-use: who may use the shop, for the back office and for the rehearsal."""

    def __init__(self, given: Collaborators) -> None:
        self.given = given

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.auth != f"Bearer {self.given.environ['SHOP_ADMIN_TOKEN']}":
            raise falcon.HTTPUnauthorized
        resp.media = {"active": self.is_active(req.get_param("customerId", required=True))}

    def is_active(self, customer: str) -> bool:
        execute, now = self.given.connection.execute, self.given.clock()
        (paid,) = execute("SELECT max(paid_through) FROM payment WHERE customer = ?", (customer,)).fetchone()
        known = execute("SELECT status, cancel_at FROM subscription WHERE customer = ?", (customer,))
        status, cancel_at = known.fetchone() or ("active", None)
        has_left = status != "active" or (cancel_at is not None and now >= cancel_at)
        return paid is not None and now < paid + LEEWAY_S and not has_left


def create(given: Collaborators, *, naive: bool = False) -> Backend:
    """What `rehearse run --app corner_shop:create` calls, once for each fresh start."""
    for table in TABLES:
        given.connection.execute(table)
    app = falcon.App()
    app.add_route("/buy", Buy(given))
    app.add_route("/stripe", Hear(given, naive=naive))
    app.add_route("/may-use", MayUse(given))
    return Backend(app=app)


def create_naive(given: Collaborators) -> Backend:
    """The same shop, believing whatever event came last."""
    return create(given, naive=True)
