"""Pages over HTTP: one answer with the headers every page has, and the stylesheet's address.

Decides: what a browser may do with a page: nothing from elsewhere, no frame around it, no copy kept of it, so
that the back button asks again.  Does not know any page.
`form-action` is left out of the policy: Chromium applies it to the redirect after a POST too, and a checkout
that is paid redirects to the merchant's site.
"""

from __future__ import annotations

from typing import Any

import falcon

from rehearsal_harness.serving import look

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser hides the origin of our own forms too
    "X-Content-Type-Options": "nosniff",
}

_SENTENCES = {
    404: "There is no page at this address.",
    405: "This address does not take what was sent to it.",
}


def answer(resp: falcon.Response, template: str, *, status: int = 200, **values: Any) -> None:
    """Answer with the page `template`."""
    resp.status = status
    resp.content_type = falcon.MEDIA_HTML
    resp.text = look.render(template, **values)
    for name, value in HEADERS.items():
        resp.set_header(name, value)


def show_error(req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError) -> None:
    """An error as a page for whoever reads pages, and as JSON for everybody else."""
    status = falcon.http_status_to_code(error.status)
    if "text/html" in (req.get_header("Accept") or ""):
        title = error.title or str(error.status)
        sentence = error.description or _SENTENCES.get(status, "The bench could not do that.")
        answer(resp, "look/error.html", status=status, title=title, sentence=sentence)
    else:
        resp.content_type = falcon.MEDIA_JSON
        resp.data = error.to_json()
    resp.append_header("Vary", "Accept")


class Stylesheet:
    """GET look.STYLESHEET."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The text, kept by the browser for a minute: a newer bench soon shows its own."""
        resp.content_type = "text/css; charset=utf-8"
        resp.cache_control = ["max-age=60"]
        resp.data = look.stylesheet()


def routes() -> list[tuple[str, object]]:
    """What every page needs."""
    return [(look.STYLESHEET, Stylesheet())]
