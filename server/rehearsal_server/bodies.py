"""Reading the body that a caller sent, up to a bound.

Decides how much is read, and that only UTF-8, strict JSON and plain forms pass.  Does not know what is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import falcon

from rehearsal_server.errors import Refused
from rehearsal_server.shape import parse_json

FIELDS_MAX = 50  # of a form


def read_body(req: falcon.Request, bytes_max: int) -> bytes:
    """The whole body; raises Refused (413) for a longer one, (400) for an empty one."""
    length = req.content_length or 0
    if length > bytes_max:
        raise Refused(413, "BODY_TOO_LARGE", f"the body is larger than {bytes_max} bytes")
    body = req.stream.read(length) if length else b""
    if not body:
        raise Refused(400, "BODY_EMPTY", "the body is empty")
    return body


def decoded(body: bytes) -> str:
    """The text of a body; raises Refused (400)."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "BODY_NOT_JSON", "the body is not UTF-8") from None


def read_json(req: falcon.Request, bytes_max: int) -> Mapping[str, Any]:
    """The JSON object that is the body; raises Refused (400 or 413)."""
    body = parse_json(decoded(read_body(req, bytes_max)))
    if not isinstance(body, dict):
        raise Refused(400, "BODY_NOT_JSON", "the body is not a JSON object")
    return body


def read_fields(req: falcon.Request, bytes_max: int) -> Mapping[str, Any]:
    """The same, or the fields of a plain form of a page, which are all text; raises Refused (400 or 413)."""
    kind = (req.content_type or "").partition(";")[0].strip().lower()
    if kind != falcon.MEDIA_URLENCODED:
        return read_json(req, bytes_max)
    if not req.content_length:
        return {}
    text = decoded(read_body(req, bytes_max))
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX))
    except ValueError:
        raise Refused(400, "FORM_INVALID", "the body is not a form of at most 50 fields in UTF-8") from None
