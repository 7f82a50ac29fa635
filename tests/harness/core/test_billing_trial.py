"""Trials: free until the anchor, then like any other subscription."""

from __future__ import annotations

from worlds import START, subscriber, visitor

from rehearsal_harness.core.actions import CancelAtPeriodEnd, CompleteCheckout
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.render import render


def test_the_trial_is_a_period_of_its_own() -> None:
    """The item's period is the trial; the anchor is its end."""
    scene = subscriber(trial_period_days=14)
    subscription = render(scene.subscription, livemode=False)

    assert (subscription["trial_start"], subscription["trial_end"]) == (START, START + 14 * DAY_S)
    assert subscription["billing_cycle_anchor"] == START + 14 * DAY_S
    item = subscription["items"]["data"][0]
    assert (item["current_period_start"], item["current_period_end"]) == (START, START + 14 * DAY_S)


def test_a_short_trial_announces_its_end_at_once() -> None:
    """Two days are less than the three days' notice."""
    scene = visitor(trial_period_days=2)
    scene.do(CompleteCheckout(scene.session_id))

    assert "customer.subscription.trial_will_end" in scene.happened


def test_an_unpaid_end_of_trial_is_past_due() -> None:
    """Active for the draft hour, then past due."""
    scene = subscriber(card=Card.ATTACHES_THEN_DECLINES, trial_period_days=14)
    scene.until(START + 14 * DAY_S)

    assert scene.subscription.status == "active"

    scene.wait(HOUR_S)

    assert scene.subscription.status == "past_due"


def test_a_trial_can_be_canceled_to_its_end() -> None:
    """cancel_at is the end of the trial; no renewal comes."""
    scene = subscriber(trial_period_days=14)
    scene.do(CancelAtPeriodEnd(scene.subscription.id)).until(START + 15 * DAY_S)

    assert scene.happened == ["customer.subscription.trial_will_end", "customer.subscription.deleted"]
    assert scene.subscription.ended_at == START + 14 * DAY_S
    assert len(scene.world.invoices) == 1
