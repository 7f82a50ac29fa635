"""Lists, page by page.

Decides: which objects stand on a page and whether there are more.  Does not know: what is listed.
Rule: https://docs.stripe.com/api/pagination: newest first, 10 unless `limit` (1 to 100) says otherwise;
`starting_after` gives older ones, `ending_before` the newer ones next to it, still newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from ..persistent import Row, Table
from . import refusal
from .message import Json
from .operation import Call
from .parameters import Kind, Text, Whole
from .places import Ordered, place_of

T = TypeVar("T", bound=Row)

PAGE_PARAMS: Mapping[str, Kind] = {
    "limit": Whole(least=1, most=100),
    "starting_after": Text(),
    "ending_before": Text(),
}


def listed(
    call: Call,
    url: str,
    rows: Iterable[T] | Ordered[T],
    render: Callable[[T], Json],
    keep: Callable[[T], bool] = lambda _: True,
) -> Json:
    """The page of `rows` that `call` asks for, of those to `keep`; raises Refusal for a bad cursor.

    `rows` come newest first; in a table, or what is like one, a cursor is found without looking at all that
    is newer.
    """
    limit: int = call.params.get("limit", 10)
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    if after and before:
        raise refusal.invalid(
            "Received both starting_after and ending_before parameters. Please pass in only one."
        )
    if before:
        nearest = list(islice(filter(keep, _newer(rows, before)), limit + 1))
        page, more = nearest[:limit][::-1], len(nearest) > limit
    else:
        found = list(islice(filter(keep, _older(rows, after)), limit + 1))
        page, more = found[:limit], len(found) > limit
    return {"object": "list", "data": [render(row) for row in page], "has_more": more, "url": url}


def rows_of(table: Table[T], owner: str | None) -> Iterable[T] | Ordered[T]:
    """What a list is made of: the whole table, or what is filed under the owner that was asked for, newest
    first."""
    return table if owner is None else table.newest_owned_by(owner)


def _older(rows: Iterable[T] | Ordered[T], cursor: str | None) -> Iterator[T]:
    """The rows older than the cursor, or all, newest first."""
    if isinstance(rows, Table) and not cursor:
        return rows.newest_first()
    if isinstance(rows, Ordered):
        end = _place(rows, cursor, "starting_after") if cursor else len(rows)
        return (rows.at(position) for position in range(end - 1, -1, -1))
    rest = iter(rows)
    if cursor and not any(row.id == cursor for row in rest):
        raise refusal.no_such("object", cursor, "starting_after", in_path=False)
    return rest


def _newer(rows: Iterable[T] | Ordered[T], cursor: str) -> Iterator[T]:
    """The rows newer than the cursor, the nearest first."""
    if isinstance(rows, Ordered):
        begin = _place(rows, cursor, "ending_before") + 1
        return (rows.at(position) for position in range(begin, len(rows)))
    newer: list[T] = []
    for row in rows:
        if row.id == cursor:
            return reversed(newer)
        newer.append(row)
    raise refusal.no_such("object", cursor, "ending_before", in_path=False)


def _place(rows: Ordered[T], cursor: str, param: str) -> int:
    place = place_of(rows, cursor)
    if place is None:
        raise refusal.no_such("object", cursor, param, in_path=False)
    return place


def inside(span: Mapping[str, int] | None, instant: int) -> bool:
    """Whether `instant` lies in a Span; None holds every instant."""
    if span is None:
        return True
    return (
        span.get("gte", instant) <= instant <= span.get("lte", instant)
        and instant > span.get("gt", instant - 1)
        and instant < span.get("lt", instant + 1)
    )


def is_listed(params: Mapping[str, Any], test_clock: str | None) -> bool:
    """Whether a list shows what lives on that test clock: only where it is asked about a clock, a customer or
    a subscription (https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage)."""
    return test_clock is None or any(name in params for name in ("test_clock", "customer", "subscription"))


def of_charge_or_intent(call: Call, table: Table[T]) -> Iterable[T]:
    """The rows of a table that is filed by charge, newest first: those of the charge or of the payment intent
    that the request names, or all."""
    charge, intent = call.params.get("charge"), call.params.get("payment_intent")
    if charge is not None:
        return table.newest_owned_by(charge)
    if intent is None:
        return table.newest_first()
    tries = call.world.charges.owned_by(intent)
    return (row for each in reversed(tries) for row in reversed(table.owned_by(each.id)))


def matches(params: Mapping[str, Any], **values: object) -> bool:
    """Whether every parameter of these names that was sent equals the value given."""
    return all(params[name] == value for name, value in values.items() if name in params)
