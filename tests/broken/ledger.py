"""A running winner in SQLite: one row per subscription, overwritten by each event.

Decides: when what is written, in which transaction.  What an event does to a row is `habits`.  Tables are as
people write them: a text key, and an implicit rowid.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

from broken.habits import Habits, Held, Told, after, read

from rehearsal_harness.targets.backend import Collaborators

TABLES = (
    f"CREATE TABLE IF NOT EXISTS subscriptions ({', '.join(Held._fields)}, PRIMARY KEY (key))",
    "CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, customer TEXT, device TEXT, email TEXT)",
    "CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)",
)
PUT = f"INSERT OR REPLACE INTO subscriptions VALUES ({', '.join('?' * len(Held._fields))})"


class Ledger:
    """The book of a naive backend."""

    def __init__(self, given: Collaborators, habits: Habits) -> None:
        self.given = given
        self.habits = habits
        self.reuses_customer = habits.reuses_customer
        with given.transaction():
            for table in TABLES:
                given.connection.execute(table)

    def take(self, event: dict[str, Any], now: int) -> None:
        """Fold one event in, at most once for each thing that is remembered."""
        told = read(event)
        if told.type not in self.habits.handled or self.habits.ignores(told, now):
            return
        mark = self.habits.remembers(told)
        with self.given.transaction() if self.habits.one_transaction else nullcontext():
            if mark and not self._first(mark):
                return
            with self.given.transaction():
                self._apply(told, now)

    def _first(self, mark: str) -> bool:
        with self.given.transaction():
            insert = "INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING"
            return self.given.connection.execute(insert, (mark,)).rowcount == 1

    def _apply(self, told: Told, now: int) -> None:
        execute = self.given.connection.execute
        self.keep_session(told)
        key = self.habits.key(told)
        if not key:
            return
        found = execute("SELECT * FROM subscriptions WHERE key = ?", (key,)).fetchone()
        if found is None and self.habits.needs_row(told):
            return
        held = Held(key) if found is None else Held(*found)
        if self.habits.deletes_row(told):
            execute("DELETE FROM subscriptions WHERE key = ?", (key,))
        else:
            changed = after(held, told, self.habits, now)
            if found is None or changed != held:
                execute(PUT, changed)

    def keep_session(self, told: Told) -> None:
        """Whose checkout session it is, and from which device, by a session's event."""
        if told.type.startswith("checkout.session."):
            metadata = told.body["metadata"]
            row = (told.object_id, told.customer, metadata["device_id"], metadata["email"])
            put = "INSERT INTO sessions VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
            self.given.connection.execute(put, row)

    def held(self, customer: str) -> list[Held]:
        """The rows of a customer."""
        rows = self.given.connection.execute("SELECT * FROM subscriptions WHERE customer = ?", (customer,))
        return [Held(*row) for row in rows.fetchall()]

    def customer_of(self, column: str, value: str) -> str | None:
        """The last customer of a completed session (`id`), of a `device` or of an `email`."""
        query = f"SELECT customer FROM sessions WHERE {column} = ? ORDER BY rowid DESC"
        found = self.given.connection.execute(query, (value,)).fetchone()
        return None if found is None else found[0]

    def reconcile(self) -> object:
        """Take in every event that Stripe lists, oldest first."""
        for event in reversed(list(self.listed())):
            self.take(event, self.given.clock())
        return None

    def listed(self) -> Iterator[dict[str, Any]]:
        """Every event of a handled type, newest first."""
        params: Any = {"types": sorted(self.habits.handled), "limit": 100}
        for event in self.given.stripe.v1.events.list(params).auto_paging_iter():
            yield json.loads(json.dumps(event.to_dict(for_json=True)))
