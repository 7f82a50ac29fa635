"""Where an id stands in an append-only order, without looking at everything each time.

Decides: how often an order is searched: once, from its newest end, and what was passed on the way is
remembered.  A remembered place is a hint that is checked, so no answer depends on it.  Short searches, as
those of a rehearsal, remember nothing.
Does not know: what stands there.
"""

from __future__ import annotations

from typing import Protocol, TypeVar, runtime_checkable

T_co = TypeVar("T_co", covariant=True)

_SHORT = 200
_MOST = 2_000_000
_HINTS: dict[str, int] = {}


@runtime_checkable
class Ordered(Protocol[T_co]):
    """Rows in the order of their creation."""

    def __len__(self) -> int:
        """How many there are."""

    def at(self, position: int) -> T_co:
        """The row at `position`, counted from 0."""

    def id_at(self, position: int) -> str:
        """Its id."""


def place_of(rows: Ordered[object], wanted: str) -> int | None:
    """The position of the row with that id, or None."""
    hint = _HINTS.get(wanted)
    if hint is not None and hint < len(rows) and rows.id_at(hint) == wanted:
        return hint
    newest = len(rows) - 1
    for position in range(newest, -1, -1):
        row_id = rows.id_at(position)
        if newest - position > _SHORT:
            if len(_HINTS) >= _MOST:
                _HINTS.clear()
            _HINTS[row_id] = position
        if row_id == wanted:
            return position
    return None
