"""One verified event to durable facts: the same path for a webhook and for a catch-up.

Decides what an event does here (applied, duplicate, ignored, ...) and when Stripe must be asked.  Does not
know HTTP. Rule: insert, re-read and fold under one lock; an event id that is known stops nothing, an exact
duplicate writes nothing.  Stripe is never asked inside a transaction: when it cannot answer, nothing has
been written.
"""

from __future__ import annotations

from enum import StrEnum

from stripe import StripeClient, StripeError

from rehearsal_server.context import Context
from rehearsal_server.events import Event, subscription_fields
from rehearsal_server.facts import Row, Settlement, fold, row_set
from rehearsal_server.shape import ShapeError
from rehearsal_server.store import Store
from rehearsal_specs.reader import read_event_types

FETCHES_MAX = 8  # each further one means that yet another event of the same second came in meanwhile


class Decision(StrEnum):
    """What became of a delivery; all of them are acknowledged."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    OTHER_MODE = "other_mode"
    OTHER_ACCOUNT = "other_account"
    UNKNOWN_TYPE = "unknown_type"


class FetchError(Exception):
    """Stripe could not settle a subscription; nothing was written, the delivery must come again."""


class Intake:
    """Takes events in for one server."""

    __slots__ = ("_known", "_livemode", "_store", "_stripe")

    def __init__(self, context: Context) -> None:
        self._store: Store = context.store
        self._stripe: StripeClient = context.stripe
        self._known = frozenset(read_event_types())
        self._livemode = context.livemode

    def take(self, event: Event) -> Decision:
        """Fold one event in.  Raises FetchError or StoreError, each with nothing written."""
        if event.account is not None:
            decision = Decision.OTHER_ACCOUNT
        elif event.livemode is not self._livemode:
            decision = Decision.OTHER_MODE
        elif event.row is not None:
            return self._keep(event.row)
        else:
            decision = Decision.IGNORED if event.type in self._known else Decision.UNKNOWN_TYPE
        with self._store.transaction():
            self._store.note_unused(event.event_id, event.type, decision)
        return decision

    def _keep(self, row: Row) -> Decision:
        if row.object_id != row.subscription:
            return self._add(row)
        fetched = None
        for _ in range(FETCHES_MAX):
            decision = self._add_and_fold(row, fetched)
            if isinstance(decision, Decision):
                return decision
            fetched = Settlement(decision, self._fetch(row.object_id))
        raise FetchError("events of this subscription keep arriving")

    def _add(self, row: Row) -> Decision:
        """Keep the row of an object whose rows need no order: paid, or failed first, or completed."""
        store = self._store
        with store.transaction():
            if any(each.event_id == row.event_id for each in store.rows_of(row.object_id)):
                return Decision.DUPLICATE
            store.add_row(row)
            return Decision.APPLIED

    def _add_and_fold(self, row: Row, fetched: Settlement | None) -> Decision | str:
        """Keep the row if the rows then decide, or if `fetched` or a kept settlement is for just this set.

        Otherwise nothing is written, and the set that Stripe must settle is returned.
        """
        store = self._store
        with store.transaction():
            rows = store.rows_of(row.object_id)
            known = any(each.event_id == row.event_id for each in rows)
            if not known:
                rows = [*rows, row]
            kept = store.settlement_of(row.object_id) if len(rows) > 1 else None
            settlement = None
            if fold(rows) is None:
                wanted = row_set(rows)
                settlement = next((each for each in (kept, fetched) if each and each.row_set == wanted), None)
                if settlement is None:
                    return wanted
            if not known:
                store.add_row(row)
            if settlement != kept:
                store.settle(row.object_id, settlement)
            return Decision.DUPLICATE if known else Decision.APPLIED

    def _fetch(self, subscription_id: str) -> str:
        try:
            found = self._stripe.v1.subscriptions.retrieve(subscription_id)
            return subscription_fields(found.to_dict(for_json=True))
        except (StripeError, ShapeError) as error:
            raise FetchError(f"Stripe could not settle {subscription_id}: {type(error).__name__}") from error
