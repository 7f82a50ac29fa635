"""Invoice items: retrieve and list.

Source: https://docs.stripe.com/api/invoiceitems.  They come to be as prorations of plan changes; making one
by API is not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..objects import InvoiceItem
from ..world import World
from .message import Json
from .operation import Call, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Flag, Kind, Span, Text, not_simulated

_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "customer": Text(),
    "invoice": Text(),
    "pending": Flag(),
    **not_simulated("customer_account"),
}


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(InvoiceItem))


def _list(call: Call) -> tuple[World, Json]:
    def keep(item: InvoiceItem) -> bool:
        wanted = matches(
            call.params, customer=item.customer, invoice=item.invoice, pending=item.invoice is None
        )
        return wanted and inside(call.params.get("created"), item.created)

    rows = call.world.invoice_items.newest_first()
    return call.world, listed(call, "/v1/invoiceitems", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("GET /v1/invoiceitems", _list, _LIST),
    operation("GET /v1/invoiceitems/:id", _retrieve),
)
