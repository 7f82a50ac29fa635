"""Backends that take a webhook for a doorbell, and ask Stripe what has happened.

Decides: what is asked, and when.  `refetches` and `asks_stripe_each_time` are right, and may not be refuted;
`rereads_events` forgets that Stripe lists events for 30 days only
(https://docs.stripe.com/api/events/list).
"""

from __future__ import annotations

import json
from typing import Any

from broken.habits import Habits, Held, Told, after, lines_end, read, stated_end
from broken.ledger import PUT, Ledger
from broken.shop import open_shop
from stripe import StripeError

from rehearsal_harness.targets.backend import Backend, Collaborators
from rehearsal_server.errors import Refused


class Refetching(Ledger):
    """Subscription and invoices are fetched on each event; when a payment failed first, only events say."""

    def __init__(self, given: Collaborators, habits: Habits) -> None:
        super().__init__(given, habits)
        columns = "invoice TEXT, at INTEGER, PRIMARY KEY (invoice, at)"
        given.connection.execute(f"CREATE TABLE IF NOT EXISTS failures ({columns})")

    def take(self, event: dict[str, Any], now: int) -> None:
        """Raises Refused (503) with nothing written when Stripe cannot be asked."""
        told = read(event)
        if told.type == "invoice.payment_failed":
            self._remember_failure(told)
        held = self.fetched(told.subscription) if told.subscription else None
        with self.given.transaction():
            self.keep_session(told)
            if held is not None:
                self.given.connection.execute(PUT, held)

    def _remember_failure(self, told: Told) -> None:
        with self.given.transaction():
            insert = "INSERT INTO failures VALUES (?, ?) ON CONFLICT DO NOTHING"
            self.given.connection.execute(insert, (told.object_id, told.created))

    def fetched(self, subscription: str) -> Held:
        """What Stripe says of a subscription now; raises Refused (503)."""
        try:
            found = self.plain(self.given.stripe.v1.subscriptions.retrieve(subscription))
            listed = self.given.stripe.v1.invoices.list({"subscription": subscription, "limit": 100})
        except StripeError as error:
            raise Refused(503, "STRIPE_UNAVAILABLE", "ask again") from error
        invoices = [self.plain(each) for each in listed.data]
        held = Held(
            key=subscription,
            customer=found["customer"],
            subscription=subscription,
            first_created=found["created"],
            status=found["status"],
            cancel_at=stated_end(Told("", "", 0, "", "", "", found, {})),
            past_due_since=self._owed_since(invoices) if found["status"] == "past_due" else None,
        )
        for invoice in invoices:
            if invoice["status"] == "paid":
                held = held._replace(paid_through=lines_end(held, Told("", "", 0, "", "", "", invoice, {})))
        return held

    def _owed_since(self, invoices: list[dict[str, Any]]) -> int:
        """The first failure, or until every failure is told the earliest that it can have been."""
        owed = [each for each in invoices if each["status"] == "open"]
        return min(self._failed_since(each) for each in owed)

    def _failed_since(self, invoice: dict[str, Any]) -> int:
        query = "SELECT count(*), min(at) FROM failures WHERE invoice = ?"
        count, first = self.given.connection.execute(query, (invoice["id"],)).fetchone()
        finalized_at = int(invoice["status_transitions"]["finalized_at"])
        return int(first) if count and count >= invoice["attempt_count"] else finalized_at

    @staticmethod
    def plain(found: Any) -> dict[str, Any]:
        """An object of the SDK as plain JSON."""
        return dict(found.to_dict(for_json=True))


def refetches(given: Collaborators) -> Backend:
    """A webhook only says that there is something to ask for."""
    return open_shop(given, Refetching(given, Habits()))


class Asking(Refetching):
    """Keeps only who bought, and asks Stripe on each read."""

    def take(self, event: dict[str, Any], now: int) -> None:
        told = read(event)
        if told.type == "invoice.payment_failed":
            self._remember_failure(told)
        with self.given.transaction():
            self.keep_session(told)
            if told.subscription:
                insert = "INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING"
                self.given.connection.execute(insert, (f"{told.customer} {told.subscription}",))

    def held(self, customer: str) -> list[Held]:
        rows = self.given.connection.execute("SELECT id FROM seen").fetchall()
        mine = [each.split()[1] for (each,) in rows if each.startswith(f"{customer} ")]
        return [self.fetched(each) for each in mine]


def asks_stripe_each_time(given: Collaborators) -> Backend:
    """Stripe knows best, so it is asked whenever somebody wants to know."""
    return open_shop(given, Asking(given, Habits()))


class Rereading(Ledger):
    """On each event, everything that Stripe lists about its subscription is folded afresh."""

    def take(self, event: dict[str, Any], now: int) -> None:
        told = read(event)
        held = Held(told.subscription)
        for each in reversed([json.loads(json.dumps(each)) for each in self.listed()]):
            if told.subscription and read(each).subscription == told.subscription:
                held = after(held, read(each), self.habits, now)
        with self.given.transaction():
            self.keep_session(told)
            if held.subscription:
                self.given.connection.execute(PUT, held)


def rereads_events(given: Collaborators) -> Backend:
    """Stripe's list of events is the history."""
    return open_shop(given, Rereading(given, Habits(overwrites=lambda held, told: True)))
