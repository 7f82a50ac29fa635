"""A small site that sells one-time offers and credits, right and wrong: orders, credits, replay, portal.

Decides: nothing that is right by itself; each wrong variant replaces one habit, which its docstring says.
Does not sell subscriptions.  It is written apart from the reference server, for a manifest that declares a
site.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import falcon
import jwt

from rehearsal_harness.targets.backend import Backend, Collaborators
from rehearsal_server.errors import Refused, handle_errors
from rehearsal_server.signature import verify

TABLES = (
    "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS counter (user TEXT PRIMARY KEY, credits INTEGER) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS seen (mark TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS redirected (id TEXT PRIMARY KEY) WITHOUT ROWID",
)
SETTLING = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
BACK = ("won", "warning_closed")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Where such sites differ.  `mark`: by what a settled purchase is known again, None: credits are derived
    from all events; `settles`: does this event settle a purchase?
    """

    settles: Callable[[Json], bool] = lambda event: event["data"]["object"]["payment_status"] != "unpaid"
    mark: Callable[[Json], str] | None = None
    replays_anew: bool = False
    counts_anew: bool = False
    trusts_redirect: bool = False
    portal_of_anybody: bool = False
    any_success_path: bool = False
    keeps_refunded: bool = False
    keeps_disputed: bool = False
    anybody_replays: bool = False


class Site:
    """The operations of one such site."""

    def __init__(self, given: Collaborators, habits: Habits) -> None:
        self.given, self.habits = given, habits
        self.offers = {offer.id: offer for offer in given.manifest.offers}
        self.terms = given.manifest.identity
        with given.transaction():
            for table in TABLES:
                given.connection.execute(table)

    def webhook(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Verify, keep, count."""
        secret = self.given.environ["STRIPE_WEBHOOK_SECRET"]
        body = verify(
            req.stream.read(), req.get_header("Stripe-Signature"), [secret], 300, self.given.clock()
        )
        event = json.loads(body)
        if not event["livemode"]:
            self.take(event, anew=self.habits.counts_anew)
        resp.media = {"received": True}

    def take(self, event: Json, *, anew: bool = False) -> None:
        """Keep an event; a counter adds what it settles, once for each mark unless `anew`."""
        with self.given.transaction():
            put = "INSERT INTO events VALUES (?, ?) ON CONFLICT DO NOTHING"
            self.given.connection.execute(put, (event["id"], json.dumps(event)))
            if self.habits.mark is None or event["type"] not in SETTLING or not self.habits.settles(event):
                return
            mark = "INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING"
            if self.given.connection.execute(mark, (self.habits.mark(event),)).rowcount or anew:
                self.add(event["data"]["object"]["metadata"])

    def add(self, metadata: Mapping[str, str]) -> None:
        """Add what a purchase is worth to its user's counter."""
        add = (
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT DO UPDATE SET credits = credits + excluded.credits"
        )
        if metadata.get("user_id"):
            row = (metadata["user_id"], int(metadata.get("credits", 0)))
            self.given.connection.execute(add, row)

    def events(self) -> list[Json]:
        """Every event that is kept."""
        rows = self.given.connection.execute("SELECT body FROM events").fetchall()
        return [json.loads(body) for (body,) in rows]

    def paid(self) -> dict[str, Json]:
        """The sessions that are paid, and whose money is still here."""
        events = self.events()
        sessions = {
            each["data"]["object"]["id"]: each["data"]["object"]
            for each in events
            if each["type"] in SETTLING and self.habits.settles(each)
        }
        return {id_: each for id_, each in sessions.items() if not self.gone(each["payment_intent"], events)}

    def gone(self, payment: str | None, events: list[Json]) -> bool:
        """Was this payment paid back, or taken back by a bank?"""
        mine = [each for each in events if each["data"]["object"].get("payment_intent") == payment]
        refunds = [each["data"]["object"] for each in mine if each["type"] == "charge.refunded"]
        disputes = [each["data"]["object"] for each in mine if each["type"].startswith("charge.dispute.")]
        refunded = any(each["amount_refunded"] >= each["amount"] for each in refunds)
        held = bool(disputes) and not any(each["status"] in BACK for each in disputes)
        return (refunded and not self.habits.keeps_refunded) or (held and not self.habits.keeps_disputed)

    def credits(self, user: str) -> int:
        """How many credits a user has."""
        if self.habits.mark is not None:
            found = self.given.connection.execute(
                "SELECT credits FROM counter WHERE user = ?", (user,)
            ).fetchone()
            return 0 if found is None else int(found[0])
        worth = (each["metadata"] for each in self.paid().values())
        return sum(int(each.get("credits", 0)) for each in worth if each.get("user_id") == user)

    def account(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What the signed-in user has."""
        resp.media = {"active": False, "code": "NO_SUBSCRIPTION", "credits": self.credits(self.user(req))}

    def checkout_status(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The state of one order."""
        session_id = req.get_param("session_id", required=True)
        events = [each for each in self.events() if each["data"]["object"]["id"] == session_id]
        redirected = "SELECT 1 FROM redirected WHERE id = ?"
        settled = [each for each in events if each["type"] in SETTLING and self.habits.settles(each)]
        if settled:
            offer = self.offers[settled[0]["data"]["object"]["metadata"]["offer_id"]]
            state = "paid" if offer.by_hand or session_id not in self.paid() else "fulfilled"
        elif self.given.connection.execute(redirected, (session_id,)).fetchone():
            state = "paid"
        else:
            failed = any(each["type"].endswith("payment_failed") for each in events)
            state = "failed" if failed else "processing"
        resp.media = {"state": state}

    def plan_checkout(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A session for a plan, for a user or a guest."""
        user = self.user(req) if req.get_header("Authorization") else ""
        path = req.media.get("success_path", "/assistant/thanks?checkout=success")
        if not self.habits.any_success_path and not _is_own(path):
            raise Refused(400, "FOREIGN_PATH", "a path of this site")
        resp.media = self.sell(self.offers[req.media["plan_id"]], user, path)

    def credits_checkout(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A session for credits."""
        offer = next(each for each in self.offers.values() if each.credits)
        resp.media = self.sell(offer, self.user(req), "/assistant/thanks?checkout=success")

    def sell(self, offer: Any, user: str, path: str) -> dict[str, Any]:
        """A session in payment mode; the same one until it is used or has expired."""
        site = "http://127.0.0.1:8000" if path.startswith("/") else ""
        params: Any = {
            "mode": "payment",
            "customer_creation": "always",
            "line_items": [{"price": self.given.environ[offer.price_env], "quantity": 1}],
            "success_url": f"{site}{path}&session_id={{CHECKOUT_SESSION_ID}}",
            "metadata": {"offer_id": offer.id, "credits": str(offer.credits), "user_id": user},
        }
        known, key = {each["data"]["object"]["id"] for each in self.events()}, json.dumps(params)
        while True:
            options: Any = {"idempotency_key": sha256(key.encode()).hexdigest()}
            session = self.given.stripe.v1.checkout.sessions.create(params, options)
            if session.expires_at > self.given.clock() and session.id not in known:
                return {"ok": True, "url": session.url, "sessionId": session.id}
            key += session.id

    def user_portal(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The portal of the user's customer."""
        user = self.user(req)
        sessions = [each["data"]["object"] for each in self.events() if each["type"] in SETTLING]
        own = [each["customer"] for each in sessions if each["metadata"].get("user_id") == user]
        if self.habits.portal_of_anybody and req.media.get("customer"):
            own = [req.media["customer"]]
        if not [each for each in own if each]:
            raise Refused(404, "NO_CUSTOMER", "nothing was bought")
        params: Any = {"customer": own[0], "return_url": "http://127.0.0.1:8000/account"}
        resp.media = {"url": self.given.stripe.v1.billing_portal.sessions.create(params).url}

    def replay(self, req: falcon.Request, resp: falcon.Response) -> None:
        """An event once more."""
        if self.claims(req).get("role") != "admin" and not self.habits.anybody_replays:
            raise Refused(403, "ADMIN_ONLY", "for operators")
        try:
            found = self.given.stripe.v1.events.retrieve(req.media["event_id"])
        except Exception as error:
            raise Refused(404, "EVENT_UNKNOWN", "no such event") from error
        self.take(json.loads(json.dumps(found.to_dict(for_json=True))), anew=self.habits.replays_anew)
        resp.media = {"ok": True}

    def page(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A page; the success page of a site that trusts a redirect gives what was bought."""
        session_id = req.get_param("session_id")
        if self.habits.trusts_redirect and session_id:
            with self.given.transaction():
                put = "INSERT INTO redirected VALUES (?) ON CONFLICT DO NOTHING"
                if self.given.connection.execute(put, (session_id,)).rowcount:
                    session = self.given.stripe.v1.checkout.sessions.retrieve(session_id)
                    self.add(session.to_dict(for_json=True)["metadata"])
        resp.media = {"ok": True}

    def claims(self, req: falcon.Request) -> Json:
        """What the bearer's token says; raises Refused (401)."""
        token = (req.get_header("Authorization") or "").removeprefix("Bearer ")
        key, audience = self.given.environ[self.terms.key_env], self.terms.audience
        try:
            unfrozen = {"verify_exp": False}
            return jwt.decode(token, key, algorithms=["HS256"], audience=audience, options=unfrozen)
        except jwt.PyJWTError as error:
            raise Refused(401, "TOKEN_MISSING", "sign in") from error

    def user(self, req: falcon.Request) -> str:
        """Who is signed in; raises Refused (401)."""
        return str(self.claims(req)["sub"])


def _is_own(path: str) -> bool:
    seen = unquote(path).replace("\\", "/")
    return seen.startswith("/") and not seen.startswith("//")


def _open(given: Collaborators, habits: Habits) -> Backend:
    site, app = Site(given, habits), falcon.App()
    handle_errors(app)
    for operation in given.manifest.operations:
        handler: Callable[..., None] = getattr(site, operation.name, site.page)
        responder = f"on_{operation.route.method.lower()}"
        app.add_route(operation.route.path, SimpleNamespace(**{responder: handler}))
    return Backend(app=app)


def _id(event: Json) -> str:
    return str(event["id"])


def right(given: Collaborators) -> Backend:
    """Everything is derived from the set of events."""
    return _open(given, Habits())


def credits_once_per_session(given: Collaborators) -> Backend:
    """A counter that knows its sessions again: right as long as no money goes back."""
    return _open(given, Habits(mark=lambda event: str(event["data"]["object"]["id"])))


def credits_per_event(given: Collaborators) -> Backend:
    """An event id that is new is a new purchase: a bank debit is announced twice."""
    return _open(given, Habits(mark=_id, settles=lambda event: True))


def credits_per_delivery(given: Collaborators) -> Backend:
    """A webhook is a purchase."""
    return _open(given, Habits(mark=_id, counts_anew=True))


def credits_by_redirect(given: Collaborators) -> Backend:
    """Who comes back has paid."""
    return _open(given, Habits(mark=_id, trusts_redirect=True))


def complete_is_paid(given: Collaborators) -> Backend:
    """A completed checkout is a sold one."""
    return _open(given, Habits(settles=lambda event: True))


def replay_applies_again(given: Collaborators) -> Backend:
    """An operator who replays knows what she does."""
    return _open(given, Habits(mark=_id, replays_anew=True))


def refunded_keeps(given: Collaborators) -> Backend:
    """What is sold is sold."""
    return _open(given, Habits(keeps_refunded=True))


def disputed_keeps(given: Collaborators) -> Backend:
    """A dispute will be won."""
    return _open(given, Habits(keeps_disputed=True))


def portal_by_customer_id(given: Collaborators) -> Backend:
    """Who knows a customer's id is that customer."""
    return _open(given, Habits(portal_of_anybody=True))


def comes_back_anywhere(given: Collaborators) -> Backend:
    """The page knows best where to go back to."""
    return _open(given, Habits(any_success_path=True))


def anybody_replays(given: Collaborators) -> Backend:
    """The route is not linked anywhere."""
    return _open(given, Habits(anybody_replays=True))
