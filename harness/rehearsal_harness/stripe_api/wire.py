"""One exchange: HTTP's words in, the pure handler, HTTP's words out.

Decides: how a request is decoded, what is remembered of it, and that a failure strikes once.
Does not know: who carries the words: the SDK, `responses` or a socket.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from rehearsal_harness.core.requests import ApiFault, ApiRequest, ApiResponse, handle, handle_with

from .forms import MalformedForm, decode_form
from .holder import Exchange, Holder


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: `text` is JSON."""

    status: int
    headers: dict[str, str]
    text: str


class NoAnswer(ConnectionError):
    """The answer never comes; each edge says so in its own way."""


def exchange(
    holder: Holder, method: str, path: str, query: str, body: str, headers: Mapping[str, str]
) -> Answer:
    """Answer one request and keep the world after it in `holder`; raises NoAnswer."""
    method, path = method.upper(), unquote(path)
    try:
        params = decode_form(f"{query}&{body}" if query and body else query or body)
    except MalformedForm as error:
        refused = {"error": {"type": "invalid_request_error", "message": str(error)}}
        answer: ApiResponse | None = ApiResponse(status=400, body=refused, headers={})
        return _answered(holder, _seen(method, path, answer, None), answer)
    lowered = {name.lower(): value for name, value in headers.items()}
    request = ApiRequest(method=method, path=path, params=params, headers=lowered)
    fault = holder.fault
    if fault is not None and fault.strikes(request):
        holder.fault = None
        holder.world, answer = handle_with(fault, holder.world, request)
    else:
        fault = None
        holder.world, answer = handle(holder.world, request)
    return _answered(holder, _seen(method, path, answer, fault), answer)


def _answered(holder: Holder, seen: Exchange, answer: ApiResponse | None) -> Answer:
    holder.exchanges = holder.exchanges.append(seen)
    if answer is None:
        raise NoAnswer(f"{seen.method} {seen.operation}: no answer ({seen.fault})")
    headers = {"Content-Type": "application/json", **answer.headers}
    return Answer(answer.status, headers, json.dumps(answer.body))


def _seen(method: str, path: str, answer: ApiResponse | None, fault: ApiFault | None) -> Exchange:
    struck = fault.kind.value if fault else ""
    if answer is None:
        return Exchange(method, f"{method} {path}", 0, fault=struck)
    body = answer.body
    objects = body["data"] if body.get("object") == "list" else [body]
    return Exchange(
        method=method,
        operation=answer.operation or f"{method} {path}",
        status=answer.status,
        object_ids=tuple(each["id"] for each in objects if "id" in each),
        code=body.get("error", {}).get("code", ""),
        replayed="Idempotent-Replayed" in answer.headers,
        fault=struck,
    )
