"""The store in PostgreSQL: for several servers at once.

Decides what keeps two servers apart: inside a transaction the rows of an object are read only after an
advisory lock on its id was taken, which lasts to the end of the transaction.  `FOR UPDATE` would need a row
to lock, and the first event of an object finds none.  Each statement sees what was committed before it (READ
COMMITTED), so what is read after the lock is the last word.  Nothing waits for ever; a connection that is
lost is replaced. Source: https://www.postgresql.org/docs/current/explicit-locking.html (advisory locks)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from rehearsal_server.store import StoreError
from rehearsal_server.store.migrating import Migration, migrate, shipped_migrations
from rehearsal_server.store.sql import Block, SqlStore

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[tuple[Any, ...]]

CONNECTIONS_MAX = 16
CONNECT_S = 3  # Stripe waits some ten seconds for an answer; a 503 must come before
STATEMENT_MS, LOCK_MS, IDLE_MS = 8_000, 5_000, 15_000
BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
# Services that share a database, each in its schema, do not wait for each other.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || ?, 0))"
_MIGRATING = "rehearsal_server.migrations"
_STORAGE = (psycopg.OperationalError, psycopg.InternalError, psycopg.InterfaceError)
"""What is the database's failure; anything else psycopg raises is wrong SQL, our own bug."""


class PostgresqlStore(SqlStore):
    """The Store port on PostgreSQL.

    `take` lends a connection in autocommit mode, `give` gets it back; both may be called from any thread.
    """

    def __init__(
        self,
        take: Callable[[], Connection],
        give: Callable[[Connection], None],
        pool: ConnectionPool[Connection] | None = None,
    ) -> None:
        self._take, self._give, self._pool = take, give, pool
        self._mine = threading.local()

    @classmethod
    def open(cls, address: str) -> PostgresqlStore:
        """The store at a connection string, migrated when needed; raises StoreError, which never shows it."""
        _try(address)
        pool = _pool(address)
        store = cls(pool.getconn, pool.putconn, pool)
        try:
            store.migrate()
        except BaseException:
            pool.close()
            raise
        return store

    def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            self._pool.close()

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        """This thread's connection inside a transaction, else any; raises StoreError."""
        mine: Connection | None = getattr(self._mine, "connection", None)
        try:
            connection = mine or self._take()
            try:
                yield connection
            finally:
                if mine is None:
                    self._give(connection)
        except _STORAGE as error:
            raise StoreError(_said(error)) from None

    def _run(self, sql: str, values: tuple[Any, ...] = ()) -> int:
        with self._lent() as lent:
            cursor = _execute(lent, sql, values)
            if sql == "COMMIT" and cursor.statusmessage != "COMMIT":
                raise StoreError("the transaction had failed, so nothing of it was kept")
            return cursor.rowcount

    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with self._lent() as lent:
            return _execute(lent, sql, values).fetchall()

    def _lock(self, name: str) -> None:
        if getattr(self._mine, "connection", None) is not None:
            self._run(_LOCK, (name,))

    def transaction(self) -> Block:
        mine: Connection | None = getattr(self._mine, "connection", None)
        if mine is not None:
            return Block(self._run, lambda: _is_open(mine))
        try:
            connection = self._mine.connection = self._take()
        except _STORAGE as error:
            raise StoreError(_said(error)) from None
        begin = "" if _is_open(connection) else BEGIN  # a rehearsal lends one inside a transaction of its own
        return Block(self._run, lambda: _is_open(connection), begin=begin, over=self._over)

    def _over(self) -> None:
        connection = self._mine.connection
        self._mine.connection = None
        self._give(connection)

    def migrate(self, migrations: Sequence[Migration] | None = None) -> None:
        """Apply each migration that was not applied yet (default: this version's), in one transaction."""
        migrate(self, shipped_migrations("postgresql") if migrations is None else migrations)

    def applied(self) -> set[str]:
        """The names of the migrations that were applied; another server waits here."""
        self._lock(_MIGRATING)
        self._run("SET LOCAL statement_timeout = 0")  # a table may be long
        if self._all("SELECT to_regclass('migrations')") == [(None,)]:
            self._run("CREATE TABLE migrations (name TEXT NOT NULL PRIMARY KEY)")
        return {name for (name,) in self._all("SELECT name FROM migrations")}

    def run_script(self, script: str) -> None:
        """Execute every statement of a migration."""
        self._run(script)

    def record(self, name: str) -> None:
        """Remember that a migration was applied."""
        self._run("INSERT INTO migrations (name) VALUES (?)", (name,))

    def copy(self, name: str) -> str:
        """Copy every table into a schema of its own, in the same transaction."""
        ((taken,),) = self._all(
            "SELECT count(*) FROM pg_namespace WHERE nspname LIKE ?", (f"before_{name}%",)
        )
        schema = f"before_{name}" + (f"_{taken + 1}" if taken else "")
        self._run(f'CREATE SCHEMA "{schema}"')
        for (table,) in self._all(_TABLES):
            self._run(f'CREATE TABLE "{schema}"."{table}" AS TABLE "{table}"')
        return f"the schema {schema}"


def _try(address: str) -> None:
    """Connect once, to say at start what is wrong: the pool would only say that it waited.  Raises
    StoreError.
    """
    try:
        password = conninfo_to_dict(address).get("password")
    except psycopg.Error:
        form = "postgresql://user:password@host:5432/database"
        raise StoreError(f"no PostgreSQL connection string, expected {form}") from None
    try:
        psycopg.connect(address, connect_timeout=CONNECT_S).close()
    except psycopg.Error as error:
        said = str(error).strip().splitlines()[0]
        raise StoreError(said.replace(str(password), "***") if password else said) from None


def _pool(address: str) -> ConnectionPool[Connection]:
    """Connections to an address, made when they are wanted."""
    from psycopg_pool import ConnectionPool

    return ConnectionPool(
        address,
        min_size=0,
        max_size=CONNECTIONS_MAX,
        kwargs={"autocommit": True, "connect_timeout": CONNECT_S},
        configure=_configure,
        check=ConnectionPool.check_connection,
        timeout=CONNECT_S,
        reconnect_timeout=CONNECT_S,
        name="facts",
        open=True,
    )


def _configure(connection: Connection) -> None:
    """Bound every wait, and never acknowledge before a commit is on disk, whatever the database's default."""
    connection.execute(f"SET statement_timeout = {STATEMENT_MS}")
    connection.execute(f"SET lock_timeout = {LOCK_MS}")
    connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_MS}")
    off = "current_setting('synchronous_commit') = 'off'"
    connection.execute(f"SELECT set_config('synchronous_commit', 'on', false) WHERE {off}")


def _is_open(connection: Connection) -> bool:
    status = connection.pgconn.transaction_status
    return status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)


def _said(error: psycopg.Error) -> str:
    """What to tell of a failure: its class, and the first line of what the server said of it."""
    said = error.diag.message_primary or ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _execute(connection: Connection, sql: str, values: tuple[Any, ...]) -> psycopg.Cursor[tuple[Any, ...]]:
    if values:
        return connection.execute(_dialect(sql), values)
    return connection.execute(sql.encode(), prepare=False)  # a script is several statements


@lru_cache(maxsize=256)
def _dialect(sql: str) -> bytes:
    """The statement as psycopg wants it."""
    return sql.replace("?", "%s").encode()
