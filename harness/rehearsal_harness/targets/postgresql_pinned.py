"""A PostgreSQL connection of a backend under rehearsal: pinned, counted, and spared what changes nothing.

Decides: what counts as a write, what a backend asked the database's own clock, and that savepoints are sent
only with the next statement that needs them: one that is released with nothing in it is never sent.  Does not
know what is searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus

from rehearsal_harness.targets.dying import Transactions

_READS = re.compile(r"\s*(?:--.*\n\s*)*(?:SELECT|SHOW|VALUES|TABLE|EXPLAIN)\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE|INTO|nextval|setval)\b", re.IGNORECASE)
_CONTROL = re.compile(
    r"\s*(BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|START|SET|PREPARE|DEALLOCATE)\b", re.IGNORECASE
)
_POINT = re.compile(r"\s*(SAVEPOINT|RELEASE|ROLLBACK\s+TO)\s+(?:SAVEPOINT\s+)?(\w+)\s*;?\s*$", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\("
    r"|current_(?:date|time|timestamp)\b|localtime(?:stamp)?\b)|'(?:now|today|tomorrow|yesterday)'",
    re.IGNORECASE,
)
_SHAPE = re.compile(r"\b(?:CREATE|ALTER|DROP|TRUNCATE)\b", re.IGNORECASE)
WORDS = {"SAVEPOINT": 1, "BEGIN": 1, "START": 1, "RELEASE": -1, "COMMIT": -1, "END": -1}


@lru_cache(maxsize=1024)
def kind_of(sql: str) -> str:
    """What a statement may do to the store: control, read, write or shape.  In doubt it writes."""
    if _CONTROL.match(sql):
        return "control"
    if _READS.match(sql) and not _WRITES.search(sql):
        return "read"
    return "shape" if _SHAPE.search(sql) else "write"


class PinnedCursor(psycopg.Cursor[tuple[Any, ...]]):
    """A cursor that counts writes, watches them, and lets one that fails undo itself alone."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> PinnedCursor:
        """As `psycopg.Cursor.execute`."""
        connection: Pinned = self.connection  # type: ignore[assignment]
        sql = query if isinstance(query, str) else _text(query, connection)
        kind = kind_of(sql)
        if kind == "control":
            return self._control(connection, sql, query, options)
        connection.notice(sql)
        if kind == "read":
            connection.flush()
            return super().execute(query, params, **options)
        with connection.alone():
            connection.flush()
            super().execute(query, params, **options)
        connection.shapes += kind == "shape"
        if self.rowcount != 0:
            connection.wrote()
        return self

    def _control(self, connection: Pinned, sql: str, query: Any, options: Any) -> PinnedCursor:
        word = sql.split(None, 1)[0].upper().rstrip(";")
        found = _POINT.match(sql)
        if found is None or not connection.is_open:
            connection.flush()
            super().execute(query, **options)
            connection.blocks += -1 if word == "ROLLBACK" and found is None else WORDS.get(word, 0)
        else:  # psycopg would forget every prepared statement at a ROLLBACK TO
            connection.point(word, found[2])
            connection.blocks += WORDS.get(word, 0)
        return self

    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
        """As `psycopg.Cursor.executemany`; a transaction by itself when it is in no other."""
        connection: Pinned = self.connection  # type: ignore[assignment]
        connection.notice(query if isinstance(query, str) else _text(query, connection))
        with connection.alone():
            connection.flush()
            super().executemany(query, params_seq, returning=returning)
        connection.wrote()


class Pinned(psycopg.Connection[tuple[Any, ...]]):
    """The one connection of a backend.

    `writes` grows with each statement that may have written; `shapes` with each that may have made a table;
    `blocks` counts the backend's own open transactions.  `asked` says how it asked the database for the time.
    `state` names what the store holds, None when that is not known.  `lazy`: savepoints wait for a statement.
    """

    asked = ""
    writes = 0
    shapes = 0
    blocks = 0
    lazy = False
    state: bytes | None = None
    transactions: Transactions | None = None
    _waiting: list[tuple[str, str]]

    def do(self, sql: bytes) -> list[bytes]:
        """Carry out statements at once; the first column of what the last one answers."""
        result = self.pgconn.exec_(sql)
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise psycopg.OperationalError(result.error_message.decode("utf-8", "replace"))
        return [result.get_value(number, 0) or b"" for number in range(result.ntuples)]

    def point(self, word: str, name: str) -> None:
        """Set (SAVEPOINT), give up (RELEASE) or go back to (ROLLBACK) a savepoint, now or with what comes
        next.
        """
        waiting = self.__dict__.setdefault("_waiting", [])
        is_last = bool(waiting) and waiting[-1] == ("SAVEPOINT", name)
        if word == "ROLLBACK":
            self.state = None
            if is_last:
                return
        if word == "RELEASE" and is_last:
            waiting.pop()
            return
        waiting.append((word, name))
        if not self.lazy:
            self.flush()

    def later(self, sql: str, values: tuple[Any, ...]) -> None:
        """Write with what comes next, whose failure then is this one's; nobody asks what came of it."""
        waiting = self.__dict__.setdefault("_waiting", [])
        waiting.append(("", psycopg.ClientCursor(self).mogrify(sql.encode(), values)))
        self.wrote()

    def back_to(self, name: str) -> None:
        """Go back to a savepoint that was set before all that waits to be sent, or waits itself."""
        waiting = self.__dict__.setdefault("_waiting", [])
        point = ("SAVEPOINT", name)
        if point in waiting:
            del waiting[waiting.index(point) + 1 :]
        else:
            waiting[:] = [("ROLLBACK", name)]
        if not self.lazy:
            self.flush()

    def flush(self, last: str = "") -> list[bytes]:
        """Send what waits, and `last` with it; what that answers."""
        waiting: list[tuple[str, str]] = self.__dict__.setdefault("_waiting", [])
        if not waiting and not last:
            return []
        texts = [f"{word}{' TO' * (word == 'ROLLBACK')} {text}".lstrip() for word, text in waiting]
        waiting.clear()
        return self.do("; ".join([*texts, *([last] if last else [])]).encode())

    def notice(self, sql: str) -> None:
        """Remember when a statement asks for the time."""
        if not self.asked and (found := _CLOCK.search(sql)):
            self.asked = f"SQL's own clock ({found[0]})"

    def wrote(self) -> None:
        """The store is another one now."""
        self.writes += 1
        self.state = None

    @property
    def is_open(self) -> bool:
        """Is there a transaction?"""
        return bool(self.pgconn.transaction_status != TransactionStatus.IDLE)

    @property
    def is_broken(self) -> bool:
        """Has a statement of the transaction failed?"""
        return bool(self.pgconn.transaction_status == TransactionStatus.INERROR)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A statement outside any transaction is one by itself, undone alone when it fails."""
        if self.blocks > 0:
            yield
            return
        watched, inside = self.transactions, self.is_open
        if watched is not None:
            watched.boundary()
        if inside:
            self.point("SAVEPOINT", "alone")
        try:
            yield
        except psycopg.Error:
            if inside:
                self.point("ROLLBACK", "alone")
                self.point("RELEASE", "alone")
            raise
        if inside:
            self.point("RELEASE", "alone")
        if watched is not None:
            watched.boundary()

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[psycopg.Transaction]:
        """As `psycopg.Connection.transaction`."""
        self.flush()
        self.blocks += 1
        try:
            with super().transaction(savepoint_name, force_rollback) as entered:
                yield entered
                self.flush()
        finally:
            self.blocks -= 1
            self.wrote()


def _text(query: Any, connection: Pinned) -> str:
    return query.decode() if isinstance(query, bytes) else str(query.as_string(connection))
