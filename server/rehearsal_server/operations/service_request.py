"""Somebody asks people for something: a service, an invoice by hand, an answer.

Decides which fields a request has, and that secrets are redacted in every one of them before anything is
stored or named.  The same request again, within the same minute or under the same Idempotency-Key, is the
one request.  Does not know what a secret looks like (`redaction`), nor who reads requests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import falcon

from rehearsal_server.answering import answer_json, prefers_html
from rehearsal_server.bodies import read_fields
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.redaction import redact
from rehearsal_server.store import Request
from rehearsal_specs.manifest import Operation

BODY_BYTES_MAX = 2**15
LENGTH_MAX, DETAILS_MAX, FIELDS_MAX, KEY_MAX = 500, 8_000, 20, 40
REQUIRED = ("name", "email")
NOTICE = (
    "Something that looks like a secret was replaced by [redacted] before your request was stored. If it was"
    " a real one, revoke it now; this form is no way to send secrets."
)


class ServiceRequest:
    """POST {name, email, plan_id?, website?, details?, …}: the request's id, and what was redacted."""

    __slots__ = ("_context", "_plans", "_thanks")

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context
        self._plans = [each.id for each in context.manifest.offers]
        operations = context.manifest.operations
        thanks = (each for each in operations if each.options.get("template") == "assistant_thanks")
        self._thanks = next((each.route.path for each in thanks), None)

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        fields = self._fields(read_fields(req, BODY_BYTES_MAX))
        kept = {key: redact(value) for key, value in fields.items()}
        redacted = [key for key, value in fields.items() if kept[key] != value]
        body, now = json.dumps(kept, sort_keys=True), self._context.clock()
        once = req.get_header("Idempotency-Key") or str(now // 60)
        request_id = "req_" + sha256(f"{once}\n{body}".encode()).hexdigest()[:24]
        with self._context.store.transaction():
            self._context.store.add_request(Request(request_id=request_id, at=now, body=body))
        if self._thanks is not None and prefers_html(req):
            resp.status = falcon.HTTP_303
            query = "request=redacted" if redacted else "request=received"
            resp.set_header("Location", f"{self._thanks}?{query}")
            return
        answer: dict[str, object] = {"ok": True, "request_id": request_id, "redacted": redacted}
        answer_json(resp, answer | {"notice": NOTICE if redacted else None})

    def _fields(self, body: Mapping[str, Any]) -> dict[str, str]:
        """What was filled in, in a form's order; raises Refused (400) naming the field, never its value."""
        if len(body) > FIELDS_MAX:
            raise Refused(400, "FIELDS_TOO_MANY", f"a request has at most {FIELDS_MAX} fields")
        fields = {key: _text(key, value) for key, value in body.items() if value is not None}
        fields = {key: value for key, value in fields.items() if value}
        for key in REQUIRED:
            if key not in fields:
                raise Refused(400, "FIELD_MISSING", f"{key} is missing: say who asks, and where to answer")
        user, _, host = fields["email"].rpartition("@")
        if not user or not host or any(character.isspace() for character in fields["email"]):
            raise Refused(400, "EMAIL_INVALID", "email is not an e-mail address")
        if fields.get("plan_id", self._plans[0] if self._plans else "") not in self._plans:
            raise Refused(400, "UNKNOWN_PLAN", f"plan_id is one of {', '.join(self._plans)}, or left out")
        return fields


def _text(key: str, value: object) -> str:
    limit = DETAILS_MAX if key == "details" else LENGTH_MAX
    if not key.isidentifier() or len(key) > KEY_MAX or redact(key) != key:
        raise Refused(400, "FIELD_INVALID", f"a field's name is one word of at most {KEY_MAX} letters")
    if type(value) is not str or len(value) > limit:
        raise Refused(400, "FIELD_INVALID", f"{key} must be text of at most {limit} characters")
    if not _is_storable(value):
        raise Refused(400, "FIELD_INVALID", f"{key} holds characters that are no text")
    return value.strip()


def _is_storable(value: str) -> bool:
    """No control characters but line ends and tabs (PostgreSQL keeps no NUL), and no half of a character."""
    return all(character >= " " or character in "\r\n\t" for character in value) and not any(
        "\ud800" <= character <= "\udfff" for character in value
    )
