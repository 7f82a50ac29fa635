"""A customer's tax ids: create, retrieve, delete, list.  The account has none of its own.

Source: https://docs.stripe.com/api/tax_ids.  Their values are kept as they were sent, and not verified.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..billing.causes import Cause
from ..change import Change
from ..objects import Customer, TaxId
from ..render import deleted
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, operation, shown
from .pages import PAGE_PARAMS, listed
from .parameters import Choice, Hash, Kind, ListOf, Raw, Text, not_simulated, text_of


@dataclass(frozen=True, slots=True)
class _Type:
    """A country, or the EU, and the kind of number: `eu_vat`."""

    def read(self, raw: Raw, param: str) -> str:
        text = text_of(raw, param)
        country, _, kind = text.partition("_")
        if len(country) != 2 or not kind or not text.isascii() or text != text.lower():
            raise refusal.invalid(f"Invalid {param}: must be a type of tax id, such as eu_vat", param)
        return text


_FIELDS: Mapping[str, Kind] = {"type": _Type(), "value": Text()}
TAX_ID_DATA = ListOf(Hash(_FIELDS, required=("type", "value")), most=5)


def given_tax_id(change: Change, customer_id: str, data: Mapping[str, Any]) -> TaxId:
    """The customer has one more tax id."""
    return change.create(
        TaxId(
            id=change.new_id("txi"),
            created=change.now,
            customer=customer_id,
            type=data["type"],
            value=data["value"],
        )
    )


def _create(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)
    change = call.change()
    tax_id = given_tax_id(change, customer.id, call.params)
    return change.done(), shown(call.world, tax_id)


def _own(call: Call) -> TaxId:
    customer = call.target(Customer)
    tax_id = call.world.tax_ids.get(call.inner_id)
    if tax_id is None or tax_id.deleted or tax_id.customer != customer.id:
        raise refusal.no_such("tax ID", call.inner_id, "id", in_path=True)
    return tax_id


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, _own(call))


def _delete(call: Call) -> tuple[World, Json]:
    tax_id = _own(call)
    change = call.change()
    change.update(tax_id, replace(tax_id, deleted=True), Cause.DELETED)
    return change.done(), deleted(tax_id)


def _list(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)
    rows = reversed(call.world.tax_ids.owned_by(customer.id))
    url = f"/v1/customers/{customer.id}/tax_ids"
    return call.world, listed(
        call, url, rows, lambda row: shown(call.world, row), lambda row: not row.deleted
    )


def _list_owned(call: Call) -> tuple[World, Json]:
    """Those of the owner that is named; the account itself has none."""
    owner = call.params.get("owner", {})
    rows: Iterable[TaxId] = ()
    if owner.get("type") == "customer":
        if "customer" not in owner:
            raise refusal.missing_parameter("owner[customer]")
        customer = call.named(Customer, owner["customer"], "owner[customer]")
        rows = reversed(call.world.tax_ids.owned_by(customer.id))
    return call.world, listed(
        call, "/v1/tax_ids", rows, lambda row: shown(call.world, row), lambda row: not row.deleted
    )


_OWNER = Hash(
    {
        "type": Choice("self customer", "account application"),
        "customer": Text(),
        **not_simulated("account customer_account"),
    },
    required=("type",),
)
OPERATIONS = (
    operation("GET /v1/tax_ids", _list_owned, {**PAGE_PARAMS, "owner": _OWNER}),
    operation("POST /v1/customers/:id/tax_ids", _create, _FIELDS, required="type value"),
    operation("GET /v1/customers/:id/tax_ids", _list, PAGE_PARAMS),
    operation("GET /v1/customers/:id/tax_ids/:id", _retrieve),
    operation("DELETE /v1/customers/:id/tax_ids/:id", _delete),
)
