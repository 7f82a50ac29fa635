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
    app.add_error_handler(Exception, _failed)
    app.add_error_handler(falcon.HTTPError, _refused)


def answer_to(error: Exception) -> tuple[int, str, str]:
    """HTTP status, code and message for whatever was raised while answering."""
    if isinstance(error, Refused):
        return error.status_code, str(error.title), str(error.description)
    if isinstance(error, falcon.HTTPError):
        reason = falcon.code_to_http_status(error.status)[4:]
        return error.status_code, reason.upper().replace(" ", "_"), reason
    if isinstance(error, ShapeError):
        return 400, "BODY_NOT_JSON" if isinstance(error, NotJsonError) else "BAD_SHAPE", str(error)
    if isinstance(error, StoreError):
        return 503, "STORAGE_UNAVAILABLE", "the store could not be read or written; nothing was changed"
    if isinstance(error, APIConnectionError | RateLimitError | APIError):
        return 503, "STRIPE_UNAVAILABLE", "Stripe could not answer; try again"
    if isinstance(error, StripeError):
        return 502, "STRIPE_REFUSED", "Stripe refused what this server asked for"
    return 500, "INTERNAL", "the server failed; this is a bug of the server"


def _refused(req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError, params: object) -> None:
    if error.headers:
        resp.set_headers(error.headers)
    _serialize(req, resp, error)


def _failed(req: falcon.Request, resp: falcon.Response, error: Exception, params: object) -> None:
    if isinstance(error, StripeError):
        log.error("Stripe said %s %s (%s)", type(error).__name__, error.code, error.request_id)
    elif isinstance(error, StoreError):
        log.error("storage failed: %s", error)
    elif not isinstance(error, ShapeError):
        log.error("%s %s failed", req.method, req.path, exc_info=error)
    _serialize(req, resp, error)


def _serialize(req: falcon.Request, resp: falcon.Response, error: Exception) -> None:
    status, code, message = answer_to(error)
    body = {"code": code, "message": message}
    if isinstance(error, Refused) and error.next_route:
        body["next"] = error.next_route
    resp.status = falcon.code_to_http_status(status)
    resp.content_type = falcon.MEDIA_JSON
    resp.data = json.dumps({"error": body}).encode()
