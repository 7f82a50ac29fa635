"""Thirteen months of one subscription in the pure core, rendering included: the best of ten warm runs.

Decides: what is measured: checkout, twelve renewals of which one fails and recovers, and the end.  Prints a
figure; asserts no time.  Run by `tox -e bench`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1] / "harness" / "core"))

from worlds import Scene, visitor

from rehearsal_harness.core.actions import CancelNow, ReplaceCard
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.world import World

RENDERED = frozenset(
    {
        "checkout.session.completed",
        "invoice.paid",
        "invoice.payment_failed",
        "customer.subscription.updated",
        "customer.subscription.deleted",
    }
)


def _thirteen_months(world: World, session_id: str) -> Scene:
    """Checkout, twelve renewals of which one fails and recovers, and the end; five event types rendered."""
    scene = Scene(world)
    scene.session_id = session_id
    scene.subscribe()
    customer = scene.subscription.customer
    while scene.subscription.cycle < 12:
        if scene.subscription.cycle == 5:
            scene.do(ReplaceCard(customer, Card.ATTACHES_THEN_DECLINES)).renew()
            scene.do(ReplaceCard(customer, Card.OK)).until(scene.world.next_due or 0)
        scene.renew()
    scene.do(CancelNow(scene.subscription.id))
    for event in scene.world.events:
        if event.type in RENDERED:
            render_event(event)
    return scene


def main() -> None:
    """Print the best of ten."""
    beginning = visitor()
    times_s = []
    for _ in range(10):
        started = perf_counter()
        scene = _thirteen_months(beginning.world, beginning.session_id)
        times_s.append(perf_counter() - started)
    assert [invoice.status for invoice in scene.world.invoices] == ["paid"] * 13
    assert scene.subscription.status == "canceled"
    print(f"thirteen months of one subscription: {min(times_s) * 1_000:.1f} ms")


if __name__ == "__main__":
    main()
