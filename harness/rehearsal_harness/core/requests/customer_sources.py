"""A customer's cards in the old way: create, retrieve, update, delete, list.

Source: https://docs.stripe.com/api/cards.  Only cards are simulated; each is a payment method as well, which
charges take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..billing import payment_method as billing
from ..cards import Card
from ..change import Change
from ..objects import Address, Customer, PaymentMethod, Source
from ..render import deleted
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, listed
from .parameters import Kind, Only, Text, not_simulated
from .payment_method_parameters import EXPIRY, SourceOrCard, card_of_source
from .payment_methods import check_attaches

_CREATE: Mapping[str, Kind] = {
    "metadata": Metadata(),
    "source": SourceOrCard(),
    "validate": Only("true"),
}
_LINES = {
    "address_city": "city",
    "address_country": "country",
    "address_line1": "line1",
    "address_line2": "line2",
    "address_state": "state",
    "address_zip": "postal_code",
}
_UPDATE: Mapping[str, Kind] = {
    **dict.fromkeys(_LINES, Text(clearable=True)),
    **EXPIRY,
    "metadata": Metadata(),
    "name": Text(clearable=True),
    **not_simulated("account_holder_name account_holder_type owner"),
}
_LIST: Mapping[str, Kind] = {**PAGE_PARAMS, "object": Only("card")}


CardAndExpiry = tuple[Card, dict[str, Any]]


def check_source(change: Change, wanted: str | Mapping[str, Any]) -> CardAndExpiry:
    """The card of a token or a hash, and when it expires; raises Refusal where it cannot be kept."""
    card, expiry = card_of_source(change, wanted, "source")
    check_attaches(PaymentMethod(id="", created=0, card=card))
    return card, expiry


def added(
    change: Change, customer: Customer, checked: CardAndExpiry, source_id: str, **fields: Any
) -> Source:
    """The card, kept for the customer under that id."""
    card, expiry = checked
    return billing.add_source(change, customer, card, source_id, **expiry, **fields)


def _create(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)
    change = call.change()
    checked = check_source(change, call.params["source"])
    metadata = metadata_of(call.params)
    source = added(change, customer, checked, change.new_id("card"), metadata=metadata)
    return change.done(), shown(call.world, source)


def _own(call: Call) -> Source:
    customer = call.target(Customer)
    source = call.world.sources.get(call.inner_id)
    if source is None or source.deleted or source.customer != customer.id:
        raise refusal.no_such("source", call.inner_id, "id", in_path=True)
    return source


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, _own(call))


def _update(call: Call) -> tuple[World, Json]:
    before, params = _own(call), call.params
    lines = {line: params[name] for name, line in _LINES.items() if name in params}
    after = replace(
        before,
        metadata=metadata_of(params, before.metadata),
        address=replace(before.address or Address(), **lines) if lines else before.address,
        **given(params, "name exp_month exp_year"),
    )
    change = call.change()
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _delete(call: Call) -> tuple[World, Json]:
    source = _own(call)
    change = call.change()
    billing.remove_source(change, source)
    return change.done(), deleted(source)


def _list(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)
    rows = reversed(call.world.sources.owned_by(customer.id))
    url = f"/v1/customers/{customer.id}/sources"
    return call.world, listed(
        call, url, rows, lambda row: shown(call.world, row), lambda row: not row.deleted
    )


OPERATIONS = (
    operation("POST /v1/customers/:id/sources", _create, _CREATE, required="source"),
    operation("POST /v1/customers/:id/cards", _create, _CREATE, required="source"),  # its name until 2015
    operation("GET /v1/customers/:id/sources", _list, _LIST),
    operation("GET /v1/customers/:id/sources/:id", _retrieve),
    operation("POST /v1/customers/:id/sources/:id", _update, _UPDATE),
    operation("DELETE /v1/customers/:id/sources/:id", _delete),
)
