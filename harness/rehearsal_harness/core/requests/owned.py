"""What belongs to a customer, found through what is filed and not by looking at everybody's.

Decides: through which objects a customer's are reached: an invoice through her subscriptions, a payment
through her invoices, a charge through her payments; and that they stand in the order of their creation.
Does not know: which of them a request wants to see.
Source: https://docs.stripe.com/api/pagination: newest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from ..filing import MOVES
from ..objects import Charge, Invoice, InvoiceItem, PaymentIntent
from ..persistent import Row, Table
from ..world import World
from .places import place_of

T = TypeVar("T", bound=Row)

_CREATED = attrgetter("created")


def of_customer(world: World, kind: type[T], customer: str) -> Iterable[T]:
    """All objects of class `kind` that are the customer's, newest first."""
    table = world.table(kind)
    owners = _owners(world, kind, customer)
    if len(owners) == 1 and kind not in MOVES:
        return table.newest_owned_by(customer)
    return newest_first(table, [row for owner in owners for row in table.owned_by(owner)])


def _owners(world: World, kind: type[T], customer: str) -> list[str]:
    """Under what a customer's objects of that class are filed."""
    owners = [customer]
    if issubclass(kind, Invoice | InvoiceItem):
        owners.extend(world.subscriptions.ids_owned_by(customer))
    elif issubclass(kind, PaymentIntent):
        owners.extend(_ids(world, Invoice, customer))
    elif issubclass(kind, Charge):
        owners.extend(_ids(world, PaymentIntent, customer))
    return owners


def _ids(world: World, kind: type[Row], customer: str) -> Iterator[str]:
    table = world.table(kind)
    return (row_id for owner in _owners(world, kind, customer) for row_id in table.ids_owned_by(owner))


def newest_first(table: Table[T], rows: Iterable[T]) -> Iterator[T]:
    """Some rows of the table, which say when they were `created`, as they would stand in a list of all; the
    table is looked at only for those of one second."""
    for _, group in groupby(sorted(rows, key=_CREATED, reverse=True), key=_CREATED):
        same = list(group)
        if len(same) > 1:
            same.sort(key=lambda row: place_of(table, row.id) or 0, reverse=True)
        yield from same
