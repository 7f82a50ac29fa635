"""How the server says yes: JSON, and whether anybody may keep it.

Decides the headers of an answer.  Does not know what is answered.
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
