"""Notices, through SQLite's authorizer, what a backend's statements name: clocks and columns.

Decides which columns could be left out of a digest.  A column that no statement names cannot change what the
backend does, unless SQLite itself looks at it: in a key or an index, a check, a reference or a generated
column.  Those are never left out.  Does not know what is searched.  Source:
https://www.sqlite.org/c3ref/set_authorizer.html
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

SQL_CLOCKS = frozenset({"date", "time", "datetime", "julianday", "unixepoch", "strftime"}) | frozenset(
    {"current_date", "current_time", "current_timestamp"}
)
TABLES = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
_LOOKED_AT = re.compile(r"\b(?:CHECK|REFERENCES|GENERATED|AS)\b", re.IGNORECASE)


class SqlWatch:
    """Sees each statement when it is prepared.  `asked` is how the time was asked for, which cannot be
    frozen; `read` are the columns named, as table.column, with table.rowid for any reading of a table.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.asked = ""
        self.read: set[str] = set()
        self._connection = connection
        self._is_off = False
        connection.set_authorizer(self._authorize)

    def _authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if self._is_off:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and second in SQL_CLOCKS:
            self.asked = f"SQL's own clock ({second})"
        elif action == sqlite3.SQLITE_READ:
            self.read.update((f"{first}.{second}", f"{first}.rowid"))
        return sqlite3.SQLITE_OK

    @contextmanager
    def off(self) -> Iterator[None]:
        """What is prepared inside is not the backend's."""
        self._is_off = True
        try:
            yield
        finally:
            self._is_off = False

    def unread(self) -> frozenset[str]:
        """The columns of tables with rows that nothing has named and SQLite itself does not look at."""
        with self.off():
            found = [
                f"{table}.{column}"
                for table, sql in self._connection.execute(TABLES).fetchall()
                if not _LOOKED_AT.search(sql) and self._has_rows(table)
                for column in ("rowid", *self._plain(table))
            ]
        return frozenset(found) - self.read

    def _has_rows(self, table: str) -> bool:
        return bool(self._connection.execute(f"SELECT 1 FROM {quoted(table)} LIMIT 1").fetchall())

    def _plain(self, table: str) -> list[str]:
        """The columns of a table that are in no key and no index."""
        execute = self._connection.execute
        columns = execute("SELECT name, pk FROM pragma_table_info(?)", (table,)).fetchall()
        indexes = execute("SELECT name FROM pragma_index_list(?)", (table,)).fetchall()
        indexed = {
            name
            for (index,) in indexes
            for (name,) in execute("SELECT name FROM pragma_index_info(?)", (index,)).fetchall()
        }
        return [name for name, key in columns if not key and name not in indexed]


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
