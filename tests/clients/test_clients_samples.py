"""What Stripe's own sample servers ask, call by call, with stripe-python over HTTP.

Source: the call sequences of checkout-single-subscription, subscription-use-cases (fixed price) and
accept-a-payment in github.com/stripe-samples, from memory; no line of theirs is here.
"""

from __future__ import annotations

from typing import Any

import pytest
import requests
import stripe
from official import Bench

DOMAIN = "http://localhost:4242"


@pytest.fixture(name="prices")
def _prices(bench: Bench, key: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two monthly prices, in an account that the module itself is pointed at, as the samples do it."""
    monkeypatch.setattr(stripe, "api_key", key)
    monkeypatch.setattr(stripe, "api_base", bench.address)
    product = stripe.Product.create(name="Starter")
    recurring: Any = {"interval": "month"}
    return [
        stripe.Price.create(product=product.id, unit_amount=each, currency="usd", recurring=recurring).id
        for each in (500, 1_500)
    ]


def test_checkout_single_subscription(prices: list[str]) -> None:
    """A session, its page paid by a person, the session read by its id on the success page, and a portal."""
    session = stripe.checkout.Session.create(
        success_url=DOMAIN + "/success.html?session_id={CHECKOUT_SESSION_ID}",
        cancel_url=DOMAIN + "/canceled.html",
        mode="subscription",
        line_items=[{"price": prices[0], "quantity": 1}],
    )
    typed = {"card": "4242424242424242", "email": "jenny@example.com"}
    paid = requests.post(str(session.url), data=typed, allow_redirects=False, timeout=120)
    assert paid.headers["Location"] == f"{DOMAIN}/success.html?session_id={session.id}"

    seen = stripe.checkout.Session.retrieve(session.id)
    assert (seen.status, seen.payment_status) == ("complete", "paid")
    portal = stripe.billing_portal.Session.create(customer=str(seen.customer), return_url=DOMAIN)
    assert requests.get(portal.url, timeout=120).status_code == 200


def test_accept_a_payment(prices: list[str]) -> None:
    """An intent of the server's, confirmed as a page would, whose events come in order."""
    intent = stripe.PaymentIntent.create(
        amount=5999, currency="eur", automatic_payment_methods={"enabled": True}
    )
    assert str(intent.client_secret).startswith(intent.id)
    return_url = f"{DOMAIN}/return"
    done = stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_visa", return_url=return_url)
    assert (done.status, done.amount_received) == ("succeeded", 5999)
    told = [
        event.type
        for event in stripe.Event.list(types=["payment_intent.created", "payment_intent.succeeded"])
    ]
    assert told == ["payment_intent.succeeded", "payment_intent.created"]


def test_a_fixed_price_subscription(prices: list[str]) -> None:
    """A customer, a card, a subscription; another price; the list that the account page shows; the end."""
    customer = stripe.Customer.create(email="jenny@example.com", name="Jenny Rosen")
    method = stripe.PaymentMethod.create(type="card", card={"token": "tok_visa"})
    stripe.PaymentMethod.attach(method.id, customer=customer.id)
    stripe.Customer.modify(customer.id, invoice_settings={"default_payment_method": method.id})

    made = stripe.Subscription.create(customer=customer.id, items=[{"price": prices[0]}])
    item = made["items"].data[0].id
    changed = stripe.Subscription.modify(
        made.id, cancel_at_period_end=False, items=[{"id": item, "price": prices[1]}]
    )
    assert changed["items"].data[0].price.id == prices[1]
    listed = stripe.Subscription.list(
        customer=customer.id, status="all", expand=["data.default_payment_method"]
    )
    assert [each.id for each in listed.data] == [made.id]
    assert stripe.Subscription.cancel(made.id).status == "canceled"
