"""Dunning: when a failed renewal is tried again, and what follows the last try."""

from __future__ import annotations

import pytest
from worlds import Scene, dunning, empty, subscriber

from rehearsal_harness.core.actions import PayInvoice, ReplaceCard
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.render import render


def _failing(*retry_days: int, final_action: str = "cancel") -> Scene:
    scene = subscriber(empty(table=dunning(*retry_days, final_action=final_action)))
    return scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()


def test_tries_come_on_the_days_of_the_table() -> None:
    """Days count from the first failure; each failure announces the next try, the last one none."""
    scene = _failing(3, 5, 7)
    first = scene.world.now
    announced = [scene.invoice.next_payment_attempt]
    for _ in range(3):
        scene.until(scene.world.next_due or 0)
        announced.append(scene.invoice.next_payment_attempt)

    assert announced == [first + 3 * DAY_S, first + 5 * DAY_S, first + 7 * DAY_S, None]
    assert scene.invoice.attempt_count == 4


@pytest.mark.parametrize(
    ("final_action", "status", "last"),
    [
        ("cancel", "canceled", "customer.subscription.deleted"),
        ("unpaid", "unpaid", "customer.subscription.updated"),
        ("past_due", "past_due", "invoice.updated"),
    ],
)
def test_the_account_chooses_what_follows_the_last_try(final_action: str, status: str, last: str) -> None:
    """Cancel, mark unpaid, or leave past due; the invoice stays open."""
    scene = _failing(2, final_action=final_action).wait(2 * DAY_S)

    assert scene.subscription.status == status
    assert scene.happened[-1] == last
    assert (scene.invoice.status, scene.invoice.auto_advance) == ("open", False)


def test_an_unpaid_subscription_gets_drafts_that_nobody_collects() -> None:
    """Invoices continue as drafts with auto_advance false."""
    scene = _failing(2, final_action="unpaid").wait(2 * DAY_S)
    scene.until(scene.subscription.current_period_end).wait(10 * DAY_S)

    draft = render(scene.invoice, livemode=False)

    assert scene.subscription.status == "unpaid"
    assert (draft["status"], draft["auto_advance"], draft["automatically_finalizes_at"]) == (
        "draft",
        False,
        None,
    )
    assert scene.happened == []


def test_an_unpaid_subscription_recovers_when_its_latest_invoice_is_paid() -> None:
    """The customer pays the open invoice: active again, from the next period on like any other."""
    scene = _failing(2, final_action="unpaid").wait(2 * DAY_S)
    scene.do(PayInvoice(scene.invoice.id, Card.OK))

    assert scene.happened[-1] == "customer.subscription.updated"
    assert scene.subscription.status == "active"

    scene.do(ReplaceCard(scene.subscription.customer, Card.OK)).renew()

    assert scene.invoice.status == "paid"


def test_a_draft_of_an_unpaid_subscription_can_be_paid() -> None:
    """It is finalized first, and then it is the latest invoice."""
    scene = _failing(2, final_action="unpaid").wait(2 * DAY_S)
    scene.until(scene.subscription.current_period_end).do(PayInvoice(scene.invoice.id, Card.OK))

    assert scene.happened[0] == "invoice.finalized"
    assert (scene.invoice.status, scene.subscription.status) == ("paid", "active")


def test_a_customers_own_failed_try_does_not_count() -> None:
    """attempt_count counts the first try and automatic ones; the schedule stays as it was."""
    scene = _failing(3)
    planned = scene.invoice.next_payment_attempt
    scene.do(PayInvoice(scene.invoice.id, Card.DECLINED))

    assert scene.happened == [
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "invoice.updated",
    ]
    assert (scene.invoice.attempt_count, scene.invoice.next_payment_attempt) == (1, planned)


def test_a_bank_that_wanted_the_customer_is_not_asked_again() -> None:
    """Without another payment method the schedule goes on and nothing is charged."""
    scene = subscriber(empty(table=dunning(3, 5)), Card.REQUIRES_ACTION).renew()
    scene.wait(3 * DAY_S)

    assert scene.happened == ["invoice.updated"]
    assert scene.invoice.attempt_count == 2

    scene.wait(2 * DAY_S)

    assert scene.happened == ["invoice.updated", "customer.subscription.deleted"]


def test_a_new_method_is_tried_where_the_bank_wanted_the_customer() -> None:
    """The next try of the schedule uses the new default."""
    scene = subscriber(empty(table=dunning(3, 5)), Card.REQUIRES_ACTION).renew()
    scene.do(ReplaceCard(scene.subscription.customer, Card.OK)).wait(3 * DAY_S)

    assert scene.subscription.status == "active"


def test_the_customer_authenticates_on_the_invoice_page() -> None:
    """On session the same card succeeds, and the subscription recovers."""
    scene = subscriber(card=Card.REQUIRES_ACTION).renew()
    scene.do(PayInvoice(scene.invoice.id))

    assert (scene.invoice.status, scene.subscription.status) == ("paid", "active")
    assert scene.world.next_due == scene.subscription.current_period_end


def test_an_older_invoice_does_not_decide() -> None:
    """Paying the older of two open invoices leaves the subscription past due."""
    scene = _failing(3, final_action="past_due").renew()
    older, newer = list(scene.world.invoices)[1:]
    scene.do(PayInvoice(older.id, Card.OK))

    assert scene.subscription.status == "past_due"

    scene.do(PayInvoice(newer.id, Card.OK))

    assert scene.subscription.status == "active"


def test_a_delinquent_customer_is_marked_until_a_payment_succeeds() -> None:
    """`delinquent` follows the newest outcome, without an event of its own."""
    scene = _failing(3)
    customer = scene.subscription.customer

    assert scene.world.customers[customer].delinquent

    scene.do(PayInvoice(scene.invoice.id, Card.OK))

    assert not scene.world.customers[customer].delinquent
