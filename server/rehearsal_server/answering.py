"""How the server says yes: JSON, or a page, and whether anybody may keep it.

Decides the headers of an answer, and who is answered with a page: only a browser that asks for HTML before
JSON.  Does not know what is answered.
Source: RFC 9110, section 12.5.1 (Accept) and 15.4.4 (303).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import falcon


def answer_json(resp: falcon.Response, answer: Mapping[str, object]) -> None:
    """A JSON body that no cache keeps: every answer is about somebody, or about now."""
    resp.content_type = falcon.MEDIA_JSON
    resp.set_header("Cache-Control", "no-store")
    resp.data = json.dumps(answer).encode()


def prefers_html(req: falcon.Request) -> bool:
    """Does the caller ask for HTML before JSON, as a browser's navigation does?"""
    return req.client_prefers((falcon.MEDIA_JSON, falcon.MEDIA_HTML)) == falcon.MEDIA_HTML


def answer_way(req: falcon.Request, resp: falcon.Response, answer: Mapping[str, object]) -> None:
    """Where to go next: JSON with its `url`; a browser that sent a plain form is led there at once (303)."""
    if prefers_html(req):
        resp.status = falcon.HTTP_303
        resp.set_header("Cache-Control", "no-store")
        resp.set_header("Location", str(answer["url"]))
    else:
        answer_json(resp, answer)
