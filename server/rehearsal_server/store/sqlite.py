"""The store in one SQLite file: the embedded default.

Decides how a transaction is spelled: BEGIN IMMEDIATE outermost (the one writer lock, so nothing read inside
can change), SAVEPOINT inside another, so that a whole server can run within a rehearsal's savepoint.  A
file is in WAL mode with synchronous=FULL: after COMMIT returns, a power cut loses nothing
(https://www.sqlite.org/pragma.html). One connection per thread.  No statement asks for the time.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rehearsal_server.store import StoreError
from rehearsal_server.store.copies import free_path, sync
from rehearsal_server.store.migrating import Migration, migrate, shipped_migrations
from rehearsal_server.store.sql import Block, SqlStore

BUSY_TIMEOUT_S = 5.0


class SqliteStore(SqlStore):
    """The Store port on SQLite.

    `connect` makes a connection with `isolation_level=None`; it is called once per thread.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._mine = threading.local()

    @classmethod
    def open(cls, path: str | Path) -> SqliteStore:
        """The store in a file, made and migrated when needed; raises StoreError."""
        store = cls(connector(path))
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

    def _run(self, sql: str, values: tuple[Any, ...] = ()) -> int:
        try:
            return self._connection().execute(sql, values).rowcount
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

    def transaction(self) -> Block:
        connection = self._connection()
        begin = "" if connection.in_transaction else "BEGIN IMMEDIATE"
        return Block(self._run, lambda: connection.in_transaction, begin=begin)

    def migrate(self, migrations: Sequence[Migration] | None = None) -> None:
        """Apply each migration that was not applied yet (default: this version's), in one transaction."""
        migrate(self, shipped_migrations("sqlite") if migrations is None else migrations)

    def applied(self) -> set[str]:
        """The names of the migrations that were applied."""
        self._run("CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID")
        return {name.removesuffix(".sql") for (name,) in self._all("SELECT name FROM migrations")}

    def run_script(self, script: str) -> None:
        """Execute every statement of a migration."""
        for statement in _statements(script):
            self._run(statement)

    def record(self, name: str) -> None:
        """Remember that a migration was applied."""
        self._run("INSERT INTO migrations (name) VALUES (?)", (name,))

    def copy(self, name: str) -> str:
        """Copy the file beside itself, as it was before this transaction; "" for a database in memory."""
        ((_, _, path), *_) = self._all("PRAGMA database_list")
        if not path:
            return ""
        target = free_path(Path(path), name)
        try:
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as other:
                source.backup(other)
            sync(target)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{path} could not be copied to {target} before {name}: {error}") from error
        return str(target)


def connector(path: str | Path) -> Callable[[], sqlite3.Connection]:
    """What makes durable connections to a file."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    return connect


def _named(error: sqlite3.Error) -> Exception:
    """Storage that failed is StoreError; SQL that is wrong is our own bug and stays what it is."""
    is_storage = isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
    return StoreError(str(error)) if is_storage else error


def _statements(script: str) -> list[str]:
    """The statements of a migration; `executescript` would commit the transaction around it."""
    statements, pending = [], ""
    for part in script.split(";")[:-1]:  # a semicolon in a text or a trigger does not complete a statement
        pending += part + ";"
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
