"""Waiting until the merchant has been told, before a visitor is sent back to the merchant's page.

Decides: how long a redirect waits.  Does not know deliveries (`serving.outbox`).
Rule: https://docs.stripe.com/payments/checkout/fulfill-orders: until the endpoint has acknowledged
checkout.session.completed, or about ten seconds.
"""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

from rehearsal_harness.core.world import World

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench

WAIT_S = 10.0
_NEWEST = 100


def wait_until_told(bench: Bench, world: World, session_id: str, *, wait_s: float = WAIT_S) -> None:
    """Wait, in real seconds, until every endpoint acknowledged, or is to be tried again later."""
    newest = islice(world.events.newest_first(), _NEWEST)
    told = [each.id for each in newest if each.object_id == session_id]
    ends = time.monotonic() + wait_s
    while told and not _is_told(bench, told[0]):
        left_s = ends - time.monotonic()
        if left_s <= 0 or bench.news.is_closed:
            return
        bench.news.wait(bench.news.revision, min(left_s, 0.25))


def _is_told(bench: Bench, event_id: str) -> bool:
    outbox = bench.outbox
    if not outbox.endpoints_waiting_for(event_id):
        return True
    planned = outbox.pending(event_id)
    due = [each for each in planned if each.due <= bench.now()]
    return not due and bool(planned or outbox.of_event(event_id))
