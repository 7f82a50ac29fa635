"""The cell that the edges share: the world now, what was asked of it, and the next failure.

Decides: what is remembered of an exchange, and that writes to one account come one after the other while
reads never wait.  A rewind puts `world` and `exchanges` back; both are immutable values.
Does not know: how a request is answered (`rehearsal_harness.core.requests`), or HTTP (`wire`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple, Protocol

from rehearsal_harness.core.persistent import Log
from rehearsal_harness.core.requests import (
    ApiFault,
    ApiRequest,
    ApiResponse,
    handle,
    handle_with,
)
from rehearsal_harness.core.world import World


class NoAnswer(ConnectionError):
    """The answer never comes; each edge says so in its own way."""


class Answering(Protocol):
    """Whatever answers for one account; `Holder` is the plain one."""

    def run(self, request: ApiRequest) -> ApiResponse:
        """The answer to one decoded request; raises NoAnswer where none comes."""


class Exchange(NamedTuple):
    """One request and its answer.

    `operation` is the route, as `POST /v1/checkout/sessions`, or method and path where no route answered.
    `object_ids`: the ids of the objects in the answer.  `code` is the error code, `fault` the id of an
    injected failure.
    """

    method: str
    operation: str
    status: int
    object_ids: tuple[str, ...] = ()
    code: str = ""
    replayed: bool = False
    fault: str = ""
    path: str = ""
    request_id: str = ""

    @property
    def is_write(self) -> bool:
        """Whether the backend meant to change something at Stripe."""
        return self.method != "GET"

    @property
    def is_not_simulated(self) -> bool:
        """Whether the answer says nothing about the backend, because the simulation cannot do what was
        asked."""
        return self.code == "not_simulated"


# What is told of each exchange: the worlds before and after it, the exchange, the request and its answer.
OnExchange = Callable[[World, World, Exchange, ApiRequest, "ApiResponse | None"], None]


@dataclass(slots=True)
class Holder:
    """`world` is read and replaced by every exchange; `fault`, if set, strikes the next request that it
    applies to and is then None.

    Whoever changes `world` from outside while requests are answered holds `writing` meanwhile.
    A slow answer is waited for after its work is done, with nobody else waiting.
    `exchanges_most` bounds what is remembered, at most twice that; 0 forgets nothing, as a rehearsal needs.
    `on_exchange` is called after each exchange; after a write before the next write begins.
    """

    world: World
    exchanges: Log[Exchange] = field(default_factory=Log)
    fault: ApiFault | None = None
    exchanges_most: int = 0
    on_exchange: OnExchange | None = None
    writing: Lock = field(default_factory=Lock, repr=False, compare=False)
    _remembering: Lock = field(default_factory=Lock, repr=False, compare=False)

    def run(self, request: ApiRequest) -> ApiResponse:
        """The answer to `request`, and the world after it kept; raises NoAnswer."""
        if request.method == "GET" and self.fault is None:
            world = self.world
            return self._told(world, world, request, handle(world, request)[1], None)
        return self._write(request)

    def _write(self, request: ApiRequest) -> ApiResponse:
        with self.writing:
            before, fault = self.world, self.fault
            if fault is not None and fault.strikes(request):
                self.fault = fault.spent()
                self.world, answer = handle_with(fault, before, request)
            else:
                fault = None
                self.world, answer = handle(before, request)
            told = self._told(before, self.world, request, answer, fault)
        if fault is not None and fault.delay_s:
            time.sleep(fault.delay_s)
        return told

    def _told(
        self,
        before: World,
        after: World,
        request: ApiRequest,
        answer: ApiResponse | None,
        fault: ApiFault | None,
    ) -> ApiResponse:
        seen = _seen(request, answer, fault)
        with self._remembering:
            self.exchanges = self._kept().append(seen)
        if self.on_exchange is not None:
            self.on_exchange(before, after, seen, request, answer)
        if answer is None:
            raise NoAnswer(f"{seen.method} {seen.operation}: no answer ({seen.fault})")
        return answer

    def _kept(self) -> Log[Exchange]:
        log = self.exchanges
        if not self.exchanges_most or len(log) < 2 * self.exchanges_most:
            return log
        kept: Log[Exchange] = Log()
        for exchange in log.since(len(log) - self.exchanges_most):
            kept = kept.append(exchange)
        return kept

    def writes(self) -> tuple[str, ...]:
        """The operations other than GET that the backend asked for, in order."""
        return tuple(exchange.operation for exchange in self.exchanges if exchange.is_write)

    def fetched(self) -> tuple[str, ...]:
        """The ids of the objects that GETs answered with, in order."""
        gets = (exchange for exchange in self.exchanges if not exchange.is_write)
        return tuple(object_id for exchange in gets for object_id in exchange.object_ids)


def _seen(request: ApiRequest, answer: ApiResponse | None, fault: ApiFault | None) -> Exchange:
    struck = fault.kind.value if fault else ""
    asked = f"{request.method} {request.path}"
    if answer is None:
        return Exchange(request.method, asked, 0, fault=struck, path=request.path)
    body = answer.body
    objects = body["data"] if body.get("object") in ("list", "search_result") else [body]
    return Exchange(
        method=request.method,
        operation=answer.operation or asked,
        status=answer.status,
        object_ids=tuple(each["id"] for each in objects if "id" in each),
        code=body.get("error", {}).get("code", ""),
        replayed="Idempotent-Replayed" in answer.headers,
        fault=struck,
        path=request.path,
        request_id=answer.headers.get("Request-Id", ""),
    )
