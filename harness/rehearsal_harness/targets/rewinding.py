"""What a search asks of a store: to be marked, put back, digested, and asked aside.

Decides nothing: a store of each kind keeps these promises (sqlite_rewind, json_rewind, postgresql_rewind).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol


class Rewindable(Protocol):
    """A store that goes back in time."""

    @property
    def writes(self) -> int:
        """Grows whenever something is written; equal values mean an equal store."""

    def mark(self, depth: int) -> None:
        """Remember the store as it is."""

    def rewind(self, depth: int) -> None:
        """Back to `mark(depth)`, which stays; deeper marks are gone."""

    def aside(self) -> AbstractContextManager[None]:
        """What happens inside leaves no trace."""

    def digest(self) -> bytes:
        """Two digests in one, 16 bytes each: of all that is kept, and of the same in the order it is in."""


class Asking(Protocol):
    """Notices what a backend asks a store that no rehearsal can answer."""

    asked: str
    """What it asked for, "" for nothing: the store's own clock."""


class Columns(Protocol):
    """Notices what a backend reads.  A name is table.column; table.rowid stands for the order of its rows."""

    read: set[str]

    def unread(self) -> frozenset[str]:
        """What stores could be compared without, for all that was read until now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One fresh store: what the backend is given of it, and how a search rewinds it."""

    connection: Any
    transaction: Callable[[], AbstractContextManager[object]]
    rewind: Rewindable
    clock: Asking
    columns: Columns | None = None
