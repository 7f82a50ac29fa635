"""The timeline: true order, what came late, and how it is drawn."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import worlds

from rehearsal_harness.core.agenda import Agenda, Task, TaskKind
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.control.swimlane import drawing
from rehearsal_harness.serving.control.timeline import lane_of, outcome, timeline
from rehearsal_harness.serving.outbox import Delivery


@pytest.fixture
def world() -> World:
    base, price = worlds.with_price(worlds.empty())
    base, session = worlds.with_session(base, price)
    scene = worlds.Scene(base)
    scene.session_id = session.id
    return scene.subscribe().world


def delivery(world: World, index: int, number: int, **fields: Any) -> Delivery:
    event = world.events[index]
    plain = Delivery(
        number=number,
        account_id=world.settings.account_id,
        event_id=event.id,
        event_index=event.index,
        event_type=event.type,
        event_created=event.created,
        endpoint_id="we_1",
        url="http://127.0.0.1:8788/hook",
        attempt=1,
        cause="event",
        at=event.created,
        status=200,
        latency_ms=3.2,
    )
    return replace(plain, **fields)


@pytest.mark.parametrize(
    ("event_type", "lane"),
    [
        ("customer.created", "people"),
        ("customer.subscription.updated", "subscription"),
        ("customer.discount.created", "people"),
        ("checkout.session.completed", "checkout"),
        ("invoice.paid", "invoice"),
        ("invoice_payment.paid", "invoice"),
        ("charge.dispute.created", "payment"),
        ("charge.refund.updated", "payment"),
        ("billing_portal.session.created", "people"),
        ("entitlements.active_entitlement_summary.updated", "other"),
        ("price.created", "other"),
    ],
)
def test_an_event_stands_in_the_lane_of_its_object(event_type: str, lane: str) -> None:
    """By the name of the object that the type begins with."""
    assert lane_of(event_type) == lane


def test_what_is_delivered_in_time_and_order_stands_beside_its_event(world: World) -> None:
    """One row for both."""
    told = [delivery(world, index, index) for index in range(len(world.events))]

    moments = timeline(world, told)

    assert all(moment.is_event and len(moment.deliveries) == 1 for moment in moments)
    assert [moment.event_id for moment in moments] == [event.id for event in world.events.newest_first()]


def test_what_overtakes_leaves_the_other_behind(world: World) -> None:
    """The second event came first: the first one's delivery has a moment of its own, after it."""
    moments = timeline(world, [delivery(world, 1, 1), delivery(world, 0, 2)])

    late = [moment for moment in moments if not moment.is_event]
    assert [moment.event_id for moment in late] == [world.events[0].id]


@pytest.mark.parametrize(
    "fields",
    [
        {"cause": "retry", "attempt": 2},
        {"cause": "duplicate"},
        {"cause": "resend"},
        {"at": worlds.START + 999},
    ],
)
def test_what_comes_again_or_late_has_a_moment_of_its_own(world: World, fields: dict[str, Any]) -> None:
    """Beside the event stands only its first attempt, in its second."""
    (late,) = [each for each in timeline(world, [delivery(world, 0, 1, **fields)]) if not each.is_event]

    assert [each.cause for each in late.deliveries] == [fields.get("cause", "event")]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "delivered"),
        ({"status": 500}, "failed"),
        ({"status": None, "error": "nobody"}, "failed"),
        ({"struck": "lost", "status": None}, "lost"),
        ({"struck": "dropped", "status": None}, "dropped"),
        ({"struck": "delayed"}, "late"),
        ({"cause": "retry"}, "late"),
        ({"cause": "duplicate"}, "duplicate"),
        ({"cause": "resend"}, "resent"),
        ({"cause": "resend", "status": 301}, "failed"),
    ],
)
def test_what_became_of_an_attempt_is_one_word(world: World, fields: dict[str, Any], word: str) -> None:
    """Words carry what colour repeats."""
    assert outcome(delivery(world, 0, 1, **fields)) == word


def test_a_timeline_goes_back_only_so_far(world: World) -> None:
    """However much there was."""
    assert len(timeline(world, [], limit=3)) == 3


def test_no_mark_is_drawn_over_another(world: World) -> None:
    """Rows lie apart, and late deliveries are linked with their events."""
    told = [delivery(world, 1, 1), delivery(world, 0, 2), delivery(world, 2, 3, endpoint_id="we_2")]
    endpoints = [{"id": each, "url": f"http://{each}", "description": None} for each in ("we_1", "we_2")]

    drawn = drawing(timeline(world, told), endpoints)

    assert all(later["y"] - earlier["y"] == 30 for earlier, later in pairwise(drawn.rows))
    assert [each["name"] for each in drawn.endpoints] == ["we_1", "we_2"]
    assert len(drawn.links) == 1
    marks = [(row["y"], each["x"]) for row in drawn.rows for each in row["marks"]]
    assert len(marks) == len(set(marks)) == 3


def test_nothing_is_drawn_of_nothing() -> None:
    """A world in which nothing has happened."""
    assert drawing([], []).rows == []


def test_the_next_task_of_some_kinds_is_found_behind_others() -> None:
    """Dropped and other tasks are passed over."""
    agenda = Agenda().plan(Task(1, TaskKind.CANCEL, "a")).plan(Task(2, TaskKind.FINALIZE, "b"))
    agenda = agenda.plan(Task(3, TaskKind.FINALIZE, "c")).drop(TaskKind.FINALIZE, "b")

    assert agenda.next_of({TaskKind.FINALIZE}) == Task(3, TaskKind.FINALIZE, "c")
    assert agenda.next_of({TaskKind.COLLECT}) is None
    assert Agenda().next_of(frozenset(TaskKind)) is None
