"""The simulated Stripe behind a web server: one WSGI callable for every path.

Decides: how a lost answer looks on a socket (the connection ends inside the body), how long a body may be,
and what a client sees of a crash of ours: a 500 in Stripe's shape, its traceback in the log.
Does not know: what is answered.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from .accounts import ManyAccounts
from .holder import Answering
from .wire import Answer, NoAnswer, exchange

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

BODY_MOST = 4 * 1024 * 1024
_REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_LOG = logging.getLogger(__name__)


def create_stripe_app(accounts: Answering | ManyAccounts) -> WsgiApp:
    """A WSGI app that answers for Stripe: from one account whatever the key, or from the account of the
    key.  Several threads may call it."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            answer = _answer(accounts, environ)
        except NoAnswer:
            start_response(_REASONS[200], [("Content-Type", "application/json"), ("Content-Length", "2")])
            return [b"{"]
        except Exception as error:
            _LOG.exception("%s %s", environ.get("REQUEST_METHOD"), environ.get("PATH_INFO"))
            answer = _broken(500, f"The simulated Stripe broke: {type(error).__name__}; its log says more.")
        payload = answer.text.encode()
        headers = [*answer.headers.items(), ("Content-Length", str(len(payload)))]
        start_response(_REASONS.get(answer.status, str(answer.status)), headers)
        return [payload]

    return app


def _answer(accounts: Answering | ManyAccounts, environ: dict[str, Any]) -> Answer:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > BODY_MOST:
        return _broken(413, f"Request body too large: {length} bytes; it may have {BODY_MOST}.")
    headers = _headers(environ)
    account: Answering = accounts.of(headers) if hasattr(accounts, "of") else accounts
    # WSGI hands the path over as latin-1; what it means is UTF-8.
    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace")
    body = environ["wsgi.input"].read(length)
    return exchange(
        account,
        environ["REQUEST_METHOD"],
        path.decode("utf-8", "replace"),
        environ.get("QUERY_STRING", ""),
        body.decode("utf-8", "replace"),
        headers,
    )


def _broken(status: int, message: str) -> Answer:
    kind = "api_error" if status >= 500 else "invalid_request_error"
    text = json.dumps({"error": {"message": message, "type": kind}}, indent=2)
    return Answer(status, {"Content-Type": "application/json"}, text)


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    named = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        named["content-type"] = environ["CONTENT_TYPE"]
    return named
