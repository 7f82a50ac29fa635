"""One exchange: HTTP's words in, the pure handler, HTTP's words out.

Decides: how a request is decoded, which bodies are no forms, and how an answer is written.
Does not know: who carries the words (the SDK, `responses` or a socket), or what is remembered (`holder`).
Rule: https://docs.stripe.com/api (form-encoded requests, JSON answers); the refusal of another content type
is worded as users report it (vapor-community/stripe issue 39).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from rehearsal_harness.core.requests import ApiRequest, Form

from .forms import MalformedForm, decode_form
from .holder import Answering, NoAnswer

__all__ = ["Answer", "NoAnswer", "exchange"]

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: `text` is JSON."""

    status: int
    headers: dict[str, str]
    text: str


def exchange(
    account: Answering,
    method: str,
    path: str,
    query: str,
    body: str | bytes,
    headers: Mapping[str, str],
    serial: int = 0,
) -> Answer:
    """Answer one request in the name of `account`; raises NoAnswer.  `serial` tells apart requests that are
    otherwise equal."""
    lowered = {name.lower(): value for name, value in headers.items()}
    form: Form = {}
    malformed = ""
    try:
        form = _form(query, body, lowered.get("content-type", ""))
    except MalformedForm as error:
        malformed = str(error)
    request = ApiRequest(
        method=method.upper(),
        path=unquote(path),
        params=form,
        headers=lowered,
        malformed=malformed,
        serial=serial,
    )
    answer = account.run(request)
    # The SDKs parse it; everybody else, a person at a terminal first, reads it as Stripe prints it.
    is_sdk = "Bindings/" in lowered.get("user-agent", "Bindings/")
    text = json.dumps(answer.body) if is_sdk else json.dumps(answer.body, indent=2) + "\n"
    return Answer(answer.status, {"Content-Type": "application/json", **answer.headers}, text)


def _form(query: str, body: str | bytes, content_type: str) -> Form:
    """The parameters of a request; raises MalformedForm."""
    kind = content_type.partition(";")[0].strip().lower()
    if body and kind not in ("", _FORM):
        raise MalformedForm(
            f"Invalid request: unsupported Content-Type {content_type[:80]}; expected {_FORM}. If error "
            "persists and you need assistance, please contact support@stripe.com."
        )
    try:
        text = body.decode() if isinstance(body, bytes) else body
    except UnicodeDecodeError:
        raise MalformedForm("Invalid form: the request body is not UTF-8") from None
    return decode_form(f"{query}&{text}" if query and text else query or text)
