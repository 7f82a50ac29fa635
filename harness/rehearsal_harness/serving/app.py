"""One socket for everything a person or a program asks of the bench: Stripe's API, its pages, and our own.

Decides: which part answers an address, and who may post to a page.  Does not know what any of them says.
Rules: a browser names the origin of a POST, and a page of another origin must not move our clock; a foreign
Host header is a name that somebody pointed at this machine (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import unquote, urlsplit

import falcon

from rehearsal_harness.core.requests import ApiRequest
from rehearsal_harness.serving.bench import MAIN_KEY, Bench
from rehearsal_harness.stripe_api.forms import MalformedForm, decode_form

LOOPBACK = ("127.0.0.1", "localhost", "::1")
API = "/v1/"


class _OwnOrigin:
    """Refuses what another site makes a browser send."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(hosts)

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.path.startswith(API):
            return  # needs a key, which no browser adds by itself
        if self._hosts and (urlsplit(f"//{req.host}").hostname or "") not in self._hosts:
            raise falcon.HTTPForbidden(
                title="Unknown host",
                description=f"this bench answers to {', '.join(sorted(self._hosts))} only",
            )
        if req.method in ("GET", "HEAD", "OPTIONS"):
            return
        site, origin = req.get_header("Sec-Fetch-Site"), req.get_header("Origin")
        foreign = site not in (None, "same-origin", "none")
        if foreign or (origin is not None and urlsplit(origin).netloc != req.netloc):
            raise falcon.HTTPForbidden(
                title="Foreign origin", description="only the bench's own pages may change it"
            )


class _StripeApi:
    """Hands a request to the account its key opens."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __call__(self, req: falcon.Request, resp: falcon.Response, **_: Any) -> None:
        body = req.bounded_stream.read().decode("utf-8", "replace")
        query = req.query_string
        resp.content_type = "application/json"
        try:
            params = decode_form(f"{query}&{body}" if query and body else query or body)
        except MalformedForm as error:
            resp.status = 400
            resp.media = {"error": {"type": "invalid_request_error", "message": str(error)}}
            return
        headers = {name.lower(): value for name, value in req.headers.items()}
        key = headers.get("authorization", "").rpartition(" ")[2] or MAIN_KEY
        request = ApiRequest(method=req.method, path=unquote(req.path), params=params, headers=headers)
        answer = self._bench.exchange(key, request)
        if answer is None:
            resp.content_length = 2
            resp.stream = iter([b"{"])
            return
        resp.status = answer.status
        resp.media = answer.body
        for name, value in answer.headers.items():
            resp.set_header(name, value)


def create_bench_app(bench: Bench, hosts: Collection[str] = LOOPBACK) -> falcon.App:  # type: ignore[type-arg]
    """The app of a bench; `hosts` are the names it answers to, empty for any."""
    app = falcon.App(middleware=[_OwnOrigin(hosts)])
    app.req_options.strip_url_path_trailing_slash = True
    for path, resource in _routes(bench):
        app.add_route(path, resource)
    app.add_sink(_StripeApi(bench), r"/v[12]/")
    return app


def _routes(bench: Bench) -> list[tuple[str, object]]:
    return []
