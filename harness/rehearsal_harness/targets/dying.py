"""Places where a backend's process may die: just before and just after each commit.

Decides: that a write outside any transaction is one by itself, and that what died keeps nothing of a
transaction that was open.  Does not know which store.  Whoever starts the process again decides what it has
forgotten.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType


class ProcessDied(BaseException):
    """The backend's process died here; no handler may catch it."""


class Transactions:
    """Transactions of a backend, each of whose ends is a place where its process may die.

    `watch` makes one; set `strike_at` to n to die at the n-th boundary from now (just before and just after
    each outermost commit); 0 for never.
    """

    def __init__(self) -> None:
        self.strike_at = 0
        self._passed = 0
        self._depth = 0

    def arm(self, strike_at: int) -> None:
        """Count boundaries afresh, and die at `strike_at`."""
        self.strike_at = strike_at
        self._passed = 0
        self._depth = 0

    @property
    def struck(self) -> bool:
        """Did the process die at the boundary asked for?"""
        return 0 < self.strike_at <= self._passed

    def boundary(self) -> None:
        """One boundary is passed; raises ProcessDied when it is the one."""
        if self._depth == 0:
            self._passed += 1
            if self._passed == self.strike_at:
                raise ProcessDied

    def watch(self, block: AbstractContextManager[object]) -> WatchedTransaction:
        """`block`, a transaction's context manager, with boundaries at its end."""
        return WatchedTransaction(block, self)


class WatchedTransaction:
    """A transaction that may die just before or just after its commit."""

    __slots__ = ("_block", "_transactions")

    def __init__(self, block: AbstractContextManager[object], transactions: Transactions) -> None:
        self._block = block
        self._transactions = transactions

    def __enter__(self) -> None:
        self._block.__enter__()
        self._transactions._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        watched = self._transactions
        watched._depth -= 1
        if kind is None:
            try:
                watched.boundary()
            except ProcessDied as died:
                self._block.__exit__(ProcessDied, died, None)
                raise
        self._block.__exit__(kind, error, trace)
        if kind is None:
            watched.boundary()
