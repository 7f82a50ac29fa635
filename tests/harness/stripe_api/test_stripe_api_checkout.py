"""Checkout Sessions, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from worlds import START

from rehearsal_harness.core.actions import Advance, CompleteCheckout
from rehearsal_harness.core.cards import Card


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        ({"success_url": "app.example.com"}, "success_url", "Not a valid URL"),
        ({"customer_email": "ada"}, "customer_email", "Invalid email address: ada"),
        ({"customer": "cus_0", "customer_email": "a@b"}, "customer", "only specify one of these parameters"),
        ({"customer": "cus_0"}, "customer", "No such customer: 'cus_0'"),
        ({"mode": "setup"}, "line_items", "can not pass `line_items` in `setup` mode"),
        ({"currency": "eur"}, "currency", "does not simulate currency=eur"),
        ({"setup_intent_data": {"metadata": {"a": "b"}}}, "setup_intent_data", "can not pass"),
        ({"mode": "subscribe"}, "mode", "must be one of payment, subscription, or setup"),
        ({"mode": "payment"}, "line_items", "passed a recurring price"),
        ({"ui_mode": "hosted"}, "ui_mode", "must be one of hosted_page"),
        ({"expires_at": START + 1799}, "expires_at", "at least 30 minutes"),
        ({"expires_at": START + 86401}, "expires_at", "less than 24 hours"),
        (
            {"payment_intent_data": {"metadata": {}, "capture_method": "automatic"}},
            "payment_intent_data",
            "can not pass",
        ),
        ({"client_reference_id": "x" * 201}, "client_reference_id", "at most 200 characters"),
        ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]", "up to 40 characters"),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", "up to 500 characters"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, "metadata", "up to 50 metadata keys"),
        ({"line_items": []}, "line_items", "Missing required param: line_items"),
        (
            {"subscription_data": {"trial_period_days": 731}},
            "subscription_data[trial_period_days]",
            "less than",
        ),
        (
            {"subscription_data": {"trial_period_days": "soon"}},
            "subscription_data[trial_period_days]",
            "integer",
        ),
        ({"subscription_data": {"nope": "1"}}, "subscription_data[nope]", "Received unknown parameter"),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax[enabled]", "does not simulate"),
        ({"allow_promotion_codes": "yes"}, "allow_promotion_codes", "Invalid boolean: yes"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(
    account: Account, fields: dict[str, Any], param: str, words: str
) -> None:
    """The answer names the parameter, and nothing was made."""
    price = account.price().id
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        account.session(price=price, **fields)

    assert (refused.value.http_status, refused.value.param) == (400, param)
    assert len(account.holder.world.checkout_sessions) == 0


def test_a_session_needs_active_prices_that_fit_its_mode(account: Account) -> None:
    """An inactive price, two currencies, and a subscription of one-time prices only, are refused."""
    once = account.price(recurring=None)
    with pytest.raises(stripe.InvalidRequestError, match="at least one recurring price"):
        account.session(price=once.id)
    euro = account.price(recurring=None, currency="eur")
    lines = [{"price": each.id, "quantity": 1} for each in (once, euro)]
    with pytest.raises(stripe.InvalidRequestError, match="the same currency"):
        account.session(price=once.id, mode="payment", line_items=lines)
    account.stripe.v1.prices.update(once.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="price specified is inactive"):
        account.session(price=once.id, mode="payment")


def test_sent_fields_come_back(account: Account) -> None:
    """What a backend links its user by stands on the session."""
    session = account.session(
        client_reference_id="user-7",
        customer_email="ada@example.com",
        cancel_url="https://app.example.com/",
        locale="en",
        custom_text={"submit": {"message": "Thanks"}},
    )
    assert (session.client_reference_id, session.customer_email) == ("user-7", "ada@example.com")
    assert (session.cancel_url, session.locale) == ("https://app.example.com/", "en")


def test_an_abandoned_session_expires_by_itself(account: Account) -> None:
    """At expires_at, and not a second before."""
    session = account.session(expires_at=START + 1800)
    retrieve = account.stripe.v1.checkout.sessions.retrieve

    account.do(Advance(START + 1799))
    assert retrieve(session.id).status == "open"
    account.do(Advance(START + 1800))
    assert retrieve(session.id).status == "expired"


def test_sessions_are_filtered(account: Account) -> None:
    """By status, subscription and e-mail."""
    price = account.price().id
    paid = account.session(price=price, customer_email="ada@example.com")
    left = account.session(price=price, customer_email="bob@example.com")
    account.do(CompleteCheckout(paid.id))
    listed = account.stripe.v1.checkout.sessions.list
    subscription_id = account.stripe.v1.checkout.sessions.retrieve(paid.id).subscription

    assert [session.id for session in listed().data] == [left.id, paid.id]
    assert [session.id for session in listed({"status": "open"}).data] == [left.id]
    assert [session.id for session in listed({"subscription": subscription_id}).data] == [paid.id]
    assert [session.id for session in listed({"customer_details": {"email": "bob@example.com"}}).data] == [
        left.id
    ]


def test_line_items_are_left_out_unless_asked_for(account: Account) -> None:
    """They have a list of their own, and can be expanded with their prices' products."""
    session = account.session()
    sessions = account.stripe.v1.checkout.sessions

    assert "line_items" not in session
    assert [item.amount_total for item in sessions.line_items.list(session.id).data] == [1200]
    expanded = sessions.retrieve(session.id, {"expand": ["line_items.data.price.product"]})
    assert expanded.line_items.data[0].price.product.name == "Pro"


def test_equal_requests_make_two_sessions(account: Account) -> None:
    """Without a key of the caller's, a double click makes two sessions with two ids."""
    price = account.price().id
    first, second = account.session(price=price), account.session(price=price)

    assert first.id != second.id


def test_a_session_may_only_keep_a_payment_method(account: Account) -> None:
    """It has a setup intent at once and no amounts; nothing is charged, the method is the customer's."""
    client = account.stripe
    customer = client.v1.customers.create({"email": "ada@example.com"}).id
    params: Any = {
        "mode": "setup",
        "currency": "usd",
        "customer": customer,
        "success_url": "https://app.example.com/",
        "setup_intent_data": {"metadata": {"a": "b"}},
        "expand": ["setup_intent"],
    }
    made = client.v1.checkout.sessions.create(params)
    account.do(CompleteCheckout(made.id, Card.DECLINED))
    still = client.v1.checkout.sessions.retrieve(made.id)
    account.do(CompleteCheckout(made.id))
    done = client.v1.checkout.sessions.retrieve(made.id)
    intent = client.v1.setup_intents.retrieve(done.setup_intent)

    assert (made.amount_total, made.currency, made.setup_intent.metadata["a"]) == (None, "usd", "b")
    assert still.status == "open"
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert (intent.status, intent.customer) == ("succeeded", customer)
    assert client.v1.payment_methods.retrieve(intent.payment_method).customer == customer
    assert len(account.holder.world.charges) == 0


def test_a_session_that_keeps_a_method_needs_a_currency_and_takes_its_intent_with_it(
    account: Account,
) -> None:
    """There are no lines to tell the currency; an expired session cancels its setup intent."""
    create, params = account.stripe.v1.checkout.sessions.create, {"mode": "setup"}
    shared: Any = {**params, "success_url": "https://app.example.com/"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(shared)
    made = create({**shared, "currency": "usd", "customer_creation": "always"})
    account.stripe.v1.checkout.sessions.expire(made.id)

    assert refused.value.param == "currency"
    assert account.stripe.v1.setup_intents.retrieve(made.setup_intent).status == "canceled"
