"""The reference server, wrong where people sign in: whose portal, which price, whose pages.

Each function is a factory for `rehearse run --app broken.signed_in:<name>`; its docstring says what its
author believed.
"""

from __future__ import annotations

import json
from typing import Any

from broken.mutation import in_front, inside, peek

from rehearsal_harness.targets.backend import Backend, Collaborators, WsgiApp
from rehearsal_server.operations import account, checkout_status, plan_checkout, user_portal
from rehearsal_server.operations.price_checkout import PriceCheckout


def any_price(given: Collaborators) -> Backend:
    """The console only shows our own prices."""
    return inside(given, (PriceCheckout, "_refuse_foreign", lambda self, price: None))


def portal_by_customer_id(given: Collaborators) -> Backend:
    """Who knows a customer's id is that customer."""
    asked: list[str] = []

    def around(environ: dict[str, Any], app: WsgiApp, start_response: Any) -> Any:
        body = peek(environ)
        asked[:] = [json.loads(body).get("customer_id", "")] if body.startswith(b"{") else [""]
        return app(environ, start_response)

    def customer(context: Any, user: str, now: int) -> str | None:
        return asked[0] or real(context, user, now)

    real = user_portal.customer_of_user
    trusting = inside(given, (user_portal, "customer_of_user", customer))
    return Backend(
        app=lambda environ, start_response: around(environ, trusting.app, start_response),
        reconcile=trusting.reconcile,
    )


def complete_is_paid(given: Collaborators) -> Backend:
    """A completed checkout is a sold one."""
    state = (checkout_status, "order_state", lambda context, order, now: "paid" if order else "processing")
    return inside(given, state)


def refunds_forgotten(given: Collaborators) -> Backend:
    """What was paid once stays."""
    kept = (account, "credits_of", lambda orders: sum(each.credits for each in orders if each.is_paid))
    return inside(given, kept)


def comes_back_anywhere(given: Collaborators) -> Backend:
    """The page knows best where to go back to."""
    anywhere = (plan_checkout, "address", lambda site, path, **_: path if ":" in path else real(site, path))
    real = plan_checkout.address
    return inside(given, (plan_checkout, "own_path", lambda path: path), anywhere)


def any_origin(given: Collaborators) -> Backend:
    """A wildcard spares us a setting."""

    def around(environ: dict[str, Any], app: WsgiApp, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = [each for each in headers if each[0].lower() != "access-control-allow-origin"]
            return start_response(status, [*kept, ("Access-Control-Allow-Origin", "*")])

        return app(environ, start)

    return in_front(given, around)


def echoes_origin(given: Collaborators) -> Backend:
    """Whoever calls may read."""

    def around(environ: dict[str, Any], app: WsgiApp, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = [each for each in headers if each[0].lower() != "access-control-allow-origin"]
            return start_response(
                status, [*kept, ("Access-Control-Allow-Origin", environ.get("HTTP_ORIGIN", "null"))]
            )

        return app(environ, start)

    return in_front(given, around)
