"""Invoice payments: retrieve and list.

Source: https://docs.stripe.com/api/invoice-payment: since 2025-03-31.basil they are the only way from a
payment intent to its invoice.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..objects import InvoicePayment
from ..world import World
from .message import Json
from .operation import Call, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches, rows_of
from .parameters import Choice, Hash, Kind, Span, Text, not_simulated

_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "invoice": Text(),
    "payment": Hash(
        {
            "type": Choice("payment_intent", "payment_record"),
            "payment_intent": Text(),
            **not_simulated("payment_record"),
        },
        required=("type",),
    ),
    "status": Choice("open paid canceled"),
}


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(InvoicePayment))


def _list(call: Call) -> tuple[World, Json]:
    params = call.params
    intent = params.get("payment", {}).get("payment_intent")

    def keep(payment: InvoicePayment) -> bool:
        return (
            matches(params, invoice=payment.invoice, status=payment.status)
            and intent in (None, payment.payment_intent)
            and inside(params.get("created"), payment.created)
        )

    paid = call.world.payment_intents.get(intent) if intent else None
    rows = rows_of(call.world.invoice_payments, params.get("invoice") or (paid.invoice if paid else None))
    return call.world, listed(call, "/v1/invoice_payments", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("GET /v1/invoice_payments", _list, _LIST),
    operation("GET /v1/invoice_payments/:id", _retrieve),
)
