"""What changes wrote, for whoever keeps the world elsewhere as well, as in a file.

Decides: that a world which is watched remembers the name of everything written since the keeper last looked.
Does not know: where a world is kept (`rehearsal_harness.serving`).
A world that nobody watches, as in a search, has no Touched and remembers nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Note(NamedTuple):
    """One thing that was written: a field of the world, the key in it, and for a row its class.

    A row that `is_filed` is filed under `owner` from here on.  The key of a task is its kind and its object;
    `clock` is the test clock on which it is due, or "".
    """

    field: str
    key: str | tuple[int, str]
    kind: type | None = None
    owner: str | None = None
    is_filed: bool = False
    clock: str = ""


class Touched:
    """What one change wrote, and what was written `earlier`."""

    __slots__ = ("_notes", "earlier")

    def __init__(self, earlier: Touched | None = None, notes: tuple[Note, ...] = ()) -> None:
        self.earlier = earlier
        self._notes = notes

    def since(self, before: Touched) -> tuple[Note, ...] | None:
        """What was written after `before`, oldest first; None where `before` is no ancestor of this."""
        here: Touched | None = self
        found: list[tuple[Note, ...]] = []
        while here is not before:
            if here is None:
                return None
            found.append(here._notes)
            here = here.earlier
        return tuple(_flat(reversed(found)))

    def forget(self) -> None:
        """Everything up to here is kept elsewhere; without this, a year would be remembered twice."""
        self.earlier, self._notes = None, ()


def _flat(changes: Iterator[tuple[Note, ...]]) -> Iterator[Note]:
    for notes in changes:
        yield from notes
