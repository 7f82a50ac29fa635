"""What the simulated Stripe is made of: frozen records that are cheap to make and to copy.

Decides: how a record is kept in memory, and how a copy of it with some fields changed is made.  A renewal
makes a dozen copies, a year of ten thousand customers more than a million, all of which stay.  Records are
trees of immutable values, so the cyclic garbage collector need not look at them (`gc=False`).
Does not know: what a record means.  For the type checker `replace` is `dataclasses.replace`.
"""

from __future__ import annotations

from dataclasses import Field, make_dataclass
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
    from dataclasses import replace as replace
else:
    replace = msgspec.structs.replace
