"""Payments that a backend makes itself, as the official SDK sees them."""

from __future__ import annotations

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.actions import Authenticate


def test_a_backend_keeps_a_card_and_charges_it_off_session(any_account: Account) -> None:
    """Customer, attached method, default, payment."""
    v1 = any_account.stripe.v1
    customer = v1.customers.create({"email": "ada@example.com"})
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
    intent = v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": method.id,
            "off_session": True,
            "confirm": True,
            "expand": ["latest_charge", "payment_method", "customer"],
        }
    )

    assert (intent.status, intent.latest_charge.paid) == ("succeeded", True)
    assert intent.customer.invoice_settings.default_payment_method == intent.payment_method.id
    listed = v1.customers.payment_methods.list(customer.id)
    assert [each.id for each in listed.auto_paging_iter()] == [method.id]


def test_a_declined_payment_is_a_card_error(any_account: Account) -> None:
    """With the intent inside, which is paid with another card."""
    v1 = any_account.stripe.v1
    with pytest.raises(stripe.CardError) as refused:
        v1.payment_intents.create(
            {
                "amount": 1000,
                "currency": "usd",
                "payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds",
                "confirm": True,
            }
        )

    error = refused.value.error
    assert (refused.value.code, error.decline_code) == ("card_declined", "insufficient_funds")
    paid = v1.payment_intents.confirm(error.payment_intent.id, {"payment_method": "pm_card_mastercard"})
    assert (paid.status, paid.amount_received) == ("succeeded", 1000)


def test_a_setup_intent_is_authenticated(any_account: Account) -> None:
    """The customer answers on the page that is named, and the method is hers."""
    v1 = any_account.stripe.v1
    customer = v1.customers.create({})
    setup = v1.setup_intents.create(
        {
            "customer": customer.id,
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "return_url": "https://shop.example.test/back",
        }
    )
    assert setup.next_action.redirect_to_url.return_url == "https://shop.example.test/back"
    any_account.do(Authenticate(setup.id, succeeded=True))

    found = v1.setup_intents.retrieve(setup.id, {"expand": ["payment_method"]})
    assert (found.status, found.payment_method.customer) == ("succeeded", customer.id)


def test_a_reserved_amount_is_captured_and_given_back(any_account: Account) -> None:
    """Captured in part, refunded in full."""
    v1 = any_account.stripe.v1
    intent = v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "capture_method": "manual",
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )
    v1.payment_intents.capture(intent.id, {"amount_to_capture": 600})
    refund = v1.refunds.create({"payment_intent": intent.id})

    assert refund.amount == 600
    assert v1.charges.retrieve(refund.charge).refunded is True


def test_a_dispute_is_answered(any_account: Account) -> None:
    """With the evidence that wins."""
    v1 = any_account.stripe.v1
    intent = v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "payment_method": "pm_card_createDispute",
            "confirm": True,
        }
    )
    (dispute,) = v1.disputes.list({"payment_intent": intent.id}).data
    evidence = {"uncategorized_text": "winning_evidence"}

    assert v1.disputes.update(dispute.id, {"evidence": evidence}).status == "won"


def test_a_card_in_the_old_way(any_account: Account) -> None:
    """A source, its charge, and the customer's list of sources."""
    v1 = any_account.stripe.v1
    customer = v1.customers.create({"source": "tok_visa", "expand": ["sources", "default_source"]})
    charge = v1.charges.create({"amount": 1000, "currency": "usd", "customer": customer.id})

    assert charge.source.id == customer.default_source.id == customer.sources.data[0].id
    second = v1.customers.payment_sources.create(customer.id, {"source": "tok_amex"})
    assert second.brand == "American Express"
    assert v1.customers.payment_sources.delete(customer.id, second.id).deleted is True
