"""A checkout page filled in by a program, as `stripe trigger checkout.session.completed` does."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import SUCCESS_URL, Account

SHIPPING = {"name": "Jenny Rosen", "address": {"line1": "510 Townsend St", "country": "US"}}


def session_of(account: Account, **fields: Any) -> Any:
    """A checkout of one thing for 15."""
    product = account.stripe.v1.products.create({"name": "Shirt"})
    price = account.stripe.v1.prices.create({"product": product.id, "currency": "eur", "unit_amount": 1500})
    lines = [{"price": price.id, "quantity": 1}]
    asked: Any = {"mode": "payment", "line_items": lines, "success_url": SUCCESS_URL, **fields}
    return account.stripe.v1.checkout.sessions.create(asked)


def confirm(account: Account, session: Any, **params: Any) -> Any:
    """Fill in the page and press the button."""
    path = f"/v1/payment_pages/{session.id}/confirm"
    return account.stripe.deserialize(account.stripe.raw_request("post", path, **params), api_mode="V1")


def debit(account: Account, iban: str) -> str:
    """A bank account in Europe, as a payment method."""
    details: Any = {"email": "jenny@example.com", "name": "Jenny Rosen"}
    asked: Any = {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": details}
    return str(account.stripe.v1.payment_methods.create(asked).id)


def types(account: Account) -> list[str]:
    """What happened, in true order."""
    return [event.type for event in account.holder.world.events]


def test_a_page_is_paid_with_a_method_and_its_intent_says_what_the_session_said(account: Account) -> None:
    """Shipping, description and what the method is kept for; who keeps it is a new customer."""
    data = {"shipping": SHIPPING, "description": "A shirt", "setup_future_usage": "off_session"}
    session = session_of(account, payment_intent_data=data)
    done = confirm(account, session, payment_method="pm_card_visa", expected_amount=1500)
    assert (done.status, done.payment_status) == ("complete", "paid")
    intent = account.stripe.v1.payment_intents.retrieve(done.payment_intent)
    assert (intent.description, intent.setup_future_usage) == ("A shirt", "off_session")
    assert intent.shipping is not None
    assert intent.shipping.name == "Jenny Rosen"
    assert account.stripe.v1.payment_methods.retrieve(str(intent.payment_method)).customer == done.customer


@pytest.mark.parametrize(
    ("iban", "event_type"),
    [
        ("AT611904300234573201", "checkout.session.async_payment_succeeded"),
        ("IT60X0542811101000000123456", "checkout.session.async_payment_failed"),
    ],
)
def test_a_bank_answers_at_once(account: Account, iban: str, event_type: str) -> None:
    """After the session is complete; a program has nobody who could play the bank."""
    session = session_of(account, allowed_payment_method_types=["sepa_debit"])
    done = confirm(account, session, payment_method=debit(account, iban))
    assert done.status == "complete"
    happened = types(account)
    assert happened.index("checkout.session.completed") < happened.index(event_type)


def test_a_declined_card_is_a_card_error_and_leaves_the_page_open(account: Account) -> None:
    """With what the bank said."""
    session = session_of(account)
    with pytest.raises(stripe.CardError) as refused:
        confirm(account, session, payment_method="pm_card_visa_chargeDeclinedInsufficientFunds")
    assert refused.value.code == "card_declined"
    assert account.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"payment_method": "pm_card_visa", "expected_amount": 1}, "expected_amount"),
        ({"payment_method": "pm_nobody"}, "payment_method"),
        ({}, "payment_method"),
    ],
    ids=["another amount", "an unknown method", "no method"],
)
def test_what_does_not_fit_is_refused(account: Account, params: dict[str, Any], param: str) -> None:
    """And nothing has happened."""
    session = session_of(account)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        confirm(account, session, **params)
    assert refused.value.param == param
    assert "payment_intent.created" not in types(account)


def test_a_method_of_another_kind_and_a_page_that_is_over_are_refused(account: Account) -> None:
    """A card pays once, and no bank account where cards are taken."""
    session = session_of(account)
    with pytest.raises(stripe.InvalidRequestError, match="sepa_debit"):
        confirm(account, session, payment_method=debit(account, "DE89370400440532013000"))
    confirm(account, session, payment_method="pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError, match="`complete`"):
        confirm(account, session, payment_method="pm_card_visa")
