"""Metered prices: nothing in advance, what was used at the end of the period."""

from __future__ import annotations

import pytest
from worlds import START, Scene, empty, with_price, with_session

from rehearsal_harness.core.actions import CancelAtPeriodEnd, CompleteCheckout
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import Meter, MeterEvent, Recurring
from rehearsal_harness.core.records import replace
from rehearsal_harness.core.render import render


def _subscriber(formula: str = "sum", *, trial_period_days: int = 0) -> Scene:
    """Somebody who pays 12 dollars for each unit of a meter."""
    world, price = with_price(empty())
    change = Change(world, "metered")
    change.create(
        Meter(id="mtr_1", created=START, updated=START, display_name="C", event_name="c", formula=formula)
    )
    metered = replace(price, recurring=Recurring(interval="month", usage_type="metered", meter="mtr_1"))
    change.put(metered)
    world, session = with_session(change.done(), metered, trial_period_days=trial_period_days)
    return Scene(world).do(CompleteCheckout(session.id))


def _use(scene: Scene, value: int, at: int) -> None:
    """The meter is told that the customer used so much."""
    change = Change(scene.world, f"use {value} {at}")
    told = len(change.table(MeterEvent))
    change.create(
        MeterEvent(
            id=f"use-{told}",
            created=change.now,
            event_name="c",
            customer=scene.subscription.customer,
            value=value,
            timestamp=at,
            payload=(),
        )
    )
    scene.world = change.done()


def test_nothing_is_paid_in_advance() -> None:
    """No money at checkout, and a first invoice over nothing that is paid at once."""
    scene = _subscriber()

    session = next(iter(scene.world.checkout_sessions))
    assert (session.amount_total, session.payment_status) == (0, "no_payment_required")
    assert (scene.subscription.status, scene.invoice.status, scene.invoice.total) == ("active", "paid", 0)
    assert len(scene.world.payment_intents) == 0
    item = render(scene.subscription, livemode=False)["items"]["data"][0]
    assert "quantity" not in item
    assert item["price"]["recurring"]["usage_type"] == item["plan"]["usage_type"] == "metered"


def test_a_month_without_usage_costs_nothing() -> None:
    """The renewal's invoice is paid without a charge."""
    scene = _subscriber().renew()

    assert (scene.invoice.billing_reason, scene.invoice.status, scene.invoice.total) == (
        "subscription_cycle",
        "paid",
        0,
    )
    assert scene.subscription.status == "active"


@pytest.mark.parametrize(("formula", "units"), [("sum", 9), ("count", 2), ("last", 2)])
def test_what_was_used_is_due_at_the_end_of_the_period(formula: str, units: int) -> None:
    """By its timestamp, in the period that ended; the line says which."""
    scene = _subscriber(formula)
    end = scene.subscription.current_period_end
    for value, at in ((7, START), (2, end - 1), (100, end)):
        _use(scene, value, at)
    scene.until(end).wait(HOUR_S)

    line = scene.invoice.lines[0]
    assert (line.quantity, line.amount, scene.invoice.amount_paid) == (units, units * 1200, units * 1200)
    assert (line.period_start, line.period_end) == (START, end)


def test_what_was_used_in_a_trial_is_free() -> None:
    """Its first paid period begins with nothing due."""
    scene = _subscriber(trial_period_days=7)
    _use(scene, 5, START + DAY_S)
    scene.until(START + 7 * DAY_S).wait(HOUR_S)

    assert (scene.subscription.status, scene.invoice.total) == ("active", 0)


def test_a_metered_subscription_can_be_canceled() -> None:
    """To its end, like any other."""
    scene = _subscriber()
    end = scene.subscription.current_period_end
    scene.do(CancelAtPeriodEnd(scene.subscription.id)).until(end)

    assert (scene.subscription.status, scene.subscription.ended_at) == ("canceled", end)


def test_what_was_used_before_the_end_is_still_due() -> None:
    """An hour after a scheduled end; paying it revives nothing."""
    scene = _subscriber()
    end = scene.subscription.current_period_end
    scene.do(CancelAtPeriodEnd(scene.subscription.id))
    _use(scene, 3, START)
    scene.until(end)

    assert scene.happened == ["customer.subscription.deleted", "invoice.created"]
    scene.wait(HOUR_S)
    assert (scene.invoice.status, scene.invoice.amount_paid) == ("paid", 3600)
    assert scene.subscription.status == "canceled"
