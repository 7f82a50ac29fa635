"""Where a hosted page leads back to, for a service whose app has no page of its own here.

Decides: what stands on it.  Does not know what was paid: an address proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal_harness.serving.look import render

if TYPE_CHECKING:
    import falcon

PATH = "/returned/{name}"


class Returned:
    """The page behind a variable such as a success URL."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        """Say which address this is and what it was called with."""
        resp.content_type = "text/html; charset=utf-8"
        resp.text = render("returned/returned.html", name=name, params=sorted(req.params.items()))


def routes() -> list[tuple[str, object]]:
    """The page's address."""
    return [(PATH, Returned())]
