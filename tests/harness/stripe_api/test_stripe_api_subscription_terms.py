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


def test_a_price_may_be_made_with_the_subscription(account: Account) -> None:
    """It is inactive, like any that is made on the way."""
    product = account.stripe.v1.products.create({"name": "Seats"}).id
    monthly = {"interval": "month"}
    data = {"product": product, "currency": "usd", "unit_amount": 700, "recurring": monthly}
    begun = subscribe(account, items=[{"price_data": data, "quantity": 2}], expand=["latest_invoice"])
    price = begun["items"].data[0].price
    assert (begun.status, begun.latest_invoice.amount_paid) == ("active", 1400)
    assert (price.active, price.unit_amount) == (False, 700)


def test_the_first_invoice_may_have_further_items(account: Account) -> None:
    """Once, and not in a trial; a recurring price is none of them."""
    product = account.stripe.v1.products.create({"name": "Installation"}).id
    price = account.price()
    data = {"product": product, "currency": price.currency, "unit_amount": 5000}
    further = [{"price_data": data, "quantity": 2}]
    begun = subscribe(account, add_invoice_items=further, expand=["latest_invoice"])
    assert (begun.status, begun.latest_invoice.amount_paid) == ("active", 11200)
    account.do(Advance(START + 32 * DAY_S))
    assert account.stripe.v1.invoices.list().data[0].total == 1200
    with pytest.raises(stripe.InvalidRequestError, match="does not simulate add_invoice_items"):
        subscribe(account, add_invoice_items=further, trial_period_days=7)
    with pytest.raises(stripe.InvalidRequestError, match="one_time"):
        subscribe(account, add_invoice_items=[{"price": price.id}])
