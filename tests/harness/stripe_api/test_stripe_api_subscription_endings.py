"""What is billed when a subscription is ended or goes on by request, as the official SDK sees it."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from test_stripe_api_subscribing import subscribe
from worlds import START

from rehearsal_harness.core.actions import Advance
from rehearsal_harness.core.calendar import DAY_S

HALF_S = 31 * DAY_S // 2


def preview(account: Account, subscription: Any, **details: Any) -> Any:
    """What Stripe says that this will bill."""
    sent: Any = {"subscription": subscription.id, "subscription_details": details}
    return account.stripe.v1.invoices.create_preview(sent)


def seats(account: Account, subscription: Any, quantity: int, **fields: Any) -> None:
    """So many of the item, half a period later."""
    account.do(Advance(START + HALF_S))
    item: Any = {"id": subscription["items"].data[0].id, "quantity": quantity}
    account.stripe.v1.subscriptions.update(subscription.id, {"items": [item], **fields})


def test_an_end_bills_nothing_and_says_why(account: Account) -> None:
    """What waits stays where it is; the customer's reason is in the one event."""
    begun = subscribe(account)
    seats(account, begun, 3)
    said = len(account.holder.world.events)
    ended = account.stripe.v1.subscriptions.cancel(
        begun.id, {"cancellation_details": {"comment": "Too slow", "feedback": "low_quality"}}
    )
    details = ended.cancellation_details
    assert (ended.status, details.comment, details.feedback) == ("canceled", "Too slow", "low_quality")  # type: ignore[union-attr]
    (event,) = account.holder.world.events.since(said)
    assert event.type == "customer.subscription.deleted"
    assert len(account.stripe.v1.invoices.list().data) == 1


def test_an_end_may_be_billed_at_once(account: Account) -> None:
    """What waits, less the rest of the period where that is asked for; the preview says as much."""
    for prorate, expected in ((False, [-600, 1800]), (True, [-600, 1800, -1800])):
        begun = subscribe(account)
        half = account.holder.world.now + HALF_S
        item: Any = {"id": begun["items"].data[0].id, "quantity": 3}
        account.do(Advance(half))
        account.stripe.v1.subscriptions.update(begun.id, {"items": [item]})
        behavior = "create_prorations" if prorate else "none"
        said = preview(account, begun, cancel_now=True, proration_behavior=behavior)
        sent: Any = {"invoice_now": True, "prorate": prorate, "expand": ["latest_invoice", "customer"]}
        ended = account.stripe.v1.subscriptions.cancel(begun.id, sent)
        invoice: Any = ended.latest_invoice
        assert [line.amount for line in invoice.lines.data] == expected
        assert [line.amount for line in said.lines.data] == expected
        assert (said.amount_due, said.starting_balance) == (invoice.amount_due, 0)
        assert (invoice.status, invoice.amount_paid) == ("paid", max(0, sum(expected)))
        assert ended.customer.balance == min(0, sum(expected))  # type: ignore[union-attr]


def test_an_end_with_nothing_to_bill_makes_no_invoice(account: Account) -> None:
    """And its preview says that there is none."""
    begun = subscribe(account)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        preview(account, begun, cancel_now=True, proration_behavior="none")
    assert refused.value.code == "invoice_upcoming_none"
    ended = account.stripe.v1.subscriptions.cancel(begun.id, {"invoice_now": True})
    assert (ended.status, ended.latest_invoice) == ("canceled", begun.latest_invoice)


def test_an_end_in_the_period_has_no_next_invoice(account: Account) -> None:
    """An end after it has one."""
    begun = subscribe(account)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        preview(account, begun, cancel_at=START + 5 * DAY_S)
    assert refused.value.code == "invoice_upcoming_none"
    assert preview(account, begun, cancel_at=START + 40 * DAY_S).total == 1200


@pytest.mark.parametrize(
    ("behavior", "waiting", "billed"),
    [("none", [], 0), ("create_prorations", [600], 0), ("always_invoice", [], 600)],
)
def test_a_subscription_goes_on_in_its_old_rhythm(
    account: Account, behavior: Any, waiting: list[int], billed: int
) -> None:
    """In the period that surrounds now; its rest is charged where that is asked for."""
    begun = subscribe(account)
    account.do(Advance(START + 5 * DAY_S))
    unused: Any = {"unused_time_from": {"type": "none"}}
    account.stripe.v1.subscriptions.pause(begun.id, {"bill_for": unused, "type": "subscription"})
    ends = START + 59 * DAY_S  # 2026-03-01; the month before it has 28 days
    account.do(Advance(ends - 14 * DAY_S))
    sent: Any = {"billing_cycle_anchor": {"type": "unchanged"}, "proration_behavior": behavior}
    if billed:
        assert preview(account, begun, resume_at="now", **sent).total == billed
    after = account.stripe.v1.subscriptions.resume(begun.id, {**sent, "expand": ["latest_invoice"]})
    assert (after.status, after.billing_cycle_anchor) == ("active", START)
    assert after["items"].data[0].current_period_end == ends
    items = account.stripe.v1.invoice_items.list({"pending": True}).data
    assert [each.amount for each in items] == waiting
    assert (after.latest_invoice.id == begun.latest_invoice) == (not billed)  # type: ignore[union-attr]
    if billed:
        assert after.latest_invoice.amount_paid == billed  # type: ignore[union-attr]
