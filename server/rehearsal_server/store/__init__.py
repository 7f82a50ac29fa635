"""The one port to where facts are kept; SQLite, a JSON file or PostgreSQL stand behind it.

Decides what a store promises: rows are only ever added; `transaction()` is the only way to write, it is
exclusive, it nests, and when its outermost block ends without an exception everything written in it is
durable.  Does not know what rows mean.  Reads outside a transaction see one consistent moment each.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from rehearsal_server.facts import Row, Settlement


class StoreError(Exception):
    """The store could not be read or written; nothing of the transaction is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Every row that names a customer (or a device), and the settlements of its subscriptions by id."""

    rows: Sequence[Row]
    settlements: dict[str, Settlement]


class Request(NamedTuple):
    """What somebody asked people to do: `at` unix seconds, `body` JSON text, already redacted."""

    request_id: str
    at: int
    body: str


class Store(Protocol):
    """Every method raises StoreError when storage fails."""

    def transaction(self) -> AbstractContextManager[object]:
        """A block of reads and writes: all of it is kept, durably, or nothing.

        Exclusive: what was read of an object in it, nobody else changes before its end.
        """

    def rows_of(self, object_id: str) -> Sequence[Row]:
        """The rows of one Stripe object, in no promised order."""

    def add_row(self, row: Row) -> None:
        """Keep a row for ever.  The caller has seen, in this transaction, that its event id is new."""

    def settlement_of(self, object_id: str) -> Settlement | None:
        """Stripe's own answer that was kept for this object, if any."""

    def settle(self, object_id: str, settlement: Settlement | None) -> None:
        """Keep Stripe's own answer for this object, or with None forget it."""

    def history_of_customer(self, customer: str) -> History:
        """Everything known of a customer."""

    def history_of_device(self, device: str) -> History:
        """Everything known of the customers that paid from a device or activated it."""

    def history_of_user(self, user: str) -> History:
        """Everything known of a signed-in user: rows that name it, of its customers, of its payments."""

    def rows_of_payment(self, payment: str) -> Sequence[Row]:
        """The rows that name a payment intent: its session, charge, disputes; in no promised order."""

    def recent_rows(self, limit: int) -> Sequence[Row]:
        """The newest rows by `created`, then by event id, newest first."""

    def add_request(self, request: Request) -> None:
        """Keep what somebody asked for.  The same id again changes nothing."""

    def requests(self, limit: int) -> Sequence[Request]:
        """The newest requests, newest first, then by id."""

    def note_unused(self, event_id: str, type_: str, decision: str) -> bool:
        """Log an event without effect; False (and nothing is written) when it was logged before."""

    def activation(self, customer: str, device: str) -> int | None:
        """When this device was first activated for this customer (unix seconds)."""

    def activate(self, customer: str, device: str, at: int) -> None:
        """Record the first activation of a device."""

    def note_check(self, customer: str, device: str, at: int, *, active: bool) -> None:
        """A device asked at `at` and was answered; only a store with a table for that writes it down."""
        return

    def cursor(self, name: str) -> int | None:
        """How far a reader of Stripe's event list has come (unix seconds)."""

    def advance_cursor(self, name: str, position: int) -> None:
        """Record how far it has come."""

    def probe(self) -> None:
        """Write durably, changing nothing, to prove that storage is writable."""

    def close(self) -> None:
        """Let go of what is open; a store of files or connections per thread, of this thread's."""
