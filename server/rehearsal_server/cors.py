"""Which web pages may call: those of one declared origin, exactly, and no others.

Decides what counts as an origin.  Falcon's own middleware answers preflights; this adds `Vary`, so that no
cache hands one origin's answer to another.  Rule: https://fetch.spec.whatwg.org/#http-cors-protocol.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import falcon


def is_origin(value: str) -> bool:
    """Is this `scheme://host[:port]`, and no wildcard, path or user?"""
    try:
        parts = urlsplit(value)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    exact = value == f"{parts.scheme}://{parts.netloc}" and value == value.lower()
    return named and exact and parts.scheme in ("http", "https") and not set("*@, ") & set(parts.netloc)


class OneOrigin:
    """Middleware that lets the pages of one origin read the answers."""

    def __init__(self, origin: str) -> None:
        self._cors: falcon.CORSMiddleware[Any, Any] = falcon.CORSMiddleware(allow_origins=[origin])

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        """Falcon's hook: after every answer, also a refusal."""
        resp.append_header("Vary", "Origin")
        self._cors.process_response(req, resp, resource, req_succeeded)
