"""Customers: create, retrieve, update, delete, list.

Source: https://docs.stripe.com/api/customers; a deleted customer can still be retrieved, as `deleted: true`.
"""

from __future__ import annotations

from dataclasses import replace

from ..billing import customer as billing
from ..objects import Customer, PaymentMethod
from ..render import deleted
from ..world import World
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Email, Hash, Kind, Only, Span, Text, harmless, not_simulated

_PLAIN = "email name phone description"

_FIELDS: dict[str, Kind] = {
    "email": Email(),
    "name": Text(most=256, clearable=True),
    "phone": Text(most=20, clearable=True),
    "description": Text(clearable=True),
    "metadata": Metadata(),
    "tax_exempt": Only("none"),
    **harmless("preferred_locales"),
    **not_simulated(
        "address balance business_name cash_balance individual_name invoice_prefix next_invoice_sequence "
        "shipping source tax validate"
    ),
}
_CREATE: dict[str, Kind] = {
    **_FIELDS,
    **not_simulated("invoice_settings payment_method tax_id_data test_clock"),
}
_UPDATE: dict[str, Kind] = {
    **_FIELDS,
    "invoice_settings": Hash(
        {
            "default_payment_method": Text(),
            **not_simulated("custom_fields footer rendering_options"),
        }
    ),
    **not_simulated("default_source"),
}
_LIST: dict[str, Kind] = {**PAGE_PARAMS, "created": Span(), "email": Text(), **not_simulated("test_clock")}


def _create(call: Call) -> tuple[World, Json]:
    change = call.change()
    new_id = change.new_id("cus", call.new_key(Customer))
    customer = Customer(
        id=new_id,
        created=change.now,
        invoice_prefix=billing.invoice_prefix(new_id),
        metadata=metadata_of(call.params),
        **given(call.params, _PLAIN),
    )
    rendered = shown(call.world, change.create(customer))
    return change.done(), rendered


def _retrieve(call: Call) -> tuple[World, Json]:
    customer = call.world.customers.get(call.object_id)
    if customer is not None and customer.deleted:
        return call.world, deleted(customer)
    return call.world, shown(call.world, call.target(Customer))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(Customer)
    after = replace(before, metadata=metadata_of(call.params, before.metadata), **given(call.params, _PLAIN))
    method_id = call.params.get("invoice_settings", {}).get("default_payment_method")
    if method_id is not None:
        call.named(PaymentMethod, method_id, "invoice_settings[default_payment_method]")
        after = replace(after, default_payment_method=method_id)
    change = call.change()
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _delete(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)
    change = call.change()
    billing.delete(change, customer)
    return change.done(), deleted(customer)


def _list(call: Call) -> tuple[World, Json]:
    def keep(customer: Customer) -> bool:
        wanted = matches(call.params, email=customer.email) and not customer.deleted
        return wanted and inside(call.params.get("created"), customer.created)

    rows = call.world.customers.newest_first()
    return call.world, listed(call, "/v1/customers", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/customers", _create, _CREATE),
    operation("GET /v1/customers", _list, _LIST),
    operation("GET /v1/customers/:id", _retrieve),
    operation("POST /v1/customers/:id", _update, _UPDATE),
    operation("DELETE /v1/customers/:id", _delete),
)
