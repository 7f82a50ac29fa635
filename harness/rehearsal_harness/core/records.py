"""What the nouns of the simulated Stripe are made of: frozen records that are cheap to make and to copy.

Decides: how a record is kept in memory, and how a copy of it with some fields changed is made.  A renewal
makes a dozen copies, a year of ten thousand customers more than a million, all of which stay.  Records are
trees of immutable values, so the cyclic garbage collector need not look at them (`gc=False`).
Does not know: what a record means.  For the type checker `replace` is `dataclasses.replace`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, fields, make_dataclass
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec


class _Fields:
    """What the standard library's `fields`, `replace` and `asdict` look for."""

    def __init__(self) -> None:
        self._known: dict[type[Any], dict[str, Field[Any]]] = {}

    def __get__(self, _: object, kind: type[Any]) -> dict[str, Field[Any]]:
        if kind not in self._known:
            like: Any = make_dataclass(kind.__name__, kind.__struct_fields__, kw_only=True)
            self._known[kind] = like.__dataclass_fields__
        return self._known[kind]


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A frozen record.  Each class of records says `frozen=True, kw_only=True` again for the type checker."""

    if not TYPE_CHECKING:
        __dataclass_fields__ = _Fields()


if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(record: Any, /, **changes: Any) -> Any:
        """`record`, or a frozen dataclass with slots, with `changes`; raises TypeError or KeyError for a
        field that it does not have."""
        if isinstance(record, Record):
            return _replace(record, **changes)
        slots = _slots(type(record))
        copy = object.__new__(type(record))
        for put, value in zip(slots.put, slots.values(record), strict=True):
            put(copy, value)
        for name, value in changes.items():
            slots.by_name[name](copy, value)
        return copy


_replace = msgspec.structs.replace
_Put = Callable[[Any, Any], None]


class _Slots(NamedTuple):
    """How to read all slots of a dataclass at once, and to fill each one."""

    values: Callable[[Any], tuple[Any, ...]]
    put: tuple[_Put, ...]
    by_name: Mapping[str, _Put]


@cache
def _slots(kind: type[Any]) -> _Slots:
    names = [field.name for field in fields(kind)]
    by_name = {name: getattr(kind, name).__set__ for name in names}
    return _Slots(attrgetter(*names), tuple(by_name.values()), by_name)


__all__ = ["Record", "replace"]
