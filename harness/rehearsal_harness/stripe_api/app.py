"""The simulated Stripe behind a web server: one WSGI callable for every path.

Decides: how a lost answer looks on a socket (the connection ends inside the body, unless the server can be
told to end it before the answer: that is what the SDKs try again after), how long a body may be,
that an idempotency key is answered once at a time, and what a client sees of a crash of ours: a 500 in
Stripe's shape, its traceback in the log.
Does not know: what is answered.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from itertools import count
from threading import Lock
from typing import Any, NoReturn

from rehearsal_harness.core.requests import ApiRequest, ApiResponse, in_use

from .accounts import ManyAccounts
from .holder import Answering
from .wire import Answer, NoAnswer, exchange

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

BODY_MOST = 4 * 1024 * 1024
_METHODS = "GET, POST, HEAD, OPTIONS, DELETE"
_REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_LOG = logging.getLogger(__name__)


def create_stripe_app(
    accounts: Answering | ManyAccounts, hang_up: Callable[[], NoReturn] | None = None
) -> WsgiApp:
    """A WSGI app that answers for Stripe: from one account whatever the key, or from the account of the
    key.  `hang_up` raises what the web server ends a connection for.  Several threads may call it."""
    edge = _Edge(accounts)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            answer = edge.answer(environ)
        except NoAnswer:
            if hang_up is not None:
                hang_up()
            start_response(_REASONS[200], [("Content-Type", "application/json"), ("Content-Length", "2")])
            return [b"{"]
        except Exception as error:
            _LOG.exception("%s %s", environ.get("REQUEST_METHOD"), environ.get("PATH_INFO"))
            answer = _broken(500, f"The simulated Stripe broke: {type(error).__name__}; its log says more.")
        payload = answer.text.encode()
        headers = [*answer.headers.items(), ("Content-Length", str(len(payload)))]
        start_response(_REASONS.get(answer.status, str(answer.status)), headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [payload]

    return app


class _Edge:
    """What is remembered between requests: how many there were, and which keys are being answered."""

    def __init__(self, accounts: Answering | ManyAccounts) -> None:
        self._accounts = accounts
        self._serials = count(1)
        self._keys: set[tuple[int, str]] = set()
        self._lock = Lock()

    def answer(self, environ: dict[str, Any]) -> Answer:
        """The answer to one request; raises NoAnswer."""
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return Answer(200, {"Content-Type": "application/json", "Allow": _METHODS}, "")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > BODY_MOST:
            return _broken(413, f"Request body too large: {length} bytes; it may have {BODY_MOST}.")
        headers = _headers(environ)
        accounts = self._accounts
        account: Answering = accounts.of(headers) if hasattr(accounts, "of") else accounts
        # WSGI hands path and query over as latin-1; what they mean is UTF-8.
        path = _as_utf8(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
        return exchange(
            _OneAtATime(account, self._keys, self._lock) if "idempotency-key" in headers else account,
            "GET" if method == "HEAD" else method,
            path,
            _as_utf8(environ.get("QUERY_STRING", "")),
            environ["wsgi.input"].read(length),
            headers,
            next(self._serials),
        )


class _OneAtATime:
    """An account that refuses an idempotency key while it answers it."""

    def __init__(self, account: Answering, keys: set[tuple[int, str]], lock: Lock) -> None:
        self._account = account
        self._keys = keys
        self._lock = lock

    def run(self, request: ApiRequest) -> ApiResponse:
        """The account's answer; raises NoAnswer."""
        if request.method != "POST":
            return self._account.run(request)
        key = (id(self._account), request.headers["idempotency-key"])
        with self._lock:
            if key in self._keys:
                return in_use(request)
            self._keys.add(key)
        try:
            return self._account.run(request)
        finally:
            self._keys.discard(key)


def _as_utf8(text: str) -> str:
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


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
