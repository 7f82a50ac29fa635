"""The HTTP side that the naive backends share: the manifest's routes, in Falcon.

Decides: nothing that the naive backends differ in.  It answers with the manifest's own access table and signs
real tokens, so that only the keeping of facts can be wrong.  Does not know how facts are kept: a `Book` takes
events in and says what it holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, Protocol

import falcon
import stripe
from broken.habits import Held

from rehearsal_harness.targets.backend import Backend, Collaborators
from rehearsal_server import access
from rehearsal_server.errors import Refused, handle_errors
from rehearsal_server.facts import SubscriptionFacts, SubscriptionValue
from rehearsal_server.licenses import Audience, Bearer, Signer, boundary
from rehearsal_server.signature import verify


class Book(Protocol):
    """How a naive backend keeps its facts."""

    reuses_customer: bool

    def take(self, event: dict[str, Any], now: int) -> None:
        """Fold one verified event in; raises Refused when it cannot."""

    def held(self, customer: str) -> list[Held]:
        """What is known of a customer."""

    def customer_of(self, column: str, value: str) -> str | None:
        """Whose checkout session (`id`), `device` or `email` it is."""

    def reconcile(self) -> object:
        """Catch up with Stripe's own list of events."""


class Shop:
    """The operations of one naive backend."""

    def __init__(self, given: Collaborators, book: Book) -> None:
        self.given = given
        self.book = book
        self.table = given.manifest.access
        trial_days = given.manifest.offers[0].trial_days
        self.trial = {"trial_period_days": trial_days} if trial_days else {}
        terms = given.manifest.license
        self.admin_token = given.environ[terms.admin_token_env]
        self.signer = Signer(given.environ[terms.signing_secret_env], terms.issuer)

    def health(self, req: falcon.Request, resp: falcon.Response) -> None:
        """It runs."""
        resp.media = {"ok": True}

    def webhook(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Verify, decode, fold."""
        now = self.given.clock()
        secret = self.given.environ["STRIPE_WEBHOOK_SECRET"]
        header = req.get_header("Stripe-Signature")
        event = json.loads(verify(req.stream.read(), header, [secret], 300, now))
        if not event["livemode"]:
            self.book.take(event, now)
        resp.media = {"received": True}

    def checkout(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A session in subscription mode; the same one for a double click."""
        device, email = req.media["deviceId"], req.media["email"]
        known = self.book.customer_of("device", device)
        if known is not None and self.access(known).allowed:
            raise Refused(409, "ALREADY_SUBSCRIBED", "open the portal with your token")
        before = self.book.customer_of("email", email) if self.book.reuses_customer else None
        payer = {"customer": before} if before else {"customer_email": email}
        metadata = {"device_id": device, "email": email}
        params: Any = {
            "mode": "subscription",
            "line_items": [{"price": self.given.environ["NYRA_STRIPE_PRICE_PRO_MONTHLY"], "quantity": 1}],
            "success_url": self.given.environ["NYRA_BILLING_SUCCESS_URL"] + "?id={CHECKOUT_SESSION_ID}",
            "metadata": metadata,
            "subscription_data": {"metadata": metadata, **self.trial},
            **payer,
        }
        session = self.create(params)
        resp.media = {"url": session.url, "sessionId": session.id, "kind": "checkout"}

    def create(self, params: Any) -> stripe.checkout.Session:
        """The open session of this wish: a replayed one that has expired or is used moves the key on."""
        sessions = self.given.stripe.v1.checkout.sessions
        key = sha256(json.dumps(params).encode()).hexdigest()
        while True:
            session = sessions.create(params, {"idempotency_key": key})
            known = self.book.customer_of("id", session.id)
            if session.expires_at > self.given.clock() and known is None:
                return session
            key = sha256((key + session.id).encode()).hexdigest()

    def portal(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The portal of the token's customer."""
        bearer = self.bearer(self.token(req))
        portals = self.given.stripe.v1.billing_portal.sessions
        return_url = self.given.environ["NYRA_BILLING_RETURN_URL"]
        resp.media = {"url": portals.create({"customer": bearer.customer, "return_url": return_url}).url}

    def license_status(self, req: falcon.Request, resp: falcon.Response) -> None:
        """For a device with a token or a checkout session, or for the back office."""
        token = self.token(req)
        if token == self.admin_token:
            customer = req.get_param("customerId", required=True)
            resp.media = self.answer(customer, None)
        elif token:
            bearer = self.bearer(token)
            resp.media = self.answer(bearer.customer, bearer)
        else:
            customer = self.book.customer_of("id", req.get_param("checkoutSessionId") or "")
            device = req.get_param("deviceId") or ""
            bearer = None if customer is None else Bearer(customer=customer, device=device)
            resp.media = self.answer(customer, bearer)

    def access(self, customer: str) -> access.Access:
        """What the manifest's table says of what the book holds."""
        facts = [_facts(held) for held in self.book.held(customer)]
        return access.best(facts, self.table, self.given.clock())

    def answer(self, customer: str | None, bearer: Bearer | None) -> dict[str, Any]:
        """The licence answer; with a token when a device asked."""
        if customer is None:
            return {"active": False, "code": "CHECKOUT_PENDING"}
        found, now = self.access(customer), self.given.clock()
        answer: dict[str, Any] = {"active": found.allowed, "code": found.code, "phrase": found.phrase}
        if found.allowed and bearer is not None:
            signed = self.signer.sign(Audience.DEVICE, bearer, found, self.table, now)
            answer |= {"deviceAccessToken": signed, "expiresAt": boundary(found, self.table, now)}
        return answer

    @staticmethod
    def token(req: falcon.Request) -> str:
        """The bearer token, "" without one."""
        return (req.get_header("Authorization") or "").removeprefix("Bearer ")

    def bearer(self, token: str) -> Bearer:
        """Whom a device token speaks for; raises Refused (401)."""
        try:
            return self.signer.read(token, Audience.DEVICE, self.given.clock())
        except Exception as error:
            raise Refused(401, "TOKEN_INVALID", "no valid device token") from error


def open_shop(given: Collaborators, book: Book) -> Backend:
    """The app of a naive backend, with its routes bound as the manifest says."""
    shop, app = Shop(given, book), falcon.App()
    handle_errors(app)
    for operation in given.manifest.operations:
        handler: Callable[..., None] = getattr(shop, operation.name)
        responder = f"on_{operation.route.method.lower()}"
        app.add_route(operation.route.path, SimpleNamespace(**{responder: handler}))
    return Backend(app=app, reconcile=book.reconcile)


def _facts(held: Held) -> SubscriptionFacts:
    value = None
    if held.status:
        value = SubscriptionValue(status=held.status, cancel_at=held.cancel_at, ended_at=None)
    return SubscriptionFacts(
        subscription_id=held.subscription,
        customer=held.customer,
        first_created=held.first_created,
        value=value,
        past_due_since=held.past_due_since,
        failed_since=None,
        paid_through=held.paid_through,
        paid_at_checkout=held.paid_at_checkout,
    )
