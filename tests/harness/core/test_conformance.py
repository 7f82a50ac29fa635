"""The checker itself: it finds what is wrong, and knows no more differences than it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import conformance
import pytest
from worlds import subscriber, with_price

from rehearsal_harness.core.actions import ChangePlan, OpenDispute, RefundPayment
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import (
    LineItem,
    PaymentLink,
    PortalConfiguration,
    PortalFlow,
    PortalSession,
)
from rehearsal_harness.core.render import render, render_event
from rehearsal_harness.core.world import TABLES, World


def _subscription() -> dict[str, Any]:
    return render(subscriber().subscription, livemode=False)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda s: s.update(status="cancelled"), "dahlia: subscription.status: 'cancelled' is none of"),
        (lambda s: s.update(created="now"), "dahlia: subscription.created: str, not integer"),
        (
            lambda s: s.update(cancel_at_period_end=0),
            "dahlia: subscription.cancel_at_period_end: int, not boolean",
        ),
        (lambda s: s.update(current_period_end=1), "sdk: subscription.current_period_end: no attribute"),
        (lambda s: s.pop("items"), "dahlia: subscription.items: missing"),
        (lambda s: s.update(customer=None), "dahlia: subscription.customer: null, which it never is"),
        (
            lambda s: s["items"]["data"][0].update(periods=1),
            "dahlia: subscription.items.data[0].periods: unknown key",
        ),
    ],
)
def test_what_is_wrong_is_found(spoil: Callable[[dict[str, Any]], None], found: str) -> None:
    """Words, types, missing and unknown keys, nulls; at any depth."""
    subscription = _subscription()
    assert conformance.problems(subscription) == []
    spoil(subscription)

    assert [problem for problem in conformance.problems(subscription) if problem.startswith(found)]


@pytest.mark.skipif(
    not conformance.objects_path().exists(),
    reason="Stripe's newest schemas are not at hand (set STRIPE_OBJECTS_JSON to their file)",
)
@pytest.mark.parametrize("key", ["cancel_at", "latest_invoice", "managed_payments"])
def test_a_null_that_is_left_out_is_found(key: str) -> None:
    """A nullable key is always there; only the newest schemas know that."""
    subscription = _subscription()
    del subscription[key]

    assert f"endive: subscription.{key}: missing" in conformance.problems(subscription)


CONFIGURATION = PortalConfiguration(id="bpc_1", created=1, updated=1)
PORTAL_SESSION = PortalSession(
    id="bps_1",
    created=1,
    customer="cus_1",
    configuration="bpc_1",
    flow=PortalFlow(type="subscription_cancel", subscription="sub_1", return_url="https://example.com"),
)


def test_the_portals_objects_conform(conforms: Callable[[dict[str, Any]], None]) -> None:
    """A configuration, and a session with a deep link."""
    conforms(render(CONFIGURATION, livemode=False))
    conforms(render(PORTAL_SESSION, livemode=False))


def everything() -> World:
    """A world with one of each object at least."""
    scene = subscriber(trial_period_days=7).renew()
    intent = next(scene.world.payment_intents.newest_first())
    scene.do(RefundPayment(intent.id, 100)).do(OpenDispute(intent.id))
    scene.world, dearer = with_price(scene.world, unit_amount=2400)
    scene.do(ChangePlan(scene.subscription.id, dearer.id))
    change = Change(scene.world, "portal and link")
    change.create(CONFIGURATION)
    change.create(PORTAL_SESSION)
    line = LineItem(id="li_1", price=next(iter(scene.world.prices)))
    change.create(PaymentLink(id="plink_1", line_items=(line,)))
    return change.done()


def test_every_known_difference_is_needed() -> None:
    """Each entry of the table excuses something that is really rendered."""
    world = everything()
    rendered = [render(each, livemode=False) for kind in TABLES for each in world.table(kind)]
    schemas = conformance.public_schemas()
    paths = [
        problem.split(": ")[0]
        for each in rendered
        for problem in conformance.check(each, schemas, each["object"])
    ]
    needed = {known for known in conformance.KNOWN_DIFFERENCES if any(path.endswith(known) for path in paths)}

    assert set(conformance.KNOWN_DIFFERENCES) - needed == {"entitlements.active_entitlement_summary"}
    assert "entitlements.active_entitlement_summary" not in schemas


def test_an_event_is_checked_with_its_object() -> None:
    """A wrong object in a right event is found."""
    event = render_event(subscriber().event("customer.subscription.created"))
    event["data"]["object"]["status"] = "cancelled"

    assert any("subscription.status" in problem for problem in conformance.problems(event))
