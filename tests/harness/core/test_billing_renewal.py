"""Renewals: the period moves, an hour later the money is due."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from worlds import Scene, dunning, empty, subscriber, visitor

from rehearsal_harness.core.actions import ReplaceCard
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.render import render, render_event
from rehearsal_harness.core.world import Settings


def _day(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%m-%d %H:%M:%S")


def test_month_ends_are_computed_from_the_anchor() -> None:
    """Jan 31 leads to Feb 28, Mar 31 and Apr 30, at the same time of day."""
    scene = subscriber(empty(int(datetime(2026, 1, 31, 10, 30, 5, tzinfo=UTC).timestamp())))
    ends = []
    for _ in range(3):
        ends.append(_day(scene.subscription.current_period_end))
        scene.renew()

    assert ends == ["02-28 10:30:05", "03-31 10:30:05", "04-30 10:30:05"]


def test_the_next_period_starts_where_the_last_one_ended() -> None:
    """Twelve renewals leave no gap and no overlap, in items and in paid lines."""
    scene = subscriber()
    for _ in range(12):
        scene.renew()
    periods = [invoice.lines[0] for invoice in scene.world.invoices]

    assert len(periods) == 13
    assert all(one.period_end == other.period_start for one, other in pairwise(periods))
    assert {invoice.status for invoice in scene.world.invoices} == {"paid"}


def test_a_draft_says_when_it_will_be_finalized() -> None:
    """For an hour the invoice is a draft without number, not attempted."""
    scene = subscriber()
    end = scene.subscription.current_period_end
    scene.until(end + HOUR_S - 1)

    draft = render(scene.invoice, livemode=False)

    assert (draft["status"], draft["number"], draft["attempted"]) == ("draft", None, False)
    assert draft["automatically_finalizes_at"] == end + HOUR_S
    assert draft["billing_reason"] == "subscription_cycle"
    assert (draft["period_start"], draft["period_end"]) == (scene.world.invoices[_first(scene)].created, end)
    assert scene.world.next_due == end + HOUR_S


def _first(scene: Scene) -> str:
    return next(iter(scene.world.invoices)).id


def test_invoices_are_numbered_per_customer() -> None:
    """The number goes up when an invoice is finalized."""
    scene = subscriber().renew()
    prefix = scene.world.customers[scene.subscription.customer].invoice_prefix

    assert [invoice.number for invoice in scene.world.invoices] == [f"{prefix}-0001", f"{prefix}-0002"]


def test_a_past_due_subscription_still_gets_invoices() -> None:
    """Each period has one; paying the newest one makes the subscription active."""
    scene = subscriber(empty(table=dunning(3, final_action="past_due")))
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()

    assert scene.subscription.status == "past_due"
    assert [invoice.status for invoice in scene.world.invoices] == ["paid", "open", "open"]

    scene.do(ReplaceCard(scene.subscription.customer, Card.OK)).wait(3 * DAY_S)

    assert [invoice.status for invoice in scene.world.invoices] == ["paid", "open", "paid"]
    assert scene.subscription.status == "active"


def test_an_upcoming_invoice_is_announced_where_the_account_asks_for_it() -> None:
    """Seven days before, without an id, and for the next period."""
    scene = subscriber(empty(settings=Settings(upcoming_invoice_days=7)))
    end = scene.subscription.current_period_end
    scene.until(end - 7 * DAY_S)

    assert scene.happened == ["invoice.upcoming"]
    upcoming = render_event(scene.events[0])["data"]["object"]
    assert "id" not in upcoming
    assert upcoming["lines"]["data"][0]["period"]["start"] == end
    assert len(scene.world.invoices) == 1


@pytest.mark.parametrize("pieces", [1, 7, 400])
def test_time_may_pass_in_pieces(pieces: int) -> None:
    """One long wait and many short ones lead to the same events at the same seconds, and the same version."""
    whole = visitor().subscribe().wait(100 * DAY_S)
    piecewise = visitor().subscribe()
    for _ in range(pieces):
        piecewise.wait(100 * DAY_S // pieces)
    piecewise.until(whole.world.now)

    assert [(e.id, e.created) for e in piecewise.world.events] == [
        (e.id, e.created) for e in whole.world.events
    ]
    assert piecewise.world.version == whole.world.version


def test_a_free_price_renews_without_money() -> None:
    """An invoice over nothing is paid as soon as it is finalized."""
    scene = visitor(unit_amount=0)
    scene.subscribe().renew()

    assert scene.happened == ["invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]
