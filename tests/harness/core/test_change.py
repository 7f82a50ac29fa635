"""One change of the world while it is being written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from worlds import empty, subscriber

from rehearsal_harness.core.change import Change, status_of
from rehearsal_harness.core.errors import UnknownObject
from rehearsal_harness.core.objects import Customer, Subscription, SubscriptionStatus, WebhookEndpoint
from rehearsal_specs.tables import NoTransition


def test_a_status_must_be_the_one_of_its_row() -> None:
    """A status that its row does not lead to is our own error, and a crash."""
    scene = subscriber()
    change = Change(scene.world, "wrong")
    wrong = replace(scene.subscription, status=SubscriptionStatus.PAUSED)

    with pytest.raises(AssertionError, match="active_updated"):
        change.update(scene.subscription, wrong)


def test_an_object_that_is_gone_has_no_row() -> None:
    """A deleted customer cannot be updated."""
    change = Change(empty(), "delete")
    customer = change.create(Customer(id="cus_1", created=0, deleted=False))
    gone = replace(customer, deleted=True)

    assert (status_of(None), status_of(customer), status_of(gone)) == ("none", "exists", "deleted")
    with pytest.raises(NoTransition, match="customer is 'deleted'"):
        change.update(gone, gone)


def test_a_change_reads_what_it_wrote() -> None:
    """The world itself sees it when the change is done."""
    world = empty()
    change = Change(world, "create")
    change.create(Customer(id="cus_1", created=0))

    assert change.get(Customer, "cus_1").created == 0
    assert "cus_1" not in world.customers
    assert "cus_1" in change.done().customers


def test_an_unknown_object_is_named() -> None:
    """By its kind and its id."""
    with pytest.raises(UnknownObject, match="no such subscription: 'sub_x'"):
        Change(empty(), "read").get(Subscription, "sub_x")


def test_an_event_counts_the_endpoints_that_wait_for_it() -> None:
    """pending_webhooks: enabled endpoints that receive the type, all types, but not others."""
    change = Change(empty(), "endpoints")
    for number, types in enumerate([("customer.created",), ("*",), ("invoice.paid",)]):
        change.create(
            WebhookEndpoint(
                id=f"we_{number}",
                created=0,
                url="https://example.com",
                enabled_events=types,
                secret="whsec_" + "0" * 32,
                status="enabled",
            )
        )
    change = Change(change.done(), "customer")
    change.create(Customer(id="cus_1", created=0))

    assert change.done().events[-1].pending_webhooks == 2


def test_ids_without_a_natural_key_differ() -> None:
    """Within one change and between changes."""
    world = empty()
    one, other = Change(world, "one"), Change(world, "other")

    assert len({one.new_id("cus"), one.new_id("cus"), other.new_id("cus")}) == 3
