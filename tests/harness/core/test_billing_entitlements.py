"""Which features a customer has, and when Stripe says so."""

from __future__ import annotations

from dataclasses import replace

from worlds import Scene, subscriber, visitor

from rehearsal_harness.core.actions import CancelNow, CompleteCheckout
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import Feature
from rehearsal_harness.core.render import render_event

UPDATED = "entitlements.active_entitlement_summary.updated"


def _attach(scene: Scene, *lookup_keys: str) -> None:
    """The merchant attaches features to the one product there is."""
    change = Change(scene.world, f"attach {lookup_keys}", by_api=True)
    features = [
        change.create(Feature(id=change.new_id("feat"), lookup_key=key, name=key.title()))
        for key in lookup_keys
    ]
    product = next(iter(scene.world.products))
    attached = (*product.feature_ids, *(feature.id for feature in features))
    change.put(replace(product, feature_ids=attached))
    scene.world = change.done()


def test_a_subscription_brings_its_features() -> None:
    """The whole set is sent, in the second in which the subscription begins."""
    scene = visitor()
    _attach(scene, "swarm", "export")
    scene.do(CompleteCheckout(scene.session_id))

    event = render_event(next(event for event in scene.events if event.type == UPDATED))

    summary = event["data"]["object"]
    assert [each["lookup_key"] for each in summary["entitlements"]["data"]] == ["swarm", "export"]
    assert summary["customer"] == scene.subscription.customer
    assert "id" not in summary
    assert event["data"]["previous_attributes"] == {"entitlements": {"data": []}}


def test_the_end_takes_them_away() -> None:
    """An empty set, after the deletion."""
    scene = visitor()
    _attach(scene, "swarm")
    scene.subscribe().do(CancelNow(scene.subscription.id))

    assert scene.happened == ["customer.subscription.deleted", UPDATED]
    assert render_event(scene.events[1])["data"]["object"]["entitlements"]["data"] == []


def test_a_new_feature_reaches_a_subscription_with_its_next_period() -> None:
    """Attached in the middle of a period, announced at its end."""
    scene = subscriber()
    _attach(scene, "swarm")
    scene.until(scene.subscription.current_period_end - 1)

    assert scene.happened == []

    scene.wait(1)

    assert scene.happened[-1] == UPDATED


def test_a_renewal_with_the_same_features_says_nothing() -> None:
    """Only a changed set is announced."""
    scene = visitor()
    _attach(scene, "swarm")
    scene.subscribe().renew()

    assert UPDATED not in [event.type for event in scene.world.events.since(len(scene.world.events) - 10)]
