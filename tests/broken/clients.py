"""The reference server, wrong in what it gives to clients: licences, tokens, checkouts, portals.

Each function is a factory for `rehearse run --app broken.clients:<name>`; its docstring says what its author
believed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import jwt
from broken.mutation import Environ, asks_for, in_front, inside

from rehearsal_harness.targets import reference
from rehearsal_harness.targets.backend import Backend, Collaborators, WsgiApp
from rehearsal_server import licenses
from rehearsal_server.licenses import Bearer
from rehearsal_server.operations import checkout, license_status

Json = dict[str, Any]
DAY_S = 86_400


def access_from_redirect(given: Collaborators) -> Backend:
    """Who comes back from the hosted page with a session id has paid."""

    def claim(self: Any, req: Any, now: int) -> Any:
        found, bearer = real(self, req, now)
        if bearer is not None:
            return found, bearer
        device = req.params["deviceId"]
        return replace(found, allowed=True), Bearer(customer=f"cus_of_{device}", device=device)

    real = license_status.LicenseStatus._claim
    return inside(given, (license_status.LicenseStatus, "_claim", claim))


def _tokens(given: Collaborators, claims: Callable[[Json, int], Json]) -> Backend:
    """Tokens whose claims are changed just before they are signed; the answer around them is not."""

    def encode(said: Json, secret: str, algorithm: str) -> str:
        return jwt.encode(claims(dict(said), given.clock()), secret, algorithm=algorithm)

    changed = SimpleNamespace(encode=encode, decode=jwt.decode, InvalidTokenError=jwt.InvalidTokenError)
    return inside(given, (licenses, "jwt", changed))


def token_never_expires(given: Collaborators) -> Backend:
    """A device that was activated stays activated."""
    ends = ("exp", "expiresAt")
    return _tokens(given, lambda said, now: {key: said[key] for key in said if key not in ends})


def token_for_ten_years(given: Collaborators) -> Backend:
    """An expiry that nobody lives to see is an expiry."""
    return _tokens(given, lambda said, now: said | {"exp": now + 3_650 * DAY_S})


def token_outlives_cancellation(given: Collaborators) -> Backend:
    """Seven days are seven days, also when the access ends tomorrow."""
    return _tokens(given, lambda said, now: said | {"exp": now + 7 * DAY_S})


def licence_never_expires(given: Collaborators) -> Backend:
    """The device token expires; the licence file beside it is a keepsake."""
    return _tokens(given, lambda said, now: said | {"exp": 2**40} if said["aud"] == "license" else said)


def _rewritten(given: Collaborators, change: Callable[[Json], Json]) -> Backend:
    """Answers about a licence, to everybody but the back office, are changed on the way out."""
    admin = given.environ[given.manifest.license.admin_token_env]

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        body = b"".join(app(environ, start_response))
        is_admin = admin in environ.get("HTTP_AUTHORIZATION", "")
        if is_admin or not asks_for(environ, "status") or b'"active"' not in body:
            return [body]
        return [json.dumps(change(json.loads(body))).encode()]

    return in_front(given, around)


def expires_at_lies(given: Collaborators) -> Backend:
    """The app is told to come back in a year; only the token beside it knows better."""
    return _rewritten(given, lambda answer: answer | {"expiresAt": (answer["expiresAt"] or 0) + 365 * DAY_S})


def devices_get_nothing(given: Collaborators) -> Backend:
    """The back office sees the access; the device that paid for it is told to wait."""
    nothing = {"active": False, "code": "CHECKOUT_PENDING", "deviceAccessToken": None, "expiresAt": None}
    return _rewritten(given, lambda answer: answer | nothing)


def one_device_only(given: Collaborators) -> Backend:
    """A subscription is for the device that paid: a reinstall has to pay again."""

    def claim(self: Any, req: Any, now: int) -> Any:
        found, bearer = real(self, req, now)
        first = (
            bearer
            and given.connection.execute(
                "SELECT device FROM activations WHERE customer = ?", (bearer.customer,)
            ).fetchone()
        )
        if first and first[0] != bearer.device:
            return license_status.CHECKOUT_PENDING, None
        return found, bearer

    real = license_status.LicenseStatus._claim
    return inside(given, (license_status.LicenseStatus, "_claim", claim))


def portal_without_token(given: Collaborators) -> Backend:
    """Who asks for the portal without a token gets the last customer's."""

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        if asks_for(environ, "portal") and "HTTP_AUTHORIZATION" not in environ:
            query = "SELECT customer FROM event_rows WHERE customer IS NOT NULL ORDER BY created DESC"
            (customer,) = given.connection.execute(query).fetchone() or ("",)
            return_url = given.environ["NYRA_BILLING_RETURN_URL"]
            params: Any = {"customer": customer, "return_url": return_url}
            url = given.stripe.v1.billing_portal.sessions.create(params).url
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps({"url": url}).encode()]
        return app(environ, start_response)

    return in_front(given, around)


def double_click_sells_twice(given: Collaborators) -> Backend:
    """Each click is a new wish: no idempotency key."""
    real = given.stripe.v1
    sessions = SimpleNamespace(create=lambda params, options: real.checkout.sessions.create(params))
    v1 = SimpleNamespace(
        checkout=SimpleNamespace(sessions=sessions),
        subscriptions=real.subscriptions,
        events=real.events,
        billing_portal=real.billing_portal,
    )
    return reference.create(replace(given, stripe=SimpleNamespace(v1=v1)))


def sells_to_subscribers(given: Collaborators) -> Backend:
    """Whoever asks for a checkout gets one, also who has a subscription."""
    return inside(given, (checkout.Checkout, "_subscriber", lambda self, req, device, now: None))
