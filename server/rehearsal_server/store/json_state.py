"""What the JSON store holds, as one immutable value with indexes, and its text.

Decides: the form of the file (one line for each row, sorted, so that equal facts are equal bytes) and what in
it is no such form.  Does not know files or locks.  Every change makes a new value that shares what did not
change, so keeping an old one, for a rollback, is keeping a reference.
"""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rpds import HashTrieMap

from rehearsal_server.facts import Row, Settlement
from rehearsal_server.store import Request

FORMAT = "billing facts"
VERSION = 1
INDEXED = ("object_id", "customer", "payment", "device", "user")
_INTEGERS = {"created"}
_OPTIONAL = {"customer", "subscription", "payment", "device", "user", "undone"}


class FormError(ValueError):
    """A document that is not of this form; the message says where, what was found and what was expected."""


class State(NamedTuple):
    """Everything kept.  `lines` is each row's text by object id and event id; `by` is each row by (column,
    value).

    `unused` is (type, decision) by event id; `activations` is seconds by (customer, device); `active` is the
    customers by device; `cursors` is seconds by name; `requests` are sorted, newest first.
    """

    lines: HashTrieMap[tuple[str, str], str] = HashTrieMap()
    by: HashTrieMap[tuple[str, str], tuple[Row, ...]] = HashTrieMap()
    settlements: HashTrieMap[str, Settlement] = HashTrieMap()
    unused: HashTrieMap[str, tuple[str, str]] = HashTrieMap()
    activations: HashTrieMap[tuple[str, str], int] = HashTrieMap()
    active: HashTrieMap[str, tuple[str, ...]] = HashTrieMap()
    cursors: HashTrieMap[str, int] = HashTrieMap()
    requests: tuple[Request, ...] = ()

    def having(self, column: str, value: str) -> tuple[Row, ...]:
        """The rows with `value` in an indexed column, sorted by object and event."""
        return self.by.get((column, value), ())

    def with_row(self, row: Row) -> State:
        """With one more row; raises FormError when its event is there already."""
        key = (row.object_id, row.event_id)
        if key in self.lines:
            raise FormError(f"two rows of event {row.event_id}, expected one")
        by = self.by
        for column in INDEXED:
            value = getattr(row, column)
            if value is not None:
                rows = list(by.get((column, value), ()))
                insort(rows, row, key=_order)
                by = by.insert((column, value), tuple(rows))
        return self._replace(lines=self.lines.insert(key, json.dumps(row._asdict())), by=by)

    def with_activation(self, customer: str, device: str, at: int) -> State:
        """With the first activation of a device."""
        customers = tuple(sorted({*self.active.get(device, ()), customer}))
        return self._replace(
            activations=self.activations.insert((customer, device), at),
            active=self.active.insert(device, customers),
        )

    def with_request(self, request: Request) -> State:
        """With one more request."""
        newest_first = sorted([*self.requests, request], key=lambda each: (-each.at, each.request_id))
        return self._replace(requests=tuple(newest_first))

    def text(self) -> str:
        """The document: equal for equal contents."""
        rows = ",\n".join(line for _, line in sorted(self.lines.items()))
        rest = {
            "settlements": {key: list(value) for key, value in sorted(self.settlements.items())},
            "unused_events": {key: list(value) for key, value in sorted(self.unused.items())},
            "activations": [[*key, at] for key, at in sorted(self.activations.items())],
            "cursors": dict(sorted(self.cursors.items())),
            "requests": [list(each) for each in self.requests],
        }
        tail = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in rest.items())
        head = f'"format": {json.dumps(FORMAT)},\n"version": {VERSION},\n"rows": ['
        return f"{{\n{head}\n{rows}\n],\n{tail}\n}}\n"


def _order(row: Row) -> tuple[str, str]:
    return (row.object_id, row.event_id)


def state_of(document: Mapping[str, Any]) -> State:
    """The state that a document of this version stands for; raises FormError."""
    known = {"format", "version", "rows", *_PARTS}
    unknown = sorted(set(document) - known)
    if unknown:
        raise FormError(f"'{unknown[0]}' is not known here, expected {', '.join(sorted(known))}")
    state = State()
    for number, each in enumerate(_list(document, "rows")):
        state = state.with_row(_row(f"rows[{number}]", each))
    for name, read in _PARTS.items():
        if name not in document:
            raise FormError(f"'{name}' is missing")
        try:
            state = read(state, document[name])
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            raise FormError(f"'{name}' is not of its form: {error}") from error
    return state


def _row(where: str, found: object) -> Row:
    if not isinstance(found, dict) or set(found) != set(Row._fields):
        raise FormError(f"{where} is no row, expected an object with {', '.join(Row._fields)}")
    for name, value in found.items():
        wanted: type = int if name in _INTEGERS else str
        if not (type(value) is wanted or (value is None and name in _OPTIONAL)):
            raise FormError(f"{where}.{name} is a {type(value).__name__}, expected {wanted.__name__}")
    return Row(**found)


def _list(document: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = document.get(name)
    if not isinstance(found, list):
        raise FormError(f"'{name}' is missing or no list")
    return found


def _strings(*values: object) -> list[str]:
    wrong = next((value for value in values if not isinstance(value, str)), None)
    if wrong is not None:
        raise TypeError(f"a {type(wrong).__name__} where a text is expected")
    return list(map(str, values))


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"a {type(value).__name__} where a whole number is expected")
    return value


def _settlements(state: State, found: dict[str, list[str]]) -> State:
    pairs = {key: Settlement(*_strings(*values)) for key, values in found.items()}
    return state._replace(settlements=HashTrieMap(pairs))


def _unused(state: State, found: dict[str, list[str]]) -> State:
    pairs = {}
    for key, (type_, decision) in found.items():
        told, decided = _strings(type_, decision)
        pairs[key] = (told, decided)
    return state._replace(unused=HashTrieMap(pairs))


def _activations(state: State, found: list[list[Any]]) -> State:
    for customer, device, at in found:
        who, what = _strings(customer, device)
        state = state.with_activation(who, what, _whole(at))
    return state


def _cursors(state: State, found: dict[str, int]) -> State:
    return state._replace(cursors=HashTrieMap({key: _whole(value) for key, value in found.items()}))


def _requests(state: State, found: list[list[Any]]) -> State:
    for request_id, at, body in found:
        named, text = _strings(request_id, body)
        state = state.with_request(Request(named, _whole(at), text))
    return state


_PARTS: dict[str, Callable[[State, Any], State]] = {
    "settlements": _settlements,
    "unused_events": _unused,
    "activations": _activations,
    "cursors": _cursors,
    "requests": _requests,
}
