"""stripe-python's ways to ask: async, raw, searched, paged, expanded, in another version, as an account."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
from official import Bench

MONTH_S = 31 * 86_400


@pytest.fixture(name="client")
def _client(bench: Bench, key: str) -> stripe.StripeClient:
    return bench.client(key, max_network_retries=0)


def subscribed(client: stripe.StripeClient, **customer: Any) -> stripe.Subscription:
    """A monthly subscription to a product made with it."""
    card = "pm_card_visa"
    asked: Any = {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
    payer = client.v1.customers.create(asked | customer)
    recurring: Any = {"interval": "month"}
    product = client.v1.products.create({"name": "Pro"})
    price = client.v1.prices.create(
        {"currency": "usd", "unit_amount": 1200, "recurring": recurring, "product": product.id}
    )
    return client.v1.subscriptions.create({"customer": payer.id, "items": [{"price": price.id}]})


def told(bench: Bench, key: str, story: Callable[[stripe.StripeClient], Awaitable[Any]]) -> Any:
    """What a story says that asks over httpx, which stripe[async] brings."""
    pytest.importorskip("httpx", reason="needs httpx; pip install 'stripe[async]'")

    async def whole() -> Any:
        over = stripe.HTTPXClient()
        try:
            return await story(bench.client(key, http_client=over))
        finally:
            await over.close_async()

    with ThreadPoolExecutor(1) as apart:  # a browser's tests in this process have a loop in this thread
        return apart.submit(asyncio.run, whole()).result()


# The SDK hands httpx its bytes by a name that httpx would rather not see.
UNDER_HTTPX = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@UNDER_HTTPX
def test_the_async_client_asks_the_same(bench: Bench, key: str) -> None:
    """Each method has an `_async` twin, pages included."""

    async def story(client: stripe.StripeClient) -> list[str]:
        made = [await client.v1.customers.create_async({"name": str(number)}) for number in range(12)]
        assert (await client.v1.customers.retrieve_async(made[0].id)).name == "0"
        with pytest.raises(stripe.InvalidRequestError):
            await client.v1.customers.retrieve_async("cus_nobody")
        listed = await client.v1.customers.list_async({"limit": 5})
        return [str(each.name) async for each in listed.auto_paging_iter()]

    assert told(bench, key, story) == [str(number) for number in range(11, -1, -1)]


@UNDER_HTTPX
def test_many_ask_at_once(bench: Bench, key: str) -> None:
    """Fifty requests under way together are fifty customers."""

    async def story(client: stripe.StripeClient) -> int:
        made = await asyncio.gather(*(client.v1.customers.create_async() for _ in range(50)))
        return len({each.id for each in made})

    assert told(bench, key, story) == 50
    listed = bench.client(key).v1.customers.list({"limit": 20})
    assert len(list(listed.auto_paging_iter())) == 50


def test_a_raw_request_is_answered(client: stripe.StripeClient) -> None:
    """What the SDK has no method for, and its deserialized object."""
    asked: Any = {"name": "Ada", "metadata": {"a": "b"}}
    answer = client.raw_request("post", "/v1/customers", **asked)
    made: Any = client.deserialize(answer, api_mode="V1")
    assert (type(made), made.name, made.metadata.a) == (stripe.Customer, "Ada", "b")
    assert client.raw_request("delete", f"/v1/customers/{made.id}").data["deleted"]


def test_a_request_names_its_version(client: stripe.StripeClient) -> None:
    """An older shape for one request only: the period was the subscription's until basil."""
    made = subscribed(client)
    older = client.v1.subscriptions.retrieve(made.id, None, {"stripe_version": "2024-06-20"})
    assert older["current_period_end"] == made["items"].data[0].current_period_end
    assert "current_period_end" not in client.v1.subscriptions.retrieve(made.id)
    with pytest.raises(stripe.InvalidRequestError, match="1999-01-01"):
        client.v1.customers.list(None, {"stripe_version": "1999-01-01"})


def test_a_request_names_its_own_account_and_no_other(client: stripe.StripeClient) -> None:
    """`Stripe-Account`: there is no Connect here."""
    own = client.v1.accounts.retrieve_current().id
    assert client.v1.customers.list(None, {"stripe_account": own}).data == []
    with pytest.raises((stripe.PermissionError, stripe.InvalidRequestError)):
        client.v1.customers.list(None, {"stripe_account": "acct_somebodyelses"})


def test_a_search_is_paged_through(client: stripe.StripeClient) -> None:
    """By `next_page`; with Stripe's query language."""
    for number in range(7):
        client.v1.customers.create({"name": f"Ada {number}", "metadata": {"team": "blue"}})
    client.v1.customers.create({"name": "Bea"})
    found = client.v1.customers.search({"query": "metadata['team']:'blue' AND name~'Ada'", "limit": 3})
    assert (len(found.data), found.has_more) == (3, True)
    assert len({each.id for each in found.auto_paging_iter()}) == 7
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.search({"query": "colour:'blue'"})


def test_a_list_is_paged_by_hand_both_ways(client: stripe.StripeClient) -> None:
    """`next_page` and `previous_page` of a list; one request goes one way only."""
    made = [client.v1.products.create({"name": str(number)}).id for number in range(6)][::-1]
    first = client.v1.products.list({"limit": 4})
    second: Any = first.next_page()
    assert [each.id for each in [*first.data, *second.data]] == made
    assert second.next_page().is_empty
    last: Any = client.v1.products.list({"limit": 2, "ending_before": made[4]})
    assert [each.id for each in last.data] == made[2:4]
    assert [each.id for each in last.previous_page().data] == made[:2]
    with pytest.raises(stripe.InvalidRequestError, match="Please pass in only one"):
        client.v1.products.list({"ending_before": made[4], "starting_after": made[1]})


def test_what_is_nested_is_expanded(client: stripe.StripeClient) -> None:
    """Four levels deep, in a list, and in the answer to a creation."""
    made = subscribed(client)
    read: Any = client.v1.subscriptions.retrieve(made.id, {"expand": ["latest_invoice", "customer"]})
    assert read.customer.id == made.customer
    deep = ["payments.data.payment.payment_intent"]
    invoice: Any = client.v1.invoices.retrieve(read.latest_invoice.id, {"expand": deep})
    assert invoice.payments.data[0].payment.payment_intent.amount_received == 1200
    listed: Any = client.v1.subscriptions.list({"expand": ["data.customer", "data.latest_invoice.payments"]})
    assert listed.data[0].latest_invoice.payments.data[0].status == "paid"
    for wrong in ("customer.shoes", "latest_invoice.payments.data.payment.payment_intent"):
        with pytest.raises(stripe.InvalidRequestError, match="expand"):
            client.v1.subscriptions.retrieve(made.id, {"expand": [wrong]})


def test_a_test_clock_is_advanced_and_waited_for(client: stripe.StripeClient) -> None:
    """A month later the subscription of its customer has been renewed."""
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_780_000_000, "name": "renewal"})
    made = subscribed(client, test_clock=clock.id)
    client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": 1_780_000_000 + MONTH_S + 7_200})
    for _ in range(100):
        if client.v1.test_helpers.test_clocks.retrieve(clock.id).status == "ready":
            break
    invoices = client.v1.invoices.list({"subscription": made.id}).data
    assert [(each.billing_reason, each.status) for each in invoices] == [
        ("subscription_cycle", "paid"),
        ("subscription_create", "paid"),
    ]
    assert client.v1.test_helpers.test_clocks.delete(clock.id).deleted


def test_classes_are_used_as_older_backends_use_them(
    bench: Bench, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`modify`, `refresh`, `delete`, nested resources and methods of an object."""
    monkeypatch.setattr(stripe, "api_key", key)
    monkeypatch.setattr(stripe, "api_base", bench.address)
    customer: Any = stripe.Customer.create(name="Ada", payment_method="pm_card_visa")
    stripe.Customer.modify(customer.id, description="a programmer")
    assert customer.refresh().description == "a programmer"
    assert [each.card.brand for each in stripe.Customer.list_payment_methods(customer.id)] == ["visa"]
    intent = stripe.PaymentIntent.create(amount=500, currency="usd", customer=customer.id)
    assert intent.cancel().status == "canceled"
    assert customer.delete().deleted
