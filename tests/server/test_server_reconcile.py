"""Catching up with Stripe's event list."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from served import Server, make_server
from stripe_says import DAY_S, NOW, completed, deleted, paid, subscription, updated

from rehearsal_server.errors import Refused
from rehearsal_server.intake import FetchError
from rehearsal_server.operations.reconcile import reconcile

LIST = "GET /v1/events"


def page(*events: Any, has_more: bool = False) -> tuple[int, Any]:
    return 200, {"object": "list", "url": "/v1/events", "has_more": has_more, "data": list(events)}


def test_lost_events_are_folded_as_if_delivered(server: Server) -> None:
    """An endpoint that was down learns everything; what it knew already is a duplicate."""
    server.deliver(completed())
    server.stripe.answers[LIST] = page(paid(created=NOW + 5), completed())
    found = reconcile(server.context)
    assert (found.count, found.applied, found.unreadable, found.cursor) == (2, 1, (), NOW + 5)
    assert server.claim()["code"] == "ACTIVE"


def test_a_second_catch_up_changes_nothing(server: Server) -> None:
    """Not even the cursor is written again."""
    server.stripe.answers[LIST] = page(paid())
    reconcile(server.context)
    writes = server.connection.total_changes
    assert reconcile(server.context).applied == 0
    assert server.connection.total_changes == writes


def test_the_list_begins_before_the_cursor(server: Server) -> None:
    """By more than the three days in which Stripe itself retries; the first one begins at the beginning."""
    server.stripe.answers[LIST] = page(paid())
    reconcile(server.context)
    reconcile(server.context)
    (_, first, _), (_, second, _) = server.stripe.sent
    assert "created[gte]" not in first
    assert int(second["created[gte]"]) == NOW - 4 * DAY_S
    assert [first[f"types[{number}]"] for number in range(6)] == list(
        server.context.manifest.webhook.enabled_events
    )


def test_every_page_is_read(server: Server) -> None:
    """Newest first, as Stripe lists them."""

    def answer(sent: dict[str, str], _: Any) -> tuple[int, Any]:
        if "starting_after" not in sent:
            return page(paid("evt_2", created=NOW + 9), has_more=True)
        assert sent["starting_after"] == "evt_2"
        return page(completed("evt_1"))

    server.stripe.answers[LIST] = answer
    assert reconcile(server.context).count == 2


def test_a_list_that_fails_leaves_the_cursor(server: Server) -> None:
    """The next catch-up lists the same again, also when only a later page failed."""

    def answer(sent: dict[str, str], _: Any) -> tuple[int, Any]:
        if "starting_after" in sent:
            return 500, {"error": {"type": "api_error"}}
        return page(paid("evt_2"), has_more=True)

    server.stripe.answers[LIST] = answer
    with pytest.raises(stripe.APIError):
        reconcile(server.context)
    assert server.contents()["cursors"] == []


def test_a_fetch_that_fails_leaves_the_cursor(server: Server) -> None:
    """What was folded before stays folded."""
    later = NOW + DAY_S
    server.stripe.answers[LIST] = page(
        updated("evt_2", subscription(), {"cancel_at": later}, NOW + 1),
        updated("evt_1", subscription(cancel_at=later), {"cancel_at": None}, NOW + 1),
        paid("evt_0"),
    )
    with pytest.raises(FetchError):
        reconcile(server.context)
    contents = server.contents()
    assert contents["cursors"] == []
    assert [row[1] for row in contents["event_rows"]] == ["evt_0", "evt_1"]


def test_an_event_that_cannot_be_read_is_named_and_hinders_no_other(server: Server) -> None:
    """The operator hears of it."""
    server.stripe.answers[LIST] = page(deleted("evt_2"), paid("evt_1") | {"data": {"object": {"id": 7}}})
    found = reconcile(server.context)
    assert (found.count, found.applied, found.unreadable) == (2, 1, ("evt_1",))


def test_a_cursor_older_than_stripes_memory_leaves_a_gap(server: Server) -> None:
    """Stripe keeps events for 30 days."""
    server.stripe.answers[LIST] = page(paid())
    assert reconcile(server.context).gap is False
    server.clock.now = NOW + 30 * DAY_S
    assert reconcile(server.context).gap is False
    server.clock.now += 1
    assert reconcile(server.context).gap is True


def test_without_a_key_there_is_no_catch_up(server: Server, environ: dict[str, str]) -> None:
    """The missing name is said."""
    del environ["STRIPE_SECRET_KEY"]
    context = server.context
    bare = make_server(context.manifest, environ, context.store, server.connection)
    with pytest.raises(Refused) as refused:
        reconcile(bare.context)
    assert refused.value.description == "STRIPE_SECRET_KEY is not set on the server"
