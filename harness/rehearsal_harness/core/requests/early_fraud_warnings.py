"""Early fraud warnings: retrieve, list.  Source: https://docs.stripe.com/api/radar/early_fraud_warnings."""

from __future__ import annotations

from collections.abc import Mapping

from ..objects import EarlyFraudWarning
from ..world import World
from .message import Json
from .operation import Call, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches, of_charge_or_intent
from .parameters import Kind, Span, Text

_URL = "/v1/radar/early_fraud_warnings"
_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "charge": Text(),
    "created": Span(),
    "payment_intent": Text(),
}


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(EarlyFraudWarning))


def _list(call: Call) -> tuple[World, Json]:
    def keep(warning: EarlyFraudWarning) -> bool:
        wanted = matches(call.params, charge=warning.charge, payment_intent=warning.payment_intent)
        return wanted and inside(call.params.get("created"), warning.created)

    rows = of_charge_or_intent(call, call.world.early_fraud_warnings)
    return call.world, listed(call, _URL, rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation(f"GET {_URL}", _list, _LIST),
    operation(f"GET {_URL}/:id", _retrieve),
)
