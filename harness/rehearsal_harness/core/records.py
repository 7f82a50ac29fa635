"""A copy of a frozen record with some fields changed, about twice as fast as the standard library's.

Decides: nothing.  For the type checker `replace` is `dataclasses.replace`; at run time it fills the slots of
the copy directly, which is right for records that check nothing when they are made, as all of the core's.
A renewal makes twenty such copies, a year of ten thousand customers more than two million.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(record: Any, /, **changes: Any) -> Any:
        """`record` with `changes`; raises KeyError for a field that it does not have."""
        slots = _slots(type(record))
        copy = object.__new__(type(record))
        for put, value in zip(slots.put, slots.values(record), strict=True):
            put(copy, value)
        for name, value in changes.items():
            slots.by_name[name](copy, value)
        return copy


_Put = Callable[[Any, Any], None]


class _Slots(NamedTuple):
    """How to read all slots of a record at once, and to fill each one."""

    values: Callable[[Any], tuple[Any, ...]]
    put: tuple[_Put, ...]
    by_name: Mapping[str, _Put]


@cache
def _slots(kind: type[Any]) -> _Slots:
    names = [field.name for field in fields(kind)]
    by_name = {name: getattr(kind, name).__set__ for name in names}
    return _Slots(attrgetter(*names), tuple(by_name.values()), by_name)


__all__ = ["replace"]
