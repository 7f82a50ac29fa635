"""The simulated Stripe behind a web server: a Falcon app of one route.

Decides: how a lost answer looks on a socket: the connection ends inside the body.  Does not know: what is
answered.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import falcon

from .holder import Holder
from .wire import NoAnswer, exchange


class _Everything:
    """Hands every request to `exchange`, one at a time."""

    def __init__(self, holder: Holder) -> None:
        self._holder = holder
        self._lock = Lock()

    def __call__(self, req: falcon.Request, resp: falcon.Response, **_: Any) -> None:
        body = req.bounded_stream.read().decode("utf-8", "replace")
        try:
            with self._lock:
                answer = exchange(self._holder, req.method, req.path, req.query_string, body, req.headers)
        except NoAnswer:
            resp.content_length = 2
            resp.stream = iter([b"{"])
            return
        resp.status = answer.status
        resp.text = answer.text
        for name, value in answer.headers.items():
            resp.set_header(name, value)


def create_stripe_app(holder: Holder) -> falcon.App:  # type: ignore[type-arg]
    """A WSGI app that answers for Stripe from the world in `holder`."""
    app = falcon.App()
    app.add_sink(_Everything(holder))
    return app
