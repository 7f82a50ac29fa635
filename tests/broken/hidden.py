"""Backends whose state or behaviour hides where a rewinding search does not look by itself.

Decides: what the search must not be fooled by, and must not mistake for a bug: the order of rows, writes
without a transaction, memory, a diary of deliveries.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Any
from uuid import uuid4

from broken.good import EventLog
from broken.habits import Habits, Held, after, read
from broken.ledger import Ledger
from broken.shop import open_shop

from rehearsal_harness.targets.backend import Backend, Collaborators
from rehearsal_server.errors import Refused


class LastRow(EventLog):
    """The status is that of the row that was appended last."""

    def folded(self, subscription: str, events: list[Any]) -> Held:
        """Takes the log in the order in which SQLite happens to keep it."""
        held = Held(subscription)
        for event in events:
            held = after(held, read(event), self.habits, 0)
        return held


def last_row_wins(given: Collaborators) -> Backend:
    """A log is in the order of what happened."""
    return open_shop(given, LastRow(given, Habits(overwrites=lambda held, told: True)))


def id_row_without_transaction(given: Collaborators) -> Backend:
    """Every statement is its own transaction, and the id row comes first."""
    habits = Habits(remembers=lambda told: told.event_id, one_transaction=False)
    return open_shop(given, Ledger(replace(given, transaction=nullcontext), habits))


class InMemory(Ledger):
    """Event ids that were handled are kept in a set of the process."""

    def __init__(self, given: Collaborators, habits: Habits) -> None:
        super().__init__(given, habits)
        self.handled: set[str] = set()

    def take(self, event: dict[str, Any], now: int) -> None:
        if event["id"] not in self.handled:
            super().take(event, now)
            self.handled.add(event["id"])


def remembers_in_memory(given: Collaborators) -> Backend:
    """Right as long as nothing restarts: a search that rewinds only the database cannot judge it."""
    return open_shop(given, InMemory(given, Habits()))


class Queue(Ledger):
    """A webhook is put into a queue in memory and worked on when the next request comes."""

    def __init__(self, given: Collaborators, habits: Habits) -> None:
        super().__init__(given, habits)
        self.queue: list[dict[str, Any]] = []

    def take(self, event: dict[str, Any], now: int) -> None:
        self.queue.append(event)

    def held(self, customer: str) -> list[Held]:
        while self.queue:
            super().take(self.queue.pop(0), self.given.clock())
        return super().held(customer)


def works_later(given: Collaborators) -> Backend:
    """Acknowledged first, done later: a crash in between loses what was acknowledged."""
    return open_shop(given, Queue(given, Habits()))


class Diary(Ledger):
    """Every delivery is written into a diary, duplicates too."""

    def __init__(self, given: Collaborators, habits: Habits) -> None:
        super().__init__(given, habits)
        given.connection.execute(
            "CREATE TABLE IF NOT EXISTS diary (id INTEGER PRIMARY KEY, event_id TEXT, at INTEGER)"
        )

    def take(self, event: dict[str, Any], now: int) -> None:
        with self.given.transaction():
            self.given.connection.execute(
                "INSERT INTO diary (event_id, at) VALUES (?, ?)", (event["id"], now)
            )
        super().take(event, now)


def keeps_a_diary(given: Collaborators) -> Backend:
    """Support wants to see what came in."""
    return open_shop(given, Diary(given, Habits()))


class Impatient(Ledger):
    """The third delivery of an event is taken for an attack, and the customer is locked out."""

    def take(self, event: dict[str, Any], now: int) -> None:
        execute = self.given.connection.execute
        with self.given.transaction():
            execute("INSERT OR IGNORE INTO tries VALUES (?, 0)", (event["id"],))
            execute("UPDATE tries SET count = count + 1 WHERE id = ?", (event["id"],))
            ((count,),) = execute("SELECT count FROM tries WHERE id = ?", (event["id"],)).fetchall()
            if count > 3:
                execute("DELETE FROM subscriptions")
        super().take(event, now)

    def __init__(self, given: Collaborators, habits: Habits) -> None:
        super().__init__(given, habits)
        given.connection.execute("CREATE TABLE IF NOT EXISTS tries (id TEXT PRIMARY KEY, count INTEGER)")


def locks_out_on_the_fourth_delivery(given: Collaborators) -> Backend:
    """So many duplicates cannot be meant well."""
    return open_shop(given, Impatient(given, Habits()))


class Unordered(Ledger):
    """An event of a subscription is refused until its checkout is known; Stripe will come again."""

    def take(self, event: dict[str, Any], now: int) -> None:
        told = read(event)
        known = self.given.connection.execute("SELECT 1 FROM sessions WHERE customer = ?", (told.customer,))
        if not told.type.startswith("checkout.session.") and known.fetchone() is None:
            raise Refused(503, "TOO_EARLY", "the checkout is not known yet")
        super().take(event, now)


def waits_for_checkout(given: Collaborators) -> Backend:
    """First things first: Stripe tries for three days."""
    return open_shop(given, Unordered(given, Habits()))


class Lots(Ledger):
    """Each event that is new gets a ticket with a number drawn by chance."""

    def __init__(self, given: Collaborators, habits: Habits) -> None:
        super().__init__(given, habits)
        given.connection.execute(
            "CREATE TABLE IF NOT EXISTS tickets (event_id TEXT PRIMARY KEY, ticket TEXT)"
        )

    def take(self, event: dict[str, Any], now: int) -> None:
        with self.given.transaction():
            insert = "INSERT INTO tickets VALUES (?, ?) ON CONFLICT DO NOTHING"
            self.given.connection.execute(insert, (event["id"], uuid4().hex))
        super().take(event, now)


def draws_lots(given: Collaborators) -> Backend:
    """Right, and never twice the same: what a rewound search saw cannot be seen again."""
    return open_shop(given, Lots(given, Habits()))
