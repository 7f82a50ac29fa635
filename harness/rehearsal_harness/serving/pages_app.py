"""Every page of the bench behind one app, and who may post to it.

Decides: which page answers an address.  Does not know what any of them says.
Rules: a browser names the origin of a POST, and a page of another origin must not move our clock; a foreign
Host header is a name that somebody pointed at this machine (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

import falcon

from rehearsal_harness.serving import control, hosted, readiness, returned
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.look.pages import show_error
from rehearsal_harness.targets.backend import WsgiApp


class _OwnOrigin:
    """Refuses what another site makes a browser send."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(hosts)

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
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


def create_pages_app(bench: Bench, hosts: Collection[str]) -> WsgiApp:
    """The pages of a bench; `hosts` are the names they answer to, empty for any."""
    app = falcon.App(middleware=[_OwnOrigin(hosts)])
    app.req_options.strip_url_path_trailing_slash = True
    app.set_error_serializer(show_error)
    for path, resource in (
        *control.routes(bench),
        *hosted.routes(bench),
        *readiness.routes(bench),
        *returned.routes(),
    ):
        app.add_route(path, resource)
    return app
