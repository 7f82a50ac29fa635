"""The SQLite store with three more tables that people and other tools read: customers, events, devices.

Decides when a line of them is written: in the same transaction as the facts it follows from, just before its
end. Does not know what a customer's line says (customer_row).  They are a projection: nothing here reads
them, and where one is missing all are made again from the facts.  Their clock is the server's, never SQL's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.resources import files

from rehearsal_server.facts import Row, Settlement
from rehearsal_server.store.customer_row import CustomerRow, customer_row
from rehearsal_server.store.migrating import Migration
from rehearsal_server.store.sql import Block
from rehearsal_server.store.sqlite import SqliteStore

TABLES = frozenset({"billing_customers", "processed_events", "device_activations"})
_COLUMNS = (*CustomerRow._fields, "updated_at")
_NEW = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
_PUT_CUSTOMER = (
    f"INSERT INTO billing_customers ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    f" ON CONFLICT (customer_id) DO UPDATE SET {_NEW}"
)
_PUT_EVENT = (
    "INSERT INTO processed_events (event_id, type, processed_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
)
_PUT_DEVICE = (
    "INSERT INTO device_activations (customer_id, device_id, activated_at, last_checked_at, last_active)"
    " VALUES (?, ?, ?, ?, 1) ON CONFLICT DO NOTHING"
)
_CHECKED = (
    "UPDATE device_activations SET last_checked_at = ?, last_active = ?"
    " WHERE customer_id = ? AND device_id = ?"
)


class TabledSqliteStore(SqliteStore):
    """The Store port, with the tables in step.  `clock` gives unix seconds; `entitlement` is what is sold."""

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], clock: Callable[[], int], entitlement: str | None
    ) -> None:
        super().__init__(connect)
        self._clock = clock
        self._entitlement = entitlement

    def transaction(self) -> Block:
        block = super().transaction()
        depth = getattr(self._mine, "depth", 0)
        if depth == 0:
            self._mine.touched = set()
        self._mine.depth = depth + 1
        block.then(before=self._project if depth == 0 else None, over=self._leave)
        return block

    def _leave(self) -> None:
        self._mine.depth -= 1

    def _project(self) -> None:
        for customer in sorted(self._mine.touched):
            line = customer_row(customer, self.history_of_customer(customer), self._entitlement)
            self._run(_PUT_CUSTOMER, (*line, _iso(self._clock())))

    def _touch(self, rows: Sequence[Row]) -> None:
        self._mine.touched.update(row.customer for row in rows if row.customer is not None)

    def add_row(self, row: Row) -> None:
        with self.transaction():
            super().add_row(row)
            self._run(_PUT_EVENT, (row.event_id, row.type, _iso(self._clock())))
            self._touch([row])

    def settle(self, object_id: str, settlement: Settlement | None) -> None:
        with self.transaction():
            super().settle(object_id, settlement)
            self._touch(self.rows_of(object_id))

    def note_unused(self, event_id: str, type_: str, decision: str) -> bool:
        with self.transaction():
            is_new = super().note_unused(event_id, type_, decision)
            if is_new:
                self._run(_PUT_EVENT, (event_id, type_, _iso(self._clock())))
            return is_new

    def activate(self, customer: str, device: str, at: int) -> None:
        with self.transaction():
            super().activate(customer, device, at)
            self._run(_PUT_DEVICE, (customer, device, _iso(at), _iso(self._clock())))

    def note_check(self, customer: str, device: str, at: int, *, active: bool) -> None:
        with self.transaction():
            self._run(_CHECKED, (_iso(at), int(active), customer, device))

    def migrate(self, migrations: Sequence[Migration] | None = None) -> None:
        """As SqliteStore; also makes the tables, and fills them from the facts where one is missing."""
        super().migrate(migrations)
        with self.transaction():
            there = {name for (name,) in self._all("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if there >= TABLES:
                return
            self.run_script(
                files("rehearsal_server.store").joinpath("customer_tables.sql").read_text("utf-8")
            )
            self._fill()

    def _fill(self) -> None:
        now = _iso(self._clock())
        for event_id, type_ in self._all(
            "SELECT event_id, type FROM event_rows UNION SELECT event_id, type FROM unused_events"
        ):
            self._run(_PUT_EVENT, (event_id, type_, now))
        for customer, device, at in self._all("SELECT customer, device, activated_at FROM activations"):
            self._run(_PUT_DEVICE, (customer, device, _iso(at), now))
        named = self._all("SELECT DISTINCT customer FROM event_rows WHERE customer IS NOT NULL")
        self._mine.touched.update(customer for (customer,) in named)


def _iso(instant: int) -> str:
    """Unix seconds as 2026-06-01T00:00:00Z."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
