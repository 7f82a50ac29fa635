"""Subscriptions begun by API on terms of every kind, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from worlds import START

from rehearsal_harness.core.actions import Advance
from rehearsal_harness.core.calendar import DAY_S, HOUR_S


def customer(account: Account, method: str = "pm_card_visa") -> str:
    """A customer whose default is one of Stripe's test methods, or who has none."""
    if not method:
        return account.stripe.v1.customers.create({"email": "ada@x.test"}).id
    settings: Any = {"default_payment_method": method}
    return account.stripe.v1.customers.create(
        {"email": "ada@x.test", "payment_method": method, "invoice_settings": settings}
    ).id


def subscribe(account: Account, **fields: Any) -> Any:
    """One of the monthly price, for somebody who can pay unless `customer` says otherwise."""
    items = fields.pop("items", None) or [{"price": account.price().id}]
    who = fields.pop("customer", None) or customer(account)
    return account.stripe.v1.subscriptions.create({"customer": who, "items": items, **fields})


def test_so_many_are_paid_for(account: Account) -> None:
    """The quantity counts; a change of it is prorated like any other."""
    begun = subscribe(account, items=[{"price": account.price().id, "quantity": 3}])
    (invoice,) = account.stripe.v1.invoices.list().data
    assert (begun.status, invoice.amount_paid) == ("active", 3600)
    item: Any = {"id": begun["items"].data[0].id, "quantity": 5}
    changed = account.stripe.v1.subscriptions.update(begun.id, {"items": [item]})
    assert changed["items"].data[0].quantity == 5
    assert [each.amount for each in account.stripe.v1.invoice_items.list().data] == [6000, -3600]


def test_a_coupon_begins_with_the_subscription(account: Account) -> None:
    """The first invoice is lower."""
    half = account.stripe.v1.coupons.create({"percent_off": 50, "duration": "forever"})
    begun = subscribe(account, discounts=[{"coupon": half.id}], expand=["latest_invoice"])
    assert (begun.latest_invoice.total, len(begun.discounts)) == (600, 1)


def test_the_customer_makes_the_first_payment(account: Account) -> None:
    """Incomplete until the payment intent is confirmed."""
    begun = subscribe(
        account,
        customer=customer(account, ""),
        payment_behavior="default_incomplete",
        expand=["latest_invoice.confirmation_secret"],
    )
    assert begun.status == "incomplete"
    (payment,) = account.stripe.v1.invoice_payments.list({"invoice": begun.latest_invoice.id}).data
    intent = payment.payment.payment_intent
    assert begun.latest_invoice.confirmation_secret.client_secret.startswith(intent)
    account.stripe.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    assert account.stripe.v1.subscriptions.retrieve(begun.id).status == "active"


def test_an_error_leaves_no_subscription(account: Account) -> None:
    """With error_if_incomplete; without any method it is refused in any case."""
    who = customer(account, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        subscribe(account, customer=who, payment_behavior="error_if_incomplete")
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        subscribe(account, customer=customer(account, ""))
    assert account.stripe.v1.subscriptions.list({"status": "all"}).data == []


def test_an_invoice_may_be_sent(account: Account) -> None:
    """Active at once; an hour later the invoice is open and sent, and nobody is charged."""
    begun = subscribe(
        account, customer=customer(account, ""), collection_method="send_invoice", days_until_due=7
    )
    account.do(Advance(START + HOUR_S))
    invoice = account.stripe.v1.invoices.retrieve(begun.latest_invoice)
    assert (begun.status, invoice.status, invoice.attempted) == ("active", "open", False)
    assert invoice.due_date == START + HOUR_S + 7 * DAY_S
    with pytest.raises(stripe.InvalidRequestError, match="days_until_due"):
        subscribe(account, collection_method="send_invoice")


@pytest.mark.parametrize(("missing", "status"), [("pause", "paused"), ("cancel", "canceled")])
def test_a_trial_that_nobody_can_pay_for(account: Account, missing: str, status: str) -> None:
    """It pauses or ends, as it was begun to; a paused one is resumed once there is a method."""
    who = customer(account, "")
    settings: Any = {"end_behavior": {"missing_payment_method": missing}}
    begun = subscribe(account, customer=who, trial_end=START + 7 * DAY_S, trial_settings=settings)
    account.do(Advance(START + 7 * DAY_S))
    subscriptions = account.stripe.v1.subscriptions
    assert subscriptions.retrieve(begun.id).status == status
    if status == "canceled":
        return
    with pytest.raises(stripe.InvalidRequestError, match="no default payment method"):
        subscriptions.resume(begun.id)
    method = account.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": who})
    account.stripe.v1.customers.update(who, {"invoice_settings": {"default_payment_method": method.id}})
    assert subscriptions.resume(begun.id).status == "active"
    assert account.stripe.v1.invoices.list({"status": "paid"}).data[0].amount_paid == 1200
    with pytest.raises(stripe.InvalidRequestError, match="only a paused one"):
        subscriptions.resume(begun.id)


def test_a_trial_can_be_ended_now(account: Account) -> None:
    """The first period begins and is paid at once."""
    begun = subscribe(account, trial_period_days=14)
    ended = account.stripe.v1.subscriptions.update(begun.id, {"trial_end": "now"})
    assert (ended.status, ended.trial_end) == ("active", START)
    assert account.stripe.v1.invoices.retrieve(ended.latest_invoice).amount_paid == 1200
