"""Customers: create, retrieve, update, delete, list.

Source: https://docs.stripe.com/api/customers; a deleted customer can still be retrieved, as `deleted: true`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..billing import customer as billing
from ..change import Change
from ..objects import Customer, PaymentMethod, TestClock
from ..render import deleted
from ..world import World
from . import refusal
from .customer_balance import set_balance
from .customer_parameters import CREATE, LIST, UPDATE, fields_of
from .customer_sources import added, check_source
from .customer_tax_ids import given_tax_id
from .discounts import of_old_kind
from .message import Json
from .operation import Call, operation, shown
from .owned import newest_first
from .pages import inside, is_listed, listed, matches, rows_of
from .payment_method_parameters import found
from .payment_methods import attached
from .test_clocks import check_room

_DEFAULT = "invoice_settings[default_payment_method]"


def _create(call: Call) -> tuple[World, Json]:
    change, params = call.change(), call.params
    if "test_clock" in params:
        call.named(TestClock, params["test_clock"], "test_clock")
        check_room(call.world, params["test_clock"])
    new_id = change.new_id("cus", call.new_key(Customer))
    prefix = billing.invoice_prefix(new_id)
    customer = Customer(id=new_id, created=change.now, test_clock=change.test_clock, invoice_prefix=prefix)
    customer = replace(customer, **fields_of(params, customer))
    card = source_id = method = None
    if "source" in params:
        card = check_source(change, params["source"])
        source_id = change.new_id("card")
    if "payment_method" in params:
        method = found(change, params["payment_method"], "payment_method")
    wanted = params.get("invoice_settings", {}).get("default_payment_method")
    if wanted is not None:
        if method is None or wanted not in (method.id, params["payment_method"]):
            raise _not_hers(wanted)
        customer = replace(customer, default_payment_method=method.id)
    customer = change.create(replace(customer, default_source=source_id))
    if card is not None and source_id is not None:
        added(change, customer, card, source_id)
    for data in params.get("tax_id_data", ()):
        given_tax_id(change, customer.id, data)
    if method is not None:
        attached(change, method, customer)
    if params.get("balance"):
        set_balance(change, change.get(Customer, customer.id), params["balance"], "initial")
    of_old_kind(call, change, change.get(Customer, customer.id))
    return change.done(), shown(call.world, change.get(Customer, customer.id))


def _not_hers(method_id: str) -> refusal.Refusal:
    message = (
        f"The customer does not have a payment method with the ID {method_id}. The payment method must be "
        "attached to the customer."
    )
    return refusal.invalid(message, _DEFAULT, "resource_missing")


def _retrieve(call: Call) -> tuple[World, Json]:
    customer = call.world.customers.get(call.object_id)
    if customer is not None and customer.deleted:
        return call.world, deleted(customer)
    return call.world, shown(call.world, call.target(Customer))


def _update(call: Call) -> tuple[World, Json]:
    before, params = call.target(Customer), call.params
    after = replace(before, **fields_of(params, before))
    settings = params.get("invoice_settings", {})
    if "default_payment_method" in settings:
        method_id = settings["default_payment_method"]
        if method_id is not None:
            method = call.named(PaymentMethod, method_id, _DEFAULT)
            if method.customer != before.id:
                raise _not_hers(method_id)
        after = replace(after, default_payment_method=method_id)
    if "default_source" in params:
        source = call.world.sources.get(params["default_source"])
        if source is None or source.deleted or source.customer != before.id:
            raise refusal.no_such("source", params["default_source"], "default_source", in_path=False)
        after = replace(after, default_source=source.id)
    change = call.change()
    if "source" in params:
        after = _replace_source(change, after, params["source"])
    if after != before:
        change.update(before, after)
    if "balance" in params:
        set_balance(change, after, params["balance"], "adjustment")
        after = change.get(Customer, after.id)
    after = of_old_kind(call, change, after)
    return change.done(), shown(call.world, after)


def _replace_source(change: Change, customer: Customer, wanted: Any) -> Customer:
    """The new card is the default, and the default before is gone."""
    old = customer.default_source
    card, source_id = check_source(change, wanted), change.new_id("card")
    after = replace(customer, default_source=source_id)
    change.put(after)
    added(change, after, card, source_id)
    if old is not None:
        billing.forget_source(change, old)
    return after


def _delete(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)
    change = call.change()
    billing.delete(change, customer)
    return change.done(), deleted(customer)


def _list(call: Call) -> tuple[World, Json]:
    def keep(customer: Customer) -> bool:
        wanted = matches(call.params, email=customer.email, test_clock=customer.test_clock)
        wanted = wanted and not customer.deleted and is_listed(call.params, customer.test_clock)
        return wanted and inside(call.params.get("created"), customer.created)

    customers, email = call.world.customers, call.params.get("email")
    rows = (
        rows_of(customers, call.params.get("test_clock"))
        if email is None
        else newest_first(customers, customers.named(email))
    )
    return call.world, listed(call, "/v1/customers", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/customers", _create, CREATE),
    operation("GET /v1/customers", _list, LIST),
    operation("GET /v1/customers/:id", _retrieve),
    operation("POST /v1/customers/:id", _update, UPDATE),
    operation("DELETE /v1/customers/:id", _delete),
)
