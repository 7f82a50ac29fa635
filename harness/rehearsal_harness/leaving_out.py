"""Which columns a search may leave out when it tells stores apart: those that no statement ever reads.

Decides when a search starts again.  A search that is soon over leaves nothing out.  A longer one starts again
without the columns that were not read so far, such as the second at which a row was written; should one of
them be read after all, what was merged was merged wrongly, and the search starts again with it.  Does not
know how reading is noticed (targets/sqlite_rewind.py: SQLite's authorizer sees each column that a statement
names).
"""

from __future__ import annotations

from rehearsal_harness.core.exploration import Exploration
from rehearsal_harness.targets.rewinding import Columns

AGAIN = "the search starts again with other columns"


class Leaving:
    """What the searches of one story leave out: `left_out` are names such as table.column."""

    def __init__(self) -> None:
        self.left_out: frozenset[str] = frozenset()
        self._is_first = True
        self._next: frozenset[str] | None = None

    def look(self, columns: Columns | None, exploration: Exploration, *, is_over: bool) -> None:
        """Look at what was read so far, and stop the search that has to start again."""
        if columns is None:
            return
        if self._is_first and not is_over:
            self._is_first = False
            self._next = columns.unread() or None
        elif not self.left_out.isdisjoint(columns.read):
            self._next = self.left_out - columns.read
        if self._next is not None:
            exploration.stop = AGAIN

    def again(self) -> bool:
        """Must the search start again?  Then `left_out` has changed."""
        if self._next is None:
            return False
        self.left_out, self._next = self._next, None
        return True
