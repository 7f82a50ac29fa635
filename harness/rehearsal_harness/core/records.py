"""What the nouns of the simulated Stripe are made of: frozen records that are cheap to make and to copy.

Decides: how a record is kept in memory, and how a copy of it with some fields changed is made.  A renewal
makes a dozen copies, a year of ten thousand customers more than a million, all of which stay.  Records are
trees of immutable values, so the cyclic garbage collector need not look at them (`gc=False`).
Does not know: what a record means.  For the type checker `replace` is `dataclasses.replace`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, fields, make_dataclass
from typing import TYPE_CHECKING, Any

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
        """`record` with `changes`; raises TypeError or KeyError for a field that it does not have."""
        if isinstance(record, Record):
            return _replace(record, **changes)
        kind = type(record)
        copier = _COPIERS.get(kind)
        if copier is None:
            copier = _COPIERS[kind] = _copier(kind)
        return copier(record, changes)


_replace = msgspec.structs.replace
_Copier = Callable[[Any, dict[str, Any]], Any]
_COPIERS: dict[type[Any], _Copier] = {}


def _copier(kind: type[Any]) -> _Copier:
    """A function that copies frozen dataclasses of `kind` slot by slot, written out as `dataclasses` does."""
    names = [field.name for field in fields(kind)]
    put = {name: getattr(kind, name).__set__ for name in names}
    lines = [f"    put_{name}(copy, record.{name})" for name in names]
    lines = ["def copied(record, changes):", "    copy = new(kind)", *lines]
    lines += ["    for name, value in changes.items():", "        put[name](copy, value)", "    return copy"]
    scope: dict[str, Any] = {"new": object.__new__, "kind": kind, "put": put}
    scope |= {f"put_{name}": setter for name, setter in put.items()}
    exec("\n".join(lines), scope)  # the names are those of fields, so nothing foreign is run
    copied: _Copier = scope["copied"]
    return copied


__all__ = ["Record", "replace"]
