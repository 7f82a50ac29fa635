"""How the server says no: one JSON body, `{"error": {"code": ..., "message": ...}}`, with the right status.

Decides the body of every refusal, also of Falcon's own (unknown route, wrong method) and of our bugs.  Does
not know why something is refused.  A message never carries a body, an address or a secret.
"""

from __future__ import annotations

import json
import logging
from typing import TypeAlias

import falcon
from stripe import APIConnectionError, APIError, RateLimitError, StripeError

from rehearsal_server.shape import NotJsonError, ShapeError
from rehearsal_server.store import StoreError

WsgiApp: TypeAlias = falcon.App[falcon.Request, falcon.Response]

log = logging.getLogger("rehearsal_server.errors")


class Refused(falcon.HTTPError):
    """An answer other than yes: HTTP `status`, a CODE for programs, a sentence for people.

    `next_route` names the route that can help, where one can.
    """

    def __init__(self, status: int, code: str, message: str, next_route: str | None = None) -> None:
        super().__init__(status, title=code, description=message)
        self.next_route = next_route


def handle_errors(app: WsgiApp) -> None:
    """Make every error of `app` leave as JSON with a code."""
    app.set_error_serializer(_serialize)
    app.add_error_handler(StoreError, _storage_failed)
    app.add_error_handler(ShapeError, _badly_shaped)
    app.add_error_handler(StripeError, _stripe_failed)
    app.add_error_handler(Exception, _we_failed)
    app.add_error_handler(falcon.HTTPError, _refused)


def _refused(req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError, params: object) -> None:
    resp.status = error.status
    if error.headers:
        resp.set_headers(error.headers)
    _serialize(req, resp, error)


def _serialize(req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError) -> None:
    if isinstance(error, Refused):
        _write(resp, str(error.title), str(error.description), error.next_route)
    else:
        reason = falcon.code_to_http_status(error.status)[4:]
        _write(resp, reason.upper().replace(" ", "_"), f"{req.method} {req.path}: {reason}")


def _badly_shaped(req: falcon.Request, resp: falcon.Response, error: ShapeError, params: object) -> None:
    resp.status = falcon.HTTP_400
    _write(resp, "BODY_NOT_JSON" if isinstance(error, NotJsonError) else "BAD_SHAPE", str(error))


def _storage_failed(req: falcon.Request, resp: falcon.Response, error: StoreError, params: object) -> None:
    log.error("storage failed: %s", error)
    resp.status = falcon.HTTP_503
    _write(resp, "STORAGE_UNAVAILABLE", "the store could not be read or written; nothing was changed")


def _stripe_failed(req: falcon.Request, resp: falcon.Response, error: StripeError, params: object) -> None:
    log.error("Stripe said %s %s (%s)", type(error).__name__, error.code, error.request_id)
    if isinstance(error, APIConnectionError | RateLimitError | APIError):
        resp.status = falcon.HTTP_503
        _write(resp, "STRIPE_UNAVAILABLE", "Stripe could not answer; try again")
    else:
        resp.status = falcon.HTTP_502
        _write(resp, "STRIPE_REFUSED", "Stripe refused what this server asked for")


def _we_failed(req: falcon.Request, resp: falcon.Response, error: Exception, params: object) -> None:
    log.error("%s %s failed", req.method, req.path, exc_info=error)
    resp.status = falcon.HTTP_500
    _write(resp, "INTERNAL", "the server failed; this is a bug of the server")


def _write(resp: falcon.Response, code: str, message: str, next_route: str | None = None) -> None:
    error = {"code": code, "message": message} | ({"next": next_route} if next_route else {})
    resp.content_type = falcon.MEDIA_JSON
    resp.data = json.dumps({"error": error}).encode()
