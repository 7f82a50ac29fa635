"""Mark, rewind and digest a PostgreSQL database through savepoints on one pinned connection.

Decides: what "the same store" means: every row of every table, in no order, since PostgreSQL promises none.
Does not know who writes.  A search happens in one transaction that never ends well, on tables that nobody
else sees; the audit's commits are real, in a schema of its own that is dropped afterwards.  Sequences go on
counting through a rewind (https://www.postgresql.org/docs/current/functions-sequence.html): a backend that
draws keys from one never comes back to a store it has seen.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from hashlib import blake2b
from uuid import uuid4

import psycopg

from rehearsal_harness.targets.dying import Transactions
from rehearsal_harness.targets.postgresql_pinned import Pinned, PinnedCursor
from rehearsal_harness.targets.postgresql_server import postgresql_address
from rehearsal_harness.targets.rewinding import Database

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"


class PostgresqlRewind:
    """A rewindable database."""

    def __init__(self, connection: Pinned) -> None:
        self._connection = connection
        self._shapes = -1
        self._top = ""
        self._ask = ""
        self._clean = -1
        self._states: dict[int, bytes | None] = {}
        weakref.finalize(self, _close, connection)

    @property
    def writes(self) -> int:
        """As Rewindable."""
        return self._connection.writes

    def mark(self, depth: int) -> None:
        """As Rewindable."""
        self._top = f"mark_{depth}"
        self._connection.point("SAVEPOINT", self._top)
        self._clean = self._connection.writes
        self._states[depth] = self._connection.state

    def rewind(self, depth: int) -> None:
        """As Rewindable."""
        self._top = f"mark_{depth}"
        self._connection.back_to(self._top)
        self._connection.writes += 1
        self._connection.state = self._states[depth]
        self._clean = self._connection.writes

    @contextmanager
    def aside(self) -> Iterator[None]:
        """As Rewindable.  Where nothing was written since a mark, the mark is enough to come back to."""
        connection = self._connection
        before, state = connection.writes, connection.state
        if before == self._clean and self._top:
            try:
                yield
            finally:
                if connection.is_broken or connection.writes != before:
                    connection.back_to(self._top)
                    connection.state, self._clean = state, connection.writes
            return
        alone = not connection.is_open
        if alone:
            connection.do(b"BEGIN")
        else:
            connection.point("SAVEPOINT", "aside")
        try:
            yield
        finally:
            if alone:
                connection.flush("ROLLBACK")
            else:
                connection.point("ROLLBACK", "aside")
                connection.point("RELEASE", "aside")
                connection.state = state

    def digest(self) -> bytes:
        """As Rewindable; no order is kept, so both halves are the same."""
        connection = self._connection
        if connection.shapes != self._shapes:
            self._prepare()
        half = blake2b(b" ".join(connection.flush(self._ask)), digest_size=16).digest()
        connection.state = half
        return half + half

    def _prepare(self) -> None:
        """One statement that hashes the rows of each table, sorted."""
        connection = self._connection
        names = connection.flush(TABLES)
        quoted = ['"' + name.decode().replace('"', '""') + '"' for name in names]
        line = 't::text COLLATE "C"'
        rows = f"md5(string_agg({line}, '|' ORDER BY {line}))"
        reads = [f"SELECT '{number}' || {rows} FROM {name} t" for number, name in enumerate(quoted)]
        self._ask = " UNION ALL ".join(reads) or "SELECT NULL::text"
        if connection.lazy:  # elsewhere psycopg gives up what is prepared at each ROLLBACK
            connection.do(f"PREPARE digest_{connection.shapes} AS {self._ask}".encode())
            self._ask = f"EXECUTE digest_{connection.shapes}"
        self._shapes = connection.shapes


def postgresql_database(transactions: Transactions | None, *, durable: bool) -> Database:
    """Tables that nobody else sees.  `durable`: in a schema of its own, where commits are commits.

    `transactions`: each write outside a transaction is a place to die at.
    """
    address = postgresql_address()
    connection = Pinned.connect(address, autocommit=True, prepare_threshold=0, cursor_factory=PinnedCursor)
    connection.transactions = transactions
    if durable:
        schema = f"audit_{uuid4().hex}"
        connection.do(f"CREATE SCHEMA {schema}; SET search_path = {schema}".encode())
    else:
        connection.lazy = True
        connection.do(b"SET search_path = pg_temp; SET jit = off; BEGIN")
    return Database(
        connection=connection,
        transaction=_transaction_maker(connection),
        rewind=PostgresqlRewind(connection),
        clock=connection,
    )


def _transaction_maker(connection: Pinned) -> Callable[[], AbstractContextManager[object]]:
    """Transactions for a backend without a store of its own: BEGIN, or SAVEPOINT inside another."""

    @contextmanager
    def transaction() -> Iterator[None]:
        nested = connection.is_open
        connection.point("SAVEPOINT", "backend") if nested else connection.do(b"BEGIN")
        connection.blocks += 1
        try:
            yield
        except BaseException:
            connection.blocks -= 1
            if nested:
                connection.point("ROLLBACK", "backend")
                connection.point("RELEASE", "backend")
            else:
                connection.flush("ROLLBACK")
            raise
        connection.blocks -= 1
        if nested:
            connection.point("RELEASE", "backend")
        else:
            connection.flush("COMMIT")

    return transaction


def _close(connection: Pinned) -> None:
    """Leave nothing behind: an open transaction is undone with its connection, a schema is dropped."""
    if connection.closed:
        return
    with suppress(psycopg.Error):  # at the end of the process, our own server may have gone first
        if not connection.is_open:
            (schema,) = connection.do(b"SELECT current_schema()")
            if schema.startswith(b"audit_"):
                connection.do(b"DROP SCHEMA %s CASCADE" % schema)
    connection.close()
