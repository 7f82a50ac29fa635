"""Changes of a customer's balance: create, retrieve, update, list.

Source: https://docs.stripe.com/api/customer_balance_transactions.  One balance for each customer: that in
other currencies than her own is not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..billing import customer_balance as billing
from ..change import Change
from ..objects import Customer, CustomerBalanceTransaction
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Kind, Span, Text, Whole

_MOST = 10**12
BALANCE = Whole(least=-_MOST, most=_MOST)
_SAID: Mapping[str, Kind] = {"description": Text(clearable=True), "metadata": Metadata()}
_CREATE: Mapping[str, Kind] = {"amount": BALANCE, "currency": Text(), **_SAID}
_LIST: Mapping[str, Kind] = {**PAGE_PARAMS, "created": Span(), "invoice": Text()}
_DEFAULT_CURRENCY = "usd"  # of an account in the US


def set_balance(change: Change, customer: Customer, balance: int, kind: str) -> None:
    """The merchant says what the balance is to be."""
    if balance != customer.balance:
        currency = customer.currency or _DEFAULT_CURRENCY
        billing.move(change, customer, balance - customer.balance, kind, currency)


def _create(call: Call) -> tuple[World, Json]:
    customer, params = call.target(Customer), call.params
    currency = params["currency"].lower()
    if customer.currency not in (None, currency):
        raise refusal.not_simulated("currency", f"{currency}, where the customer's is {customer.currency}")
    change = call.change()
    moved = billing.move(
        change,
        customer,
        params["amount"],
        "adjustment",
        currency,
        description=params.get("description"),
        metadata=metadata_of(params),
    )
    return change.done(), shown(call.world, moved)


def _found(call: Call) -> CustomerBalanceTransaction:
    customer = call.target(Customer)
    moved = call.world.customer_balance_transactions.get(call.inner_id)
    if moved is None or moved.customer != customer.id:
        raise refusal.no_such("customer balance transaction", call.inner_id, "id", in_path=True)
    return moved


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, _found(call))


def _update(call: Call) -> tuple[World, Json]:
    before = _found(call)
    said = given(call.params, "description")
    after = replace(before, metadata=metadata_of(call.params, before.metadata), **said)
    change = call.change()
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _list(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)

    def keep(moved: CustomerBalanceTransaction) -> bool:
        wanted = matches(call.params, invoice=moved.invoice)
        return wanted and inside(call.params.get("created"), moved.created)

    rows = call.world.customer_balance_transactions.newest_owned_by(customer.id)
    url = f"/v1/customers/{customer.id}/balance_transactions"
    return call.world, listed(call, url, rows, lambda row: shown(call.world, row), keep)


_URL = "/v1/customers/:id/balance_transactions"
OPERATIONS = (
    operation(f"POST {_URL}", _create, _CREATE, required="amount currency"),
    operation(f"GET {_URL}", _list, _LIST),
    operation(f"GET {_URL}/:id", _retrieve),
    operation(f"POST {_URL}/:id", _update, _SAID),
)
