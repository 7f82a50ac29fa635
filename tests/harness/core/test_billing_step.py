"""The one entrance for people and time."""

from __future__ import annotations

import pytest
from worlds import START, subscriber, visitor

from rehearsal_harness.core.actions import Advance, CancelAtPeriodEnd, CancelNow, PayInvoice, UndoCancel, Via
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.objects import Request
from rehearsal_harness.core.render import render_event
from rehearsal_specs.tables import NoTransition


def test_the_world_that_was_passed_in_never_changes() -> None:
    """Stepping twice from one world gives the same world twice: a rewind is keeping the old value."""
    scene = subscriber()
    world, action = scene.world, CancelNow(scene.subscription.id)
    before = (world.version, len(world.events), world.next_due)

    assert step(world, action).version == step(world, action).version
    assert (world.version, len(world.events), world.next_due) == before


def test_time_runs_forward() -> None:
    """An earlier second raises ValueError naming both."""
    with pytest.raises(ValueError, match=f"now is {START}, asked for {START - 1}"):
        step(visitor().world, Advance(START - 1))


def test_the_second_advanced_to_is_included() -> None:
    """What is due at that second has happened."""
    scene = visitor()
    due = scene.world.next_due
    assert due is not None
    scene.until(due)

    assert scene.happened == ["checkout.session.expired"]
    assert scene.world.now == due


def test_a_given_request_is_carried_by_its_events() -> None:
    """Request id and idempotency key are those of the API call."""
    scene = subscriber()
    request = Request(id="req_abc", idempotency_key="once")
    world = step(scene.world, CancelNow(scene.subscription.id), request)

    assert render_event(world.events[-1])["request"] == {"id": "req_abc", "idempotency_key": "once"}


def test_a_customer_in_the_portal_gives_no_request_id() -> None:
    """Only an API call has one."""
    scene = subscriber()
    scene.do(CancelNow(scene.subscription.id, Via.PORTAL))

    assert scene.events[0].request.id is None


def test_a_cause_without_a_row_raises() -> None:
    """Nothing is ignored: a paid invoice cannot be paid, and the message names what it knows."""
    scene = subscriber()

    with pytest.raises(NoTransition, match="invoice is 'paid'; no row for 'payment_succeeds'"):
        scene.do(PayInvoice(scene.invoice.id, Card.OK))


def test_undoing_nothing_changes_nothing_but_is_said() -> None:
    """Undo on a subscription that is not scheduled to end: an update whose attributes are all as before."""
    scene = subscriber()
    scene.do(UndoCancel(scene.subscription.id))

    assert render_event(scene.events[0])["data"]["previous_attributes"] == {}


def test_two_ways_to_the_same_second_differ_in_version() -> None:
    """Equal version means equal history: cancel-and-undo is not the same as nothing."""
    scene = subscriber()
    calm = scene.world.version
    scene.do(CancelAtPeriodEnd(scene.subscription.id)).do(UndoCancel(scene.subscription.id))

    assert scene.world.version != calm
