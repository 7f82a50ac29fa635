"""stripe-python over HTTP: the client, unmodified, from a product to a refund, one account for each test."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from official import Bench

DECLINED = "pm_card_chargeDeclined"


@pytest.fixture(name="client")
def _client(bench: Bench, key: str) -> stripe.StripeClient:
    """The client as the guide tells to make it."""
    return bench.client(key, max_network_retries=0)


@pytest.fixture(name="price")
def _price(client: stripe.StripeClient) -> Any:
    """A monthly price with a lookup key."""
    product = client.v1.products.create({"name": "Pro"})
    return client.v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": 1200,
            "recurring": {"interval": "month"},
            "lookup_key": "pro_monthly",
        }
    )


@pytest.fixture(name="customer")
def _customer(client: stripe.StripeClient) -> Any:
    """Ada, who pays with a good card."""
    return client.v1.customers.create(
        {
            "email": "ada@example.com",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )


def test_a_price_is_found_by_its_lookup_key(client: stripe.StripeClient, price: Any) -> None:
    """With its product expanded."""
    found = client.v1.prices.list({"lookup_keys": ["pro_monthly"], "expand": ["data.product"]}).data
    assert [each.id for each in found] == [price.id]
    assert found[0].product.name == "Pro"


def test_a_subscription_is_paid_and_its_invoice_expanded(
    client: stripe.StripeClient, price: Any, customer: Any
) -> None:
    """Two levels deep, to the payment intent that paid it."""
    made = client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}], "expand": ["latest_invoice.payments"]}
    )
    assert (made.status, made.latest_invoice.status) == ("active", "paid")
    assert made.latest_invoice.amount_paid == 1200
    assert made.latest_invoice.payments.data[0].payment.payment_intent.startswith("pi_")
    assert made["items"].data[0].current_period_end > made.start_date


def test_a_list_is_paged_through_to_its_end_both_ways(client: stripe.StripeClient) -> None:
    """Newest first, each object once."""
    made = [client.v1.customers.create({"name": f"{number}"}).id for number in range(25)]
    forward = [each.id for each in client.v1.customers.list({"limit": 10}).auto_paging_iter()]
    assert forward == made[::-1]
    last = client.v1.customers.list({"limit": 10, "ending_before": made[0]})
    assert [each.id for each in last.auto_paging_iter()] == made[1:]


def test_events_are_paged_through(client: stripe.StripeClient) -> None:
    """Also those of one type only."""
    for number in range(12):
        client.v1.customers.create({"name": f"{number}"})
    listed = client.v1.events.list({"type": "customer.*", "limit": 5}).auto_paging_iter()
    events = list(listed)
    assert [event.data.object["name"] for event in events] == [str(number) for number in range(11, -1, -1)]
    assert client.v1.events.retrieve(events[3].id).id == events[3].id


def test_an_idempotency_key_gives_the_first_answer_again(client: stripe.StripeClient) -> None:
    """With the header that says so; with other parameters it is refused."""
    options: Any = {"idempotency_key": "once"}
    first = client.v1.customers.create({"name": "Ada"}, options)
    again = client.v1.customers.create({"name": "Ada"}, options)
    assert first.id == again.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.customers.list().data) == 1
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "Bea"}, options)


def test_an_unknown_parameter_is_an_invalid_request(client: stripe.StripeClient) -> None:
    """It is named."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.customers.create({"nmae": "Ada"})  # type: ignore[typeddict-unknown-key]
    assert (refused.value.code, refused.value.param) == ("parameter_unknown", "nmae")
    assert refused.value.http_status == 400
    assert refused.value.request_id


def test_an_unknown_id_is_not_found(client: stripe.StripeClient) -> None:
    """404 and resource_missing."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.customers.retrieve("cus_nobody")
    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)


def test_a_wrong_key_does_not_authenticate(bench: Bench) -> None:
    """And is not repeated whole."""
    with pytest.raises(stripe.AuthenticationError) as refused:
        bench.client("not_a_key_of_anybody").v1.customers.list()
    assert "not_a_key_of_anybody" not in str(refused.value)


def test_what_is_not_simulated_says_so(client: stripe.StripeClient) -> None:
    """In Stripe's error shape, by the name of the operation."""
    with pytest.raises(stripe.InvalidRequestError, match="POST: /v1/topups") as refused:
        client.v1.topups.create({"amount": 1, "currency": "usd"})
    assert refused.value.code == "not_simulated"


def test_the_module_without_a_client_works_the_same(
    bench: Bench, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As older backends use it: `stripe.api_base` and classes."""
    monkeypatch.setattr(stripe, "api_key", key)
    monkeypatch.setattr(stripe, "api_base", bench.address)
    made = stripe.Customer.create(email="ada@example.com")
    assert stripe.Customer.retrieve(made.id).email == "ada@example.com"
    assert stripe.Customer.list(limit=1).data[0].id == made.id
    assert stripe.Customer.delete(made.id).deleted


def test_a_portal_session_has_an_address_on_the_bench(client: stripe.StripeClient, customer: Any) -> None:
    """Where a person can go."""
    session = client.v1.billing_portal.sessions.create(
        {"customer": customer.id, "return_url": "https://app.example.com/account"}
    )
    assert session.url


def test_part_of_a_payment_is_refunded(client: stripe.StripeClient, price: Any, customer: Any) -> None:
    """The rest can be, and no more."""
    made = client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}], "expand": ["latest_invoice.payments"]}
    )
    paid = made.latest_invoice.payments.data[0].payment.payment_intent
    assert client.v1.refunds.create({"payment_intent": paid, "amount": 200}).status == "succeeded"
    assert client.v1.refunds.create({"payment_intent": paid}).amount == 1000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": paid})
    assert refused.value.code == "charge_already_refunded"
