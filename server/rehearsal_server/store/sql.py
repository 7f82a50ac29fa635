"""What the two SQL stores share: every statement of the port, and how a transaction nests.

Decides: the statements, in the SQL that SQLite and PostgreSQL both speak; `?` marks a value.  Does not know
how a connection is made, kept or lost, nor what a dialect calls a failure: a store that inherits this says
so. Columns that are words of a dialect are quoted.  No statement asks for the time.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Any

from rehearsal_server.facts import Row, Settlement
from rehearsal_server.store import History, Request, Store

WIDTH = len(Row._fields)
_COLUMNS = [f'"{name}"' for name in Row._fields]
_ROW = ", ".join(_COLUMNS)
_ROWS_OF = f"SELECT {_ROW} FROM event_rows WHERE object_id = ?"
_ROWS_OF_PAYMENT = f"SELECT {_ROW} FROM event_rows WHERE payment = ?"
_RECENT = f"SELECT {_ROW} FROM event_rows ORDER BY created DESC, event_id LIMIT ?"
_ADD_ROW = f"INSERT INTO event_rows ({_ROW}) VALUES ({', '.join('?' * WIDTH)})"
_HISTORY = (
    f"SELECT {', '.join('r.' + column for column in _COLUMNS)}, s.row_set, s.value"
    " FROM event_rows r LEFT JOIN settlements s ON s.object_id = r.subscription"
)
_OF_CUSTOMER = f"{_HISTORY} WHERE r.customer = ?"
_OF_DEVICE = (
    f"{_HISTORY} WHERE r.customer IN (SELECT customer FROM event_rows WHERE device = ?"
    " UNION SELECT customer FROM activations WHERE device = ?)"
)
# A union: PostgreSQL answers `OR … IN (SELECT …)` by reading the whole table.
_OF_USER = " UNION ".join(
    f"{_HISTORY} WHERE r.{whose}"
    for whose in (
        '"user" = ?',
        'customer IN (SELECT customer FROM event_rows WHERE "user" = ?)',
        'payment IN (SELECT payment FROM event_rows WHERE "user" = ?)',
    )
)
_SETTLE = (
    "INSERT INTO settlements (object_id, row_set, value) VALUES (?, ?, ?)"
    " ON CONFLICT (object_id) DO UPDATE SET row_set = excluded.row_set, value = excluded.value"
)
_NOTE = "INSERT INTO unused_events (event_id, type, decision) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_ADD_REQUEST = "INSERT INTO requests (request_id, at, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_ACTIVATE = "INSERT INTO activations (customer, device, activated_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_ADVANCE = (
    "INSERT INTO cursors (name, position) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET position = excluded.position"
)
BLIND = frozenset({_ADD_ROW, _SETTLE})
"""Writes of which the store does not ask how many rows they wrote."""


class Block:
    """One block of a transaction; a savepoint when `nested`.

    `run` executes a statement; `alive` says whether there is still a transaction to undo; `over` is called at
    the end of an outermost block, whatever happened.
    """

    __slots__ = ("_alive", "_before", "_begin", "_nested", "_over", "_run")

    def __init__(
        self,
        run: Callable[[str], object],
        alive: Callable[[], bool],
        *,
        begin: str = "",
        over: Callable[[], None] | None = None,
    ) -> None:
        self._run, self._alive, self._begin, self._over = run, alive, begin, over
        self._nested = not begin
        self._before: Callable[[], None] | None = None

    def then(self, *, before: Callable[[], None] | None, over: Callable[[], None]) -> None:
        """Also call `before` just before what was written is kept, and `over` at the end."""
        self._before, self._over = before, over

    def __enter__(self) -> None:
        try:
            self._run(self._begin or "SAVEPOINT block")
        except BaseException:
            self._end()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._keep()
            else:
                self._undo()
        finally:
            self._end()

    def _keep(self) -> None:
        try:
            if self._before is not None:
                self._before()
            self._run("RELEASE block" if self._nested else "COMMIT")
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if (
            not self._alive()
        ):  # the database has undone everything itself: disk full, I/O error, connection lost
            return
        if self._nested:
            self._run("ROLLBACK TO block")
            self._run("RELEASE block")
        else:
            self._run("ROLLBACK")

    def _end(self) -> None:
        if self._over is not None:
            self._over()


class SqlStore(Store):
    """The Store port in SQL.  A dialect adds `_run`, `_all`, `transaction`, and how its tables are made."""

    @abstractmethod
    def _run(self, sql: str, values: tuple[Any, ...] = ()) -> int:
        """Execute one statement; how many rows it wrote.  Raises StoreError."""

    @abstractmethod
    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Every row that one statement reads.  Raises StoreError."""

    def _lock(self, name: str) -> None:
        """Inside a transaction, before what belongs to `name` is read: others wait."""

    def rows_of(self, object_id: str) -> list[Row]:
        self._lock(object_id)
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
        return self._history(_OF_CUSTOMER, (customer,))

    def history_of_device(self, device: str) -> History:
        return self._history(_OF_DEVICE, (device, device))

    def history_of_user(self, user: str) -> History:
        return self._history(_OF_USER, (user, user, user))

    def rows_of_payment(self, payment: str) -> list[Row]:
        return list(map(Row._make, self._all(_ROWS_OF_PAYMENT, (payment,))))

    def recent_rows(self, limit: int) -> list[Row]:
        return list(map(Row._make, self._all(_RECENT, (limit,))))

    def add_request(self, request: Request) -> None:
        self._run(_ADD_REQUEST, request)

    def requests(self, limit: int) -> list[Request]:
        find = "SELECT request_id, at, body FROM requests ORDER BY at DESC, request_id LIMIT ?"
        return list(map(Request._make, self._all(find, (limit,))))

    def _history(self, sql: str, of: tuple[str, ...]) -> History:
        rows: list[Row] = []
        settlements: dict[str, Settlement] = {}
        for values in self._all(sql, of):
            row = Row._make(values[:WIDTH])
            rows.append(row)
            if row.subscription is not None and values[WIDTH] is not None:
                settlements[row.subscription] = Settlement._make(values[WIDTH:])
        return History(rows=rows, settlements=settlements)

    def note_unused(self, event_id: str, type_: str, decision: str) -> bool:
        return self._run(_NOTE, (event_id, type_, decision)) == 1

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


def _first_int(found: list[Any]) -> int | None:
    return int(found[0][0]) if found else None
