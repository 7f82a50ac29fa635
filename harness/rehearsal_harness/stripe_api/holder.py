"""The cell that the edges share: the world now, what was asked of it, and the next failure.

Decides: what is remembered of an exchange.  A rewind puts `world` and `exchanges` back; both are immutable
values.
Does not know: how a request is answered (`rehearsal_harness.core.requests`), or HTTP (`wire`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from rehearsal_harness.core.persistent import Log
from rehearsal_harness.core.requests import ApiFault
from rehearsal_harness.core.world import World


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

    @property
    def is_write(self) -> bool:
        """Whether the backend meant to change something at Stripe."""
        return self.method != "GET"

    @property
    def is_not_simulated(self) -> bool:
        """Whether the answer says nothing about the backend, because the simulation cannot do what was
        asked."""
        return self.code == "not_simulated"


@dataclass(slots=True)
class Holder:
    """`world` is read and replaced by every exchange; `fault`, if set, strikes the next request that it
    applies to and is then None."""

    world: World
    exchanges: Log[Exchange] = field(default_factory=Log)
    fault: ApiFault | None = None

    def writes(self) -> tuple[str, ...]:
        """The operations other than GET that the backend asked for, in order."""
        return tuple(exchange.operation for exchange in self.exchanges if exchange.is_write)

    def fetched(self) -> tuple[str, ...]:
        """The ids of the objects that GETs answered with, in order."""
        gets = (exchange for exchange in self.exchanges if not exchange.is_write)
        return tuple(object_id for exchange in gets for object_id in exchange.object_ids)
