"""The store in one SQLite file: the embedded default.

Decides how a transaction is spelled: BEGIN IMMEDIATE outermost (the one writer lock, so nothing read inside
can change), SAVEPOINT inside another, so that a whole server can run within a rehearsal's savepoint.  A
file is in WAL mode with synchronous=FULL: after COMMIT returns, a power cut loses nothing
(https://www.sqlite.org/pragma.html). One connection per thread.  No statement asks for the time.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any

from rehearsal_server.facts import Row, Settlement
from rehearsal_server.store import History, Request, Store, StoreError

BUSY_TIMEOUT_S = 5.0

_ROW = "event_id, type, object_id, customer, subscription, payment, device, user, created, fields, undone"
WIDTH = len(Row._fields)
_ROWS_OF = f"SELECT {_ROW} FROM event_rows WHERE object_id = ?"
_ROWS_OF_PAYMENT = f"SELECT {_ROW} FROM event_rows WHERE payment = ?"
_RECENT = f"SELECT {_ROW} FROM event_rows ORDER BY created DESC, event_id LIMIT ?"
_ADD_ROW = f"INSERT INTO event_rows ({_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_HISTORY = (
    f"SELECT {', '.join('r.' + column for column in _ROW.split(', '))}, s.row_set, s.value"
    " FROM event_rows r LEFT JOIN settlements s ON s.object_id = r.subscription"
)
_OF_CUSTOMER = f"{_HISTORY} WHERE r.customer = ?"
_OF_DEVICE = (
    f"{_HISTORY} WHERE r.customer IN (SELECT customer FROM event_rows WHERE device = ?1"
    " UNION SELECT customer FROM activations WHERE device = ?1)"
)
_OF_USER = (
    f"{_HISTORY} WHERE r.user = ?1 OR r.customer IN (SELECT customer FROM event_rows WHERE user = ?1)"
    " OR r.payment IN (SELECT payment FROM event_rows WHERE user = ?1)"
)
_SETTLE = (
    "INSERT INTO settlements (object_id, row_set, value) VALUES (?, ?, ?)"
    " ON CONFLICT (object_id) DO UPDATE SET row_set = excluded.row_set, value = excluded.value"
)
_ACTIVATE = "INSERT INTO activations (customer, device, activated_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_ADVANCE = (
    "INSERT INTO cursors (name, position) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET position = excluded.position"
)


class _Transaction:
    """One block; a savepoint when the connection is already inside a transaction."""

    __slots__ = ("_nested", "_run", "_running")

    def __init__(self, connection: sqlite3.Connection, run: Callable[[str], object]) -> None:
        self._nested = connection.in_transaction
        self._running = connection
        self._run = run

    def __enter__(self) -> None:
        self._run("SAVEPOINT block" if self._nested else "BEGIN IMMEDIATE")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._run("RELEASE block" if self._nested else "COMMIT")
            except StoreError:
                self._undo()
                raise
        else:
            self._undo()

    def _undo(self) -> None:
        if not self._running.in_transaction:  # SQLite has already undone everything (disk full, I/O error)
            return
        if self._nested:
            self._run("ROLLBACK TO block")
            self._run("RELEASE block")
        else:
            self._run("ROLLBACK")


class SqliteStore(Store):
    """The Store port on SQLite.

    `connect` makes a connection with `isolation_level=None`; it is called once per thread.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._mine = threading.local()

    @classmethod
    def open(cls, path: str | Path) -> SqliteStore:
        """The store in a file, made and migrated when needed; raises StoreError."""

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            return connection

        store = cls(connect)
        store.migrate()
        return store

    def _connection(self) -> sqlite3.Connection:
        try:
            connection: sqlite3.Connection = self._mine.connection
        except AttributeError:
            try:
                connection = self._mine.connection = self._connect()
            except sqlite3.Error as error:
                raise StoreError(str(error)) from error
        return connection

    def _run(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._connection().execute(sql, values)
        except sqlite3.Error as error:
            raise _named(error) from error

    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise _named(error) from error

    def close(self) -> None:
        """Close this thread's connection."""
        self._connection().close()
        del self._mine.connection

    def migrate(self) -> None:
        """Apply each migration that was not applied yet, in order of name, in one transaction."""
        with self.transaction():
            self._run("CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID")
            applied = {name for (name,) in self._all("SELECT name FROM migrations")}
            folder = files("rehearsal_server.store").joinpath("migrations")
            for script in sorted(folder.iterdir(), key=lambda each: each.name):
                if script.name.endswith(".sql") and script.name not in applied:
                    for statement in _statements(script.read_text(encoding="utf-8")):
                        self._run(statement)
                    self._run("INSERT INTO migrations (name) VALUES (?)", (script.name,))

    def transaction(self) -> _Transaction:
        return _Transaction(self._connection(), self._run)

    def rows_of(self, object_id: str) -> list[Row]:
        return list(map(Row._make, self._all(_ROWS_OF, (object_id,))))

    def add_row(self, row: Row) -> None:
        self._run(_ADD_ROW, row)

    def settlement_of(self, object_id: str) -> Settlement | None:
        found = self._all("SELECT row_set, value FROM settlements WHERE object_id = ?", (object_id,))
        return Settlement._make(found[0]) if found else None

    def settle(self, object_id: str, settlement: Settlement | None) -> None:
        if settlement is None:
            self._run("DELETE FROM settlements WHERE object_id = ?", (object_id,))
        else:
            self._run(_SETTLE, (object_id, *settlement))

    def history_of_customer(self, customer: str) -> History:
        return self._history(_OF_CUSTOMER, customer)

    def history_of_device(self, device: str) -> History:
        return self._history(_OF_DEVICE, device)

    def history_of_user(self, user: str) -> History:
        return self._history(_OF_USER, user)

    def rows_of_payment(self, payment: str) -> list[Row]:
        return list(map(Row._make, self._all(_ROWS_OF_PAYMENT, (payment,))))

    def recent_rows(self, limit: int) -> list[Row]:
        return list(map(Row._make, self._all(_RECENT, (limit,))))

    def add_request(self, request: Request) -> None:
        self._run(
            "INSERT INTO requests (request_id, at, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", request
        )

    def requests(self, limit: int) -> list[Request]:
        find = "SELECT request_id, at, body FROM requests ORDER BY at DESC, request_id LIMIT ?"
        return list(map(Request._make, self._all(find, (limit,))))

    def _history(self, sql: str, of: str) -> History:
        rows: list[Row] = []
        settlements: dict[str, Settlement] = {}
        for values in self._all(sql, (of,)):
            row = Row._make(values[:WIDTH])
            rows.append(row)
            if row.subscription is not None and values[WIDTH] is not None:
                settlements[row.subscription] = Settlement._make(values[WIDTH:])
        return History(rows=rows, settlements=settlements)

    def note_unused(self, event_id: str, type_: str, decision: str) -> bool:
        note = "INSERT INTO unused_events (event_id, type, decision) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        return self._run(note, (event_id, type_, decision)).rowcount == 1

    def activation(self, customer: str, device: str) -> int | None:
        find = "SELECT activated_at FROM activations WHERE customer = ? AND device = ?"
        return _first_int(self._all(find, (customer, device)))

    def activate(self, customer: str, device: str, at: int) -> None:
        self._run(_ACTIVATE, (customer, device, at))

    def cursor(self, name: str) -> int | None:
        return _first_int(self._all("SELECT position FROM cursors WHERE name = ?", (name,)))

    def advance_cursor(self, name: str, position: int) -> None:
        self._run(_ADVANCE, (name, position))

    def probe(self) -> None:
        with self.transaction():
            self._run("UPDATE probes SET writable = 1 WHERE name = 'health'")


def _named(error: sqlite3.Error) -> Exception:
    """Storage that failed is StoreError; SQL that is wrong is our own bug and stays what it is."""
    is_storage = isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
    return StoreError(str(error)) if is_storage else error


def _first_int(found: list[Any]) -> int | None:
    return int(found[0][0]) if found else None


def _statements(script: str) -> list[str]:
    """The statements of a migration; `executescript` would commit the transaction around it."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
