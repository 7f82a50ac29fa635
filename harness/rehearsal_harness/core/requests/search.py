"""Search: Stripe's query language over seven resources.

Decides: what a query means and which fields it may name.  Does not know any resource: a query is held against
the rendered object.  Stripe's search may miss what was written in the last minute; this one never does, so a
rehearsal refuses it (nothing may be proved of a backend that relies on it) and a running bench answers.
Rule: https://docs.stripe.com/search: clauses joined by a space or AND, or by OR, never by both; `:` equals
(letters' case aside), `~` contains, `-` negates, >, <, >=, <= compare numbers; at most ten clauses.
"""

from __future__ import annotations

import operator
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..objects import Charge, Customer, Invoice, PaymentIntent, Price, Product, StripeObject, Subscription
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, Operation, operation, shown
from .parameters import Kind, Text, Whole

_CLAUSES_MOST = 10
_SHORTEST_PART = 3
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_CLAUSE = re.compile(
    rf"(?P<minus>-)?(?P<field>[a-z_]+(?:\.[a-z_0-9]+)*)(?:\[(?P<key>{_QUOTED})\])?"
    rf"\s*(?P<sign>>=|<=|[:~<>=])\s*(?P<value>{_QUOTED}|[^\s\"']+)"
)
_JOIN = re.compile(r"\s+(?:(AND|OR)\s+)?", re.IGNORECASE)
_NUMBERS = frozenset(("amount", "canceled_at", "created", "total"))
_COMPARED: Mapping[str, Callable[[int, int], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_CARD = "payment_method_details.card"

# The resource -> the fields that a query may name; a dot leads into the rendered object.
_FIELDS: Mapping[type[StripeObject], tuple[str, str]] = {
    Charge: (
        "charges",
        "amount billing_details.address.postal_code created currency customer disputed metadata "
        "payment_method_details.brand payment_method_details.exp_month payment_method_details.exp_year "
        "payment_method_details.fingerprint payment_method_details.last4 refunded status",
    ),
    Customer: ("customers", "created email metadata name phone"),
    Invoice: (
        "invoices",
        "created currency customer last_finalization_error_code last_finalization_error_type metadata number "
        "receipt_number status subscription total",
    ),
    PaymentIntent: ("payment_intents", "amount created currency customer metadata status"),
    Price: ("prices", "active currency lookup_key metadata product type"),
    Product: ("products", "active description metadata name shippable url"),
    Subscription: ("subscriptions", "canceled_at created metadata status"),
}
# Where a field of a query lies in the rendered object, if not under its own name.
_PLACES = {
    "last_finalization_error_code": "last_finalization_error.code",
    "last_finalization_error_type": "last_finalization_error.type",
    "subscription": "parent.subscription_details.subscription",
    **{
        f"payment_method_details.{name}": f"{_CARD}.{name}"
        for name in ("brand", "exp_month", "exp_year", "fingerprint", "last4")
    },
}


@dataclass(frozen=True, slots=True)
class _Clause:
    """One condition; `place` leads into the rendered object, `text` None stands for null."""

    place: tuple[str, ...]
    sign: str
    text: str | None
    is_negated: bool

    def holds(self, rendered: Json) -> bool:
        """Whether the object meets it."""
        value: Any = rendered
        for name in self.place:
            value = value.get(name) if isinstance(value, dict) else None
        return self._meets(value) != self.is_negated

    def _meets(self, value: Any) -> bool:
        if self.text is None or value is None:
            return self.text is None and value is None
        if self.sign in _COMPARED:
            number = int(self.text)
            return _COMPARED[self.sign](value, number)
        found = ("true" if value else "false") if isinstance(value, bool) else str(value).lower()
        return self.text in found if self.sign == "~" else self.text == found


def parse_query(query: str, resource: str, fields: str) -> Callable[[Json], bool]:
    """What a rendered object must be to be found; raises Refusal."""
    clauses: list[_Clause] = []
    joins: set[str] = set()
    at, text = 0, query.strip()
    while True:
        match = _CLAUSE.match(text, at)
        if match is None:
            raise _unparsed()
        clauses.append(_clause(match, resource, fields))
        at = match.end()
        if at == len(text):
            break
        join = _JOIN.match(text, at)
        if join is None:
            raise _unparsed()
        joins.add((join[1] or "and").lower())
        at = join.end()
    if len(joins) > 1 or len(clauses) > _CLAUSES_MOST:
        raise refusal.invalid(
            f"A search query joins at most {_CLAUSES_MOST} clauses, by AND or by OR, not both.", "query"
        )
    meet = any if joins == {"or"} else all
    return lambda rendered: meet(clause.holds(rendered) for clause in clauses)


def _clause(match: re.Match[str], resource: str, fields: str) -> _Clause:
    field, key, sign = match["field"], match["key"], match["sign"]
    if field not in fields.split() or (key is None) != (field != "metadata"):
        raise refusal.invalid(
            f"Field `{field}` is an unsupported search field for resource `{resource}`. See "
            f"http://stripe.com/docs/search#query-fields-for-{resource.replace('_', '-')} for a list of "
            "supported fields.",
            "query",
        )
    raw = match["value"]
    text = None if raw == "null" else _unquoted(raw).lower()
    if sign in (">", "<", ">=", "<=", "=") and (
        field not in _NUMBERS or text is None or not text.lstrip("-").isdigit()
    ):
        raise refusal.invalid(f"`{sign}` compares numbers; `{field}{sign}{raw[:40]}` has none.", "query")
    if sign == "~" and (text is None or len(text) < _SHORTEST_PART):
        raise refusal.invalid(f"`~` needs at least {_SHORTEST_PART} characters, not {raw[:40]}.", "query")
    place = ("metadata", _unquoted(key)) if key is not None else tuple(_PLACES.get(field, field).split("."))
    return _Clause(place, ":" if sign == "=" else sign, text, match["minus"] is not None)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text[:1] in ("'", '"') else text


def _unparsed() -> refusal.Refusal:
    return refusal.invalid(
        'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query '
        'for metadata or key:"value" to query for other fields.',
        "query",
    )


_PARAMS: Mapping[str, Kind] = {"query": Text(), "limit": Whole(least=1, most=100), "page": Text()}


def _searched(kind: type[StripeObject], resource: str, fields: str) -> Operation:
    url = f"/v1/{resource}/search"

    def run(call: Call) -> tuple[World, Json]:
        world, limit = call.world, call.params.get("limit", 10)
        if call.is_rehearsed:
            raise refusal.operation_not_simulated("GET", url)
        meets = parse_query(call.params["query"], resource, fields)
        begin = _position(call.params.get("page"))
        rows = (row for row in world.table(kind).newest_first() if not getattr(row, "deleted", False))
        found = (rendered for rendered in (shown(world, row) for row in rows) if meets(rendered))
        counted = "total_count" in call.params.get("expand", ())
        every = list(found) if counted else list(islice(found, begin + limit + 1))
        page, more = every[begin : begin + limit], len(every) > begin + limit
        result: Json = {"object": "search_result", "data": page, "has_more": more}
        result["next_page"] = _page(begin + limit) if more else None
        result["url"] = url
        return world, result | ({"total_count": len(every)} if counted else {})

    return operation(f"GET {url}", run, _PARAMS, required="query")


def _page(position: int) -> str:
    return urlsafe_b64encode(f"search|{position}".encode()).decode()


def _position(page: str | None) -> int:
    """Where the page begins; raises Refusal for a text that no answer gave."""
    if page is None:
        return 0
    try:
        word, _, number = urlsafe_b64decode(page.encode()).decode().partition("|")
        if word == "search" and number.isascii() and number.isdigit() and len(number) < 10:
            return int(number)
    except (Error, ValueError):
        pass
    raise refusal.invalid("Invalid page: it is not the `next_page` of a search.", "page")


OPERATIONS = tuple(_searched(kind, resource, fields) for kind, (resource, fields) in _FIELDS.items())
