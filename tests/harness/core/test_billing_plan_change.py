"""Plan changes: at once, within the period, with what it costs to the second."""

from __future__ import annotations

import pytest
from worlds import START, Scene, subscriber, with_price

from rehearsal_harness.core.actions import (
    CancelAtPeriodEnd,
    ChangeItems,
    ChangePlan,
    ItemChange,
    ReplaceCard,
    Via,
)
from rehearsal_harness.core.billing.proration import share
from rehearsal_harness.core.billing.updating import Update, update
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.errors import NotSimulated
from rehearsal_harness.core.objects import Price
from rehearsal_harness.core.render import render_event
from rehearsal_specs.tables import NoTransition


def _dearer(scene: Scene, unit_amount: int = 2400, interval: str = "month") -> Price:
    scene.world, price = with_price(scene.world, unit_amount=unit_amount, interval=interval)
    return price


def _half_way() -> Scene:
    """In the middle of the first period, of 31 days."""
    return subscriber().until(START + 31 * DAY_S // 2)


def test_the_price_changes_at_once_and_nothing_else() -> None:
    """Same item, same period, same status; the event shows the old items whole."""
    scene = _half_way()
    before = scene.subscription
    price = _dearer(scene)
    scene.do(ChangePlan(before.id, price.id, "none"))

    assert scene.happened == ["customer.subscription.updated"]
    item = scene.subscription.items[0]
    assert (item.id, item.price.id) == (before.items[0].id, price.id)
    assert item.current_period_end == before.items[0].current_period_end
    said = render_event(scene.events[0])["data"]
    assert list(said["previous_attributes"]) == ["items"]
    (old,) = said["previous_attributes"]["items"]["data"]
    assert (old["price"]["id"], old["plan"]["amount"]) == (before.items[0].price.id, 1200)
    assert said["object"]["items"]["data"][0]["price"]["id"] == price.id

    scene.renew()
    assert scene.invoice.total == 2400


def test_prorations_wait_for_the_next_invoice() -> None:
    """Half the old price back, half the new one charged, beside the next period."""
    scene = _half_way()
    end = scene.subscription.current_period_end
    scene.do(ChangePlan(scene.subscription.id, _dearer(scene).id))

    assert scene.happened == ["customer.subscription.updated", "invoiceitem.created", "invoiceitem.created"]
    assert [item.amount for item in scene.world.invoice_items] == [-600, 1200]
    assert {(item.period_start, item.period_end) for item in scene.world.invoice_items} == {
        (scene.world.now, end)
    }

    scene.renew()

    assert [line.amount for line in scene.invoice.lines] == [2400, -600, 1200]
    assert (scene.invoice.total, scene.invoice.status) == (3000, "paid")
    assert {item.invoice for item in scene.world.invoice_items} == {scene.invoice.id}
    assert scene.renew().invoice.total == 2400


def test_prorations_may_be_collected_at_once() -> None:
    """An invoice of its own, which the subscription names as its latest."""
    scene = _half_way()
    scene.do(ChangePlan(scene.subscription.id, _dearer(scene).id, "always_invoice"))

    assert scene.happened[:4] == [
        "customer.subscription.updated",
        "invoiceitem.created",
        "invoiceitem.created",
        "invoice.created",
    ]
    assert (scene.invoice.billing_reason, scene.invoice.total, scene.invoice.status) == (
        "subscription_update",
        600,
        "paid",
    )
    assert scene.subscription.latest_invoice == scene.invoice.id
    assert scene.renew().invoice.total == 2400


def test_a_difference_that_is_not_paid_is_past_due() -> None:
    """The new plan stands, its invoice is tried again."""
    scene = _half_way()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES))
    price = _dearer(scene)
    scene.do(ChangePlan(scene.subscription.id, price.id, "always_invoice"))

    assert (scene.subscription.status, scene.invoice.status) == ("past_due", "open")
    assert scene.subscription.items[0].price.id == price.id
    assert scene.invoice.next_payment_attempt is not None


def test_a_proration_that_waits_is_due_at_a_scheduled_end() -> None:
    """It alone: there is no next period to pay for."""
    scene = _half_way()
    scene.do(ChangePlan(scene.subscription.id, _dearer(scene).id))
    scene.do(CancelAtPeriodEnd(scene.subscription.id)).until(scene.subscription.current_period_end)
    scene.wait(HOUR_S)

    assert [line.amount for line in scene.invoice.lines] == [-600, 1200]
    assert (scene.invoice.amount_paid, scene.subscription.status) == (600, "canceled")


def test_a_credit_is_not_paid_out_at_the_end() -> None:
    """It waits on; no invoice is made of it."""
    scene = _half_way()
    scene.do(ChangePlan(scene.subscription.id, _dearer(scene, 1000).id))
    scene.do(CancelAtPeriodEnd(scene.subscription.id)).until(scene.subscription.current_period_end)

    assert scene.happened == ["customer.subscription.deleted"]


def test_nothing_is_prorated_in_a_trial() -> None:
    """The new price is due when the trial ends."""
    scene = subscriber(trial_period_days=14)
    scene.do(ChangePlan(scene.subscription.id, _dearer(scene).id))

    assert scene.happened == ["customer.subscription.updated"]
    scene.until(START + 14 * DAY_S).wait(HOUR_S)
    assert scene.invoice.total == 2400


def test_a_credit_that_nothing_uses_up_is_kept() -> None:
    """On the customer's balance, from the invoice at once or from the next one; later invoices use it up."""
    for behavior, invoices in (("always_invoice", [-1100, 100]), ("create_prorations", [-1000, 100])):
        scene = subscriber()
        scene.do(ChangePlan(scene.subscription.id, _dearer(scene, 100).id, behavior))
        while len(scene.world.invoices) < 3:
            scene.renew()
        assert [each.total for each in scene.world.invoices][1:] == invoices
        customer = next(iter(scene.world.customers))
        assert (scene.invoice.amount_paid, customer.balance) == (0, sum(invoices))


def test_another_interval_begins_a_new_period() -> None:
    """Half the month back, the year paid at once; the anchor is the second of the change."""
    scene = _half_way()
    scene.do(ChangePlan(scene.subscription.id, _dearer(scene, 12000, interval="year").id))

    assert scene.happened[:3] == ["customer.subscription.updated", "invoiceitem.created", "invoice.created"]
    item = scene.subscription.items[0]
    assert (scene.subscription.billing_cycle_anchor, item.current_period_start) == (scene.world.now,) * 2
    assert item.current_period_end == scene.world.now + 365 * DAY_S
    assert [line.amount for line in scene.invoice.lines] == [12000, -600]
    assert (scene.invoice.billing_reason, scene.invoice.amount_paid) == ("subscription_update", 11400)
    assert scene.renew().invoice.total == 12000


def test_intervals_are_not_mixed() -> None:
    """A yearly item beside a monthly one, in a trial either."""
    for days in (0, 14):
        scene = subscriber(trial_period_days=days)
        yearly = _dearer(scene, interval="year")

        with pytest.raises(NotSimulated, match="different intervals"):
            scene.do(ChangeItems(scene.subscription.id, (ItemChange(None, yearly.id),)))


def test_an_open_invoice_is_tried_in_a_trial_all_the_same() -> None:
    """Whatever becomes of it, the trial that was given goes on."""
    scene = _half_way()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()
    assert scene.subscription.status == "past_due"
    change = Change(scene.world, "a trial")
    update(change, scene.subscription, Update(trial_end=scene.world.now + 30 * DAY_S))
    scene.world = change.done()

    assert scene.wait(4 * DAY_S).subscription.status == "trialing"
    assert scene.invoice.attempt_count == 2
    scene.do(ReplaceCard(scene.subscription.customer, Card.OK)).wait(4 * DAY_S)
    assert (scene.subscription.status, scene.invoice.status) == ("trialing", "paid")


def test_a_year_that_is_not_paid_is_past_due() -> None:
    """The new period stands; its invoice is tried again, and the subscription is active when it is paid."""
    scene = _half_way()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES))
    scene.do(ChangePlan(scene.subscription.id, _dearer(scene, 12000, interval="year").id))
    assert (scene.subscription.status, scene.invoice.amount_remaining) == ("past_due", 11400)

    scene.do(ReplaceCard(scene.subscription.customer, Card.OK)).wait(3 * DAY_S)
    assert scene.subscription.status == "active"


def test_an_end_with_the_period_moves_with_it() -> None:
    """The year that was paid for is not cut short."""
    scene = _half_way()
    scene.do(CancelAtPeriodEnd(scene.subscription.id, Via.API))
    scene.do(ChangePlan(scene.subscription.id, _dearer(scene, 12000, interval="year").id))
    assert scene.subscription.cancel_at == scene.subscription.current_period_end
    assert scene.until(scene.subscription.current_period_end).subscription.status == "canceled"


def test_an_item_comes_and_another_goes() -> None:
    """An item without an id stands beside the others, which is often not what was meant."""
    scene = _half_way()
    subscription, price = scene.subscription, _dearer(scene)
    scene.do(ChangeItems(subscription.id, (ItemChange(None, price.id),), "none"))
    assert [item.price.unit_amount for item in scene.subscription.items] == [1200, 2400]

    scene.do(ChangeItems(subscription.id, (ItemChange(subscription.items[0].id, None),)))
    assert [item.price.id for item in scene.subscription.items] == [price.id]
    assert [item.amount for item in scene.world.invoice_items] == [-600]


def test_the_same_plan_again_changes_nothing() -> None:
    """No event, no proration."""
    scene = subscriber()
    same = scene.subscription.items[0].price.id

    assert scene.do(ChangePlan(scene.subscription.id, same)).happened == []


def test_a_customer_changes_plan_in_the_portal() -> None:
    """No request of the merchant's caused it."""
    scene = subscriber()
    scene.do(ChangePlan(scene.subscription.id, _dearer(scene).id, "none", Via.PORTAL))
    assert scene.events[0].request.id is None

    scene.do(ChangePlan(scene.subscription.id, _dearer(scene, 3600).id, "none"))
    assert scene.events[0].request.id is not None


def test_what_has_ended_does_not_change() -> None:
    """It is refused by the rows."""
    scene = subscriber()
    scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew().wait(7 * DAY_S)

    assert scene.subscription.status == "canceled"
    with pytest.raises(NoTransition):
        scene.do(ChangePlan(scene.subscription.id, _dearer(scene).id))


@pytest.mark.parametrize(
    ("amount", "remaining_s", "period_s", "expected"),
    [(1000, 1, 3, 333), (1000, 2, 3, 667), (1, 1, 2, 1), (0, 5, 9, 0), (1200, 9, 9, 1200)],
)
def test_shares_are_whole_units(amount: int, remaining_s: int, period_s: int, expected: int) -> None:
    """Rounded to the nearest, halves up."""
    assert share(amount, remaining_s, period_s) == expected
