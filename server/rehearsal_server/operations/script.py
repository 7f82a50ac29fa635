"""The one script of the site's pages.

Decides nothing: it is made once, when the server starts.
"""

from __future__ import annotations

import falcon

from rehearsal_server.context import Context
from rehearsal_server.pages import script_of
from rehearsal_specs.manifest import Operation


class Script:
    """GET: JavaScript; a browser asks whether it changed before it uses a kept one."""

    __slots__ = ("_text",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._text = script_of(context)

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.content_type = "text/javascript; charset=utf-8"
        resp.set_header("Cache-Control", "no-cache")
        resp.set_header("X-Content-Type-Options", "nosniff")
        resp.text = self._text
