"""A backend of another design that is right, and may not be refuted: an append-only log of what came in.

Decides: that facts may be derived on each read as well as kept.  The join is the reference server's; the log
has an implicit rowid, whose order means nothing to it.
"""

from __future__ import annotations

import json
from typing import Any

from broken.habits import Habits, Held, after, read
from broken.ledger import Ledger
from broken.shop import open_shop

from rehearsal_harness.targets.backend import Backend, Collaborators
from rehearsal_server.events import read_event
from rehearsal_server.facts import fold, past_due_since, subscription_value


class EventLog(Ledger):
    """Every event is appended once; what it amounts to is derived on each read."""

    def __init__(self, given: Collaborators, habits: Habits) -> None:
        super().__init__(given, habits)
        columns = "event_id TEXT PRIMARY KEY, customer TEXT, subscription TEXT, event TEXT"
        given.connection.execute(f"CREATE TABLE IF NOT EXISTS log ({columns})")

    def take(self, event: dict[str, Any], now: int) -> None:
        """Append, unless it is known."""
        told = read(event)
        with self.given.transaction():
            self.keep_session(told)
            insert = "INSERT INTO log VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
            row = (told.event_id, told.customer, told.subscription, json.dumps(event))
            self.given.connection.execute(insert, row)

    def held(self, customer: str) -> list[Held]:
        """What the log says of a customer's subscriptions."""
        query = "SELECT subscription, event FROM log WHERE customer = ? AND subscription != ''"
        events: dict[str, list[Any]] = {}
        for subscription, event in self.given.connection.execute(query, (customer,)):
            events.setdefault(subscription, []).append(json.loads(event))
        return [self.folded(subscription, mine) for subscription, mine in events.items()]

    def folded(self, subscription: str, events: list[Any]) -> Held:
        """The row that the events of a subscription amount to, in whichever order they come."""
        held, rows = Held(subscription), []
        for event in events:
            told = read(event)
            if told.of_subscription:
                rows.append(read_event(event, self.habits.handled).row)
            held = after(held, told, self.habits, 0)
        value = fold(rows) if rows else None
        if value is None:
            return held
        known = subscription_value(value)
        since = past_due_since(rows) if known.status == "past_due" else None
        return held._replace(status=known.status, cancel_at=known.cancel_at, past_due_since=since)


def event_log(given: Collaborators) -> Backend:
    """Keep everything, and derive."""
    return open_shop(given, EventLog(given, Habits(overwrites=lambda held, told: False)))
