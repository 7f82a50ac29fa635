"""Lists, page by page.

Decides: which objects stand on a page and whether there are more.  Does not know: what is listed.
Rule: https://docs.stripe.com/api/pagination: newest first, 10 unless `limit` (1 to 100) says otherwise;
`starting_after` gives older ones, `ending_before` the newer ones next to it, still newest first.  Only rows
newer than the end of the page are looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from ..persistent import Row
from . import refusal
from .message import Json
from .operation import Call
from .parameters import Kind, Text, Whole

T = TypeVar("T", bound=Row)

PAGE_PARAMS: Mapping[str, Kind] = {
    "limit": Whole(least=1, most=100),
    "starting_after": Text(),
    "ending_before": Text(),
}


def listed(
    call: Call,
    url: str,
    rows: Iterable[T],
    render: Callable[[T], Json],
    keep: Callable[[T], bool] = lambda _: True,
) -> Json:
    """The page of `rows` (newest first) that `call` asks for, of those to `keep`; raises Refusal for a bad
    cursor."""
    limit: int = call.params.get("limit", 10)
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    if after and before:
        raise refusal.invalid(
            "Received both starting_after and ending_before parameters. Please pass in only one."
        )
    if before:
        newer = deque(filter(keep, _up_to(rows, before)), limit + 1)
        page, more = list(newer)[-limit:], len(newer) > limit
    else:
        older = _past(rows, after) if after else rows
        found = list(islice(filter(keep, older), limit + 1))
        page, more = found[:limit], len(found) > limit
    return {"object": "list", "data": [render(row) for row in page], "has_more": more, "url": url}


def _up_to(rows: Iterable[T], cursor: str) -> Iterator[T]:
    for row in rows:
        if row.id == cursor:
            return
        yield row
    raise refusal.no_such("object", cursor, "ending_before", in_path=False)


def _past(rows: Iterable[T], cursor: str) -> Iterator[T]:
    rest = iter(rows)
    if any(row.id == cursor for row in rest):
        return rest
    raise refusal.no_such("object", cursor, "starting_after", in_path=False)


def inside(span: Mapping[str, int] | None, instant: int) -> bool:
    """Whether `instant` lies in a Span; None holds every instant."""
    if span is None:
        return True
    return (
        span.get("gte", instant) <= instant <= span.get("lte", instant)
        and instant > span.get("gt", instant - 1)
        and instant < span.get("lt", instant + 1)
    )


def matches(params: Mapping[str, Any], **values: object) -> bool:
    """Whether every parameter of these names that was sent equals the value given."""
    return all(params[name] == value for name, value in values.items() if name in params)
