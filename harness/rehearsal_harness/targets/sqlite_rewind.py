"""Mark, rewind and digest a SQLite database through savepoints on one pinned connection.

Decides: what "the same store" means: every row of every table, but for columns that nothing reads.  The order
in which SQLite keeps rows is digested apart, since most backends never depend on it.  Does not know who
writes.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import blake2b
from typing import Any

from rehearsal_harness.targets.dying import Transactions
from rehearsal_harness.targets.sqlite_watch import TABLES, SqlWatch, quoted


class SqliteRewind:
    """A rewindable database.  `connection` was opened with `isolation_level=None`.

    `left_out` are columns (table.column) that are not digested, and table.rowid where the order of rows is
    not.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        watch: SqlWatch | None = None,
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self._connection = connection
        self._watch = watch or SqlWatch(connection)
        self._left_out = left_out
        self._free: set[int] = set()
        self._schema = -1
        self._read = ""

    @property
    def writes(self) -> int:
        """Grows whenever a row is written; equal values mean an equal store."""
        return self._connection.total_changes

    def mark(self, depth: int) -> None:
        """Remember the store as it is."""
        self._connection.execute(f"SAVEPOINT mark_{depth}")

    def rewind(self, depth: int) -> None:
        """Back to `mark(depth)`, which stays; deeper marks are gone.

        Released and set again, since only a release shortens SQLite's journal of savepoints; without it every
        statement grows slower with the length of the search.
        """
        execute = self._connection.execute
        execute(f"ROLLBACK TO mark_{depth}")
        execute(f"RELEASE mark_{depth}")
        execute(f"SAVEPOINT mark_{depth}")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What happens inside leaves no trace."""
        before = self.writes
        self._connection.execute("SAVEPOINT aside")
        try:
            yield
        finally:
            if self.writes != before:
                self._connection.execute("ROLLBACK TO aside")
            self._connection.execute("RELEASE aside")

    def digest(self) -> bytes:
        """Two digests in one, 16 bytes each: of every row of every table, and of the same in the order SQLite
        keeps them.
        """
        execute = self._connection.execute
        ((schema,),) = execute("PRAGMA schema_version").fetchall()
        if schema != self._schema:
            with self._watch.off():
                self._schema, self._read = schema, self._read_of(execute(TABLES).fetchall())
        with self._watch.off():
            found = execute(self._read).fetchall()
        rows = [marshal.dumps(row, 2) for row in found]  # format 2 has no back references
        free = self._free
        ordered = (
            [text for row, text in zip(found, rows, strict=True) if row[0] not in free] if free else rows
        )
        kept = blake2b(b"".join(ordered), digest_size=16).digest()
        rows.sort()
        return blake2b(b"".join(rows), digest_size=16).digest() + kept

    def _read_of(self, tables: list[tuple[str, str]]) -> str:
        """One statement that reads everything: the number of the table, then its columns, then NULLs."""
        self._free = {number for number, (name, _) in enumerate(tables) if f"{name}.rowid" in self._left_out}
        columns = [self._columns_of(name) for name, _ in tables]
        widest = max(map(len, columns), default=0)
        reads = [
            f"SELECT {', '.join([str(number), *names, *['NULL'] * (widest - len(names))])}"
            f" FROM {quoted(name)} NOT INDEXED"
            for number, ((name, _), names) in enumerate(zip(tables, columns, strict=True))
        ]
        return "/* digest */ " + (" UNION ALL ".join(reads) or "SELECT 0")

    def _columns_of(self, table: str) -> list[str]:
        described = self._connection.execute(f"SELECT * FROM {quoted(table)} LIMIT 0").description
        return [quoted(name) for name, *_ in described if f"{table}.{name}" not in self._left_out]


WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class WatchedConnection(sqlite3.Connection):
    """A connection on which a write outside any transaction is one of its own, with boundaries."""

    transactions: Transactions | None = None

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """As `sqlite3.Connection.execute`."""
        watched = self.transactions
        if watched is None or not sql.lstrip()[:7].upper().startswith(WRITES):
            return super().execute(sql, *values)
        watched.boundary()
        cursor = super().execute(sql, *values)
        watched.boundary()
        return cursor


def transaction_maker(connection: sqlite3.Connection) -> Callable[[], AbstractContextManager[object]]:
    """Transactions for a backend without a store of its own: BEGIN IMMEDIATE, or SAVEPOINT inside another."""

    @contextmanager
    def transaction() -> Iterator[None]:
        nested = connection.in_transaction
        connection.execute("SAVEPOINT backend" if nested else "BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK TO backend" if nested else "ROLLBACK")
            if nested:
                connection.execute("RELEASE backend")
            raise
        connection.execute("RELEASE backend" if nested else "COMMIT")

    return transaction
