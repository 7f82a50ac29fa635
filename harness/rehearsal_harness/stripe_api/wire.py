"""One exchange: HTTP's words in, the pure handler, HTTP's words out.

Decides: how a request is decoded and how an answer is written.
Does not know: who carries the words (the SDK, `responses` or a socket), or what is remembered (`holder`).
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: `text` is JSON."""

    status: int
    headers: dict[str, str]
    text: str


def exchange(
    account: Answering, method: str, path: str, query: str, body: str, headers: Mapping[str, str]
) -> Answer:
    """Answer one request in the name of `account`; raises NoAnswer."""
    form: Form = {}
    malformed = ""
    try:
        form = decode_form(f"{query}&{body}" if query and body else query or body)
    except MalformedForm as error:
        malformed = str(error)
    request = ApiRequest(
        method=method.upper(),
        path=unquote(path),
        params=form,
        headers={name.lower(): value for name, value in headers.items()},
        malformed=malformed,
    )
    answer = account.run(request)
    return Answer(
        answer.status, {"Content-Type": "application/json", **answer.headers}, json.dumps(answer.body)
    )
