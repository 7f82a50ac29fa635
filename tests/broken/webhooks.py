"""The reference server, wrong in whom it believes and in how it answers Stripe.

Each function is a factory for `rehearse run --app broken.webhooks:<name>`; its docstring says what its author
believed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from broken.mutation import Environ, asks_for, in_front, inside, peek, sign_again

from rehearsal_harness.targets.backend import Backend, Collaborators, WsgiApp
from rehearsal_server.operations import webhook


def unsigned_accepted(given: Collaborators) -> Backend:
    """A missing signature is a misconfigured proxy."""

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        if asks_for(environ, "webhook") and "HTTP_STRIPE_SIGNATURE" not in environ:
            sign_again(given, environ, peek(environ))
        return app(environ, start_response)

    return in_front(given, around)


def any_secret_accepted(given: Collaborators) -> Backend:
    """That there is a signature is enough."""

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        if asks_for(environ, "webhook") and "HTTP_STRIPE_SIGNATURE" in environ:
            sign_again(given, environ, peek(environ))
        return app(environ, start_response)

    return in_front(given, around)


def _signed_at_any_time(given: Collaborators, is_accepted: Callable[[int, int], bool]) -> Backend:
    def verify(body: bytes, header: str | None, secrets: Any, tolerance_s: int, now: int) -> str:
        at = int((header or "t=0").split(",")[0][2:])
        return real(body, header, secrets, tolerance_s, at if is_accepted(at, now) else now)

    real = webhook.verify
    return inside(given, (webhook, "verify", verify))


def stale_accepted(given: Collaborators) -> Backend:
    """A right signature stays right."""
    return _signed_at_any_time(given, lambda at, now: at < now)


def future_accepted(given: Collaborators) -> Backend:
    """Only the past can be too far away, as the SDK has it."""
    return _signed_at_any_time(given, lambda at, now: at > now)


def other_mode_applied(given: Collaborators) -> Backend:
    """An event is an event, in whichever mode."""

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        body = peek(environ)
        if asks_for(environ, "webhook") and b'"livemode": true' in body:
            sign_again(given, environ, body.replace(b'"livemode": true', b'"livemode": false'))
        return app(environ, start_response)

    return in_front(given, around)


def one_type_fails(given: Collaborators) -> Backend:
    """An invoice has `subscription` where it had it before 2025; a KeyError since, in one handler."""

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        if asks_for(environ, "webhook"):
            event = json.loads(peek(environ))
            if event["type"] == "invoice.payment_failed":
                return [event["data"]["object"]["subscription"]]
        return app(environ, start_response)

    return in_front(given, around)


def one_type_answered_404(given: Collaborators) -> Backend:
    """What is not understood is not found; Stripe takes that for a failure and comes again for three days."""

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        if asks_for(environ, "webhook") and json.loads(peek(environ))["type"] == "invoice.payment_failed":
            start_response("404 Not Found", [])
            return [b""]
        return app(environ, start_response)

    return in_front(given, around)


def failures_acknowledged(given: Collaborators) -> Backend:
    """An error in a handler is logged and answered 200, or Stripe disables the endpoint."""

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        def start(status: str, headers: Any, exc_info: Any = None) -> Any:
            is_failure = asks_for(environ, "webhook") and status.startswith("5")
            return start_response("200 OK" if is_failure else status, headers)

        return app(environ, start)

    return in_front(given, around)


def duplicate_is_an_error(given: Collaborators) -> Backend:
    """The second insert of an event id violates its key, which nobody catches."""

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        answer = b"".join(app(environ, start_response))
        if b'"duplicate"' in answer:
            raise KeyError("UNIQUE constraint failed")
        return [answer]

    return in_front(given, around)


def writes_at_stripe(given: Collaborators) -> Backend:
    """A webhook handler notes on the subscription that it was seen."""

    def around(environ: Environ, app: WsgiApp, start_response: Any) -> Any:
        body = peek(environ)
        answer = list(app(environ, start_response))
        if asks_for(environ, "webhook"):
            about = json.loads(body)["data"]["object"]
            if about["object"] == "subscription":
                given.stripe.v1.subscriptions.update(about["id"], {"metadata": {"seen": "yes"}})
        return answer

    return in_front(given, around)
