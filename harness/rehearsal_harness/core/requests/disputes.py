"""Disputes: retrieve and list.

Source: https://docs.stripe.com/api/disputes.  A bank opens and decides them (`actions.OpenDispute`,
`actions.CloseDispute`); sending evidence by API is not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..objects import Dispute
from ..world import World
from .message import Json
from .operation import Call, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Kind, Span, Text

_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "charge": Text(),
    "created": Span(),
    "payment_intent": Text(),
}


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Dispute))


def _list(call: Call) -> tuple[World, Json]:
    def keep(dispute: Dispute) -> bool:
        wanted = matches(call.params, charge=dispute.charge, payment_intent=dispute.payment_intent)
        return wanted and inside(call.params.get("created"), dispute.created)

    rows = call.world.disputes.newest_first()
    return call.world, listed(call, "/v1/disputes", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("GET /v1/disputes", _list, _LIST),
    operation("GET /v1/disputes/:id", _retrieve),
)
