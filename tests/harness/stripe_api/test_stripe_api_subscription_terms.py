"""What else a subscription may be begun with, as the official SDK sees it."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from test_stripe_api_subscribing import customer, subscribe
from worlds import START

from rehearsal_harness.core.actions import Advance
from rehearsal_harness.core.calendar import DAY_S

SAVED: Any = {"save_default_payment_method": "on_subscription"}


def test_the_method_of_the_first_payment_is_kept(account: Account) -> None:
    """It pays what comes later, though the customer has no default."""
    begun = subscribe(
        account,
        customer=customer(account, ""),
        payment_behavior="default_incomplete",
        payment_settings=SAVED,
    )
    assert begun.payment_settings.save_default_payment_method == "on_subscription"
    (payment,) = account.stripe.v1.invoice_payments.list({"invoice": begun.latest_invoice}).data
    intent = payment.payment.payment_intent
    account.stripe.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    paid = account.stripe.v1.subscriptions.retrieve(begun.id, {"expand": ["default_payment_method"]})
    assert (paid.status, paid.default_payment_method.customer) == ("active", begun.customer)
    account.do(Advance(START + 32 * DAY_S))
    assert [each.status for each in account.stripe.v1.invoices.list().data] == ["paid", "paid"]


def test_a_method_is_kept_from_the_next_payment_on(account: Account) -> None:
    """Asked for later, the renewal's method is kept; nothing is kept unasked."""
    begun = subscribe(account)
    update = account.stripe.v1.subscriptions.update
    asked = update(begun.id, {"payment_settings": SAVED})
    assert asked.default_payment_method is None
    account.do(Advance(START + 32 * DAY_S))
    assert account.stripe.v1.subscriptions.retrieve(begun.id).default_payment_method is not None
    assert update(begun.id, {"payment_settings": {"save_default_payment_method": "off"}}).status == "active"


@pytest.mark.parametrize("end", [{"cancel_at_period_end": True}, {"cancel_at": START + 10 * DAY_S}])
def test_the_end_may_be_known_from_the_beginning(account: Account, end: dict[str, Any]) -> None:
    """It is announced at once and comes without a renewal."""
    begun = subscribe(account, **end)
    assert (begun.status, begun.cancel_at_period_end) == ("active", "cancel_at_period_end" in end)
    assert begun.cancel_at == end.get("cancel_at", begun["items"].data[0].current_period_end)
    account.do(Advance(begun.cancel_at))
    assert account.stripe.v1.subscriptions.retrieve(begun.id).status == "canceled"
    assert len(account.stripe.v1.invoices.list().data) == 1


def test_an_end_that_cannot_be(account: Account) -> None:
    """In the past, or said twice."""
    with pytest.raises(stripe.InvalidRequestError, match="in the future"):
        subscribe(account, cancel_at=START)
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        subscribe(account, cancel_at=START + 1, cancel_at_period_end=True)
