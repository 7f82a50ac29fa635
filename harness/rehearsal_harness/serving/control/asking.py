"""One request to a running backend, as a person's app or browser would send it.

Decides: time-outs, and that redirects are not followed.  Does not know what is asked or why.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

TIMEOUT_S = (2, 15)  # to connect, to answer
ANSWER_BYTES_MAX = 2**20


class Answered(NamedTuple):
    """Status (0: nothing came, and `problem` says why), JSON body ({} for none) and headers, lower case."""

    status: int
    body: Mapping[str, Any]
    headers: tuple[tuple[str, str], ...] = ()
    problem: str = ""


def asked(
    method: str,
    url: str,
    *,
    body: Mapping[str, Any] | None = None,
    token: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answered:
    """The answer; never raises for what a network does."""
    import requests

    sent = dict(headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy and no .netrc between a bench and a loopback address
            response = session.request(
                method, url, json=body, headers=sent, timeout=TIMEOUT_S, allow_redirects=False, stream=True
            )
            with response:
                content = response.raw.read(ANSWER_BYTES_MAX, decode_content=True)
                told = tuple(sorted((name.lower(), value) for name, value in response.headers.items()))
                return Answered(response.status_code, _json(content), told)
    except (requests.RequestException, OSError, ValueError) as problem:
        return Answered(0, {}, problem=f"the backend did not answer ({type(problem).__name__})")


def _json(content: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
