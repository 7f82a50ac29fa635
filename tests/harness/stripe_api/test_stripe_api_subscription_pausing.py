"""Subscriptions that stop for a while, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from test_stripe_api_subscribing import subscribe

from rehearsal_harness.core.actions import Advance
from rehearsal_harness.core.calendar import DAY_S, HOUR_S


def types_since(account: Account, index: int) -> list[str]:
    """The types of the events from `index` on."""
    return [event.type for event in account.holder.world.events.since(index)]


def end_of(subscription: Any) -> int:
    """Where its period ends."""
    end: int = subscription["items"].data[0].current_period_end
    return end


def test_a_paused_subscription_makes_no_invoices(account: Account) -> None:
    """What was left of the period is credited when it is resumed."""
    begun = subscribe(account)
    subscriptions = account.stripe.v1.subscriptions
    account.do(Advance((begun.created + end_of(begun)) // 2))
    before = len(account.holder.world.events)

    assert subscriptions.pause(begun.id).status == "paused"
    assert types_since(account, before)[:2] == [
        "customer.subscription.paused",
        "customer.subscription.updated",
    ]
    account.do(Advance(end_of(begun) + 40 * DAY_S))
    assert len(account.stripe.v1.invoices.list().data) == 1

    resumed = subscriptions.resume(begun.id)
    assert resumed.status == "active"
    assert account.stripe.v1.invoices.retrieve(resumed.latest_invoice).amount_paid == 600


def test_the_rest_of_the_period_need_not_be_credited(account: Account) -> None:
    """Only an active subscription is paused, and what is not simulated is refused."""
    begun = subscribe(account)
    subscriptions = account.stripe.v1.subscriptions
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscriptions.pause(begun.id, {"invoicing_behavior": "invoice"})
    assert refused.value.code == "not_simulated"
    subscriptions.pause(begun.id, {"bill_for": {"unused_time_from": {"type": "none"}}})
    assert account.stripe.v1.invoice_items.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="only an active one"):
        subscriptions.pause(begun.id)


def test_a_payment_that_was_due_before_the_pause(account: Account) -> None:
    """The invoice of a renewal is paid after all, and the subscription stays paused."""
    begun = subscribe(account)
    account.do(Advance(end_of(begun)))
    account.stripe.v1.subscriptions.pause(begun.id)
    account.do(Advance(end_of(begun) + HOUR_S))
    paused = account.stripe.v1.subscriptions.retrieve(begun.id)
    invoice = account.stripe.v1.invoices.retrieve(paused.latest_invoice)
    assert (paused.status, invoice.status) == ("paused", "paid")


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible"), ("void", "void")],
)
def test_invoices_are_not_collected_for_a_while(account: Account, behavior: Any, status: str) -> None:
    """The subscription stays active; from the instant on that was named, they are collected again."""
    begun = subscribe(account)
    pause: Any = {"behavior": behavior, "resumes_at": end_of(begun) + DAY_S}
    paused = account.stripe.v1.subscriptions.update(begun.id, {"pause_collection": pause})
    assert paused.to_dict()["pause_collection"] == pause
    account.do(Advance(end_of(begun) + 2 * HOUR_S))
    renewed = account.stripe.v1.subscriptions.retrieve(begun.id)
    invoice = account.stripe.v1.invoices.retrieve(renewed.latest_invoice)
    assert (renewed.status, invoice.status, invoice.amount_paid) == ("active", status, 0)

    account.do(Advance(end_of(renewed) + HOUR_S))
    later = account.stripe.v1.subscriptions.retrieve(begun.id)
    assert later.pause_collection is None
    assert account.stripe.v1.invoices.retrieve(later.latest_invoice).status == "paid"


def test_collection_is_taken_up_by_request(account: Account) -> None:
    """An empty value takes the pause back, and an instant in the past is refused."""
    begun = subscribe(account)
    update = account.stripe.v1.subscriptions.update
    with pytest.raises(stripe.InvalidRequestError, match="in the future"):
        update(begun.id, {"pause_collection": {"behavior": "void", "resumes_at": begun.created}})
    update(begun.id, {"pause_collection": {"behavior": "void"}})
    before = len(account.holder.world.events)
    assert update(begun.id, {"pause_collection": ""}).pause_collection is None
    assert types_since(account, before) == ["customer.subscription.updated"]
    account.do(Advance(end_of(begun) + HOUR_S))
    assert account.stripe.v1.invoices.list().data[0].status == "paid"
