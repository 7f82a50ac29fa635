"""Catch up with Stripe after webhooks were lost: an endpoint that was down, or disabled, for days.

Decides how far back to look: from the stored cursor, less an overlap longer than the three days in which
Stripe itself retries.  Folds each event exactly as a webhook would; what is known already changes nothing.
The cursor moves last, so a list that fails is listed again.  Stripe keeps events for 30 days
(https://docs.stripe.com/api/events/list, https://docs.stripe.com/webhooks/process-undelivered-events).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehearsal_server.callers import stripe_of
from rehearsal_server.context import Context
from rehearsal_server.events import Event, read_event
from rehearsal_server.intake import Decision, Intake
from rehearsal_server.shape import ShapeError

if TYPE_CHECKING:
    from stripe.params import EventListParams

CURSOR = "stripe_events"
DAY_S = 86_400
OVERLAP_S = 4 * DAY_S
KEPT_S = 30 * DAY_S
TYPES_MAX = 20  # of one list
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a catch-up found.

    `count` events were listed, `applied` of them were new, `unreadable` are ids of misshapen ones.  `gap`
    says that the last catch-up is longer ago than Stripe keeps events, so some may be missing.  `cursor` is
    unix seconds.
    """

    count: int
    applied: int
    unreadable: tuple[str, ...]
    gap: bool
    cursor: int | None


def reconcile(context: Context) -> Reconciled:
    """Fold every event since the cursor; raises Refused, StripeError, FetchError or StoreError with it
    unmoved.
    """
    store, intake = context.store, Intake(context)
    cursor = store.cursor(CURSOR)
    unreadable: list[str] = []
    found = list(_listed(context, cursor, unreadable))
    found.reverse()
    found.sort(key=lambda event: event.created)
    decisions = [intake.take(event) for event in found]
    newest = max((event.created for event in found), default=None)
    if newest is not None and (cursor is None or newest > cursor):
        with store.transaction():
            store.advance_cursor(CURSOR, newest)
    return Reconciled(
        count=len(found) + len(unreadable),
        applied=decisions.count(Decision.APPLIED),
        unreadable=tuple(unreadable),
        gap=cursor is not None and context.clock() - cursor > KEPT_S,
        cursor=store.cursor(CURSOR),
    )


def _listed(context: Context, cursor: int | None, unreadable: list[str]) -> Iterator[Event]:
    """Every event of an enabled type since the cursor, newest first; adds the ids of misshapen ones."""
    enabled = context.manifest.webhook.enabled_events
    wanted = frozenset(enabled)
    for start in range(0, len(enabled), TYPES_MAX):
        params: EventListParams = {"types": list(enabled[start : start + TYPES_MAX]), "limit": PAGE}
        if cursor is not None:
            params["created"] = {"gte": cursor - OVERLAP_S}
        for event in stripe_of(context).v1.events.list(params).auto_paging_iter():
            try:
                yield read_event(event.to_dict(for_json=True), wanted)
            except ShapeError:
                unreadable.append(event.id)
