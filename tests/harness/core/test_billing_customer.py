"""Customers and what they pay with."""

from __future__ import annotations

from worlds import Scene, subscriber

from rehearsal_harness.core.actions import CancelNow, ReplaceCard, UpdateCustomer
from rehearsal_harness.core.billing import customer as customers
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.render import render_event


def test_a_new_card_becomes_the_default() -> None:
    """previous_attributes hold the old method within invoice_settings only."""
    scene = subscriber()
    old = scene.world.customers[scene.subscription.customer].default_payment_method
    scene.do(ReplaceCard(scene.subscription.customer, Card.OK))

    assert render_event(scene.events[1])["data"]["previous_attributes"] == {
        "invoice_settings": {"default_payment_method": old}
    }


def test_a_card_that_cannot_be_attached_changes_nothing() -> None:
    """A setup intent fails; the default stays."""
    scene = subscriber()
    old = scene.world.customers[scene.subscription.customer]
    scene.do(ReplaceCard(scene.subscription.customer, Card.DECLINED))

    assert scene.happened == ["setup_intent.created", "setup_intent.setup_failed"]
    assert scene.world.customers[old.id] == old


def test_a_customer_corrects_what_is_known_of_them() -> None:
    """One update without a request of the merchant's; what is not said stays, what stays is not told."""
    scene = subscriber()
    customer_id = scene.subscription.customer
    scene.do(UpdateCustomer(customer_id, email="new@example.com", name="Ada"))
    (told,) = scene.events

    assert told.type == "customer.updated"
    assert told.request.id is None
    assert set(render_event(told)["data"]["previous_attributes"]) == {"email", "name"}
    assert scene.do(UpdateCustomer(customer_id, name="Ada")).happened == []


def _deleted(scene: Scene) -> list[str]:
    """What deleting the scene's customer emits."""
    change = Change(scene.world, "delete", by_api=True)
    customers.delete(change, scene.world.customers[scene.subscription.customer])
    return [event.type for event in change.done().events.since(len(scene.world.events))]


def test_deleting_a_customer_ends_its_subscriptions() -> None:
    """Subscriptions first, then the customer; one that had ended already is left alone."""
    scene = subscriber()

    assert _deleted(scene) == ["customer.subscription.deleted", "customer.deleted"]

    scene.do(CancelNow(scene.subscription.id))

    assert _deleted(scene) == ["customer.deleted"]
