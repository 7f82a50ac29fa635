"""Customers, as the official SDK sees them."""

from __future__ import annotations

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.actions import CompleteCheckout


def test_an_update_merges(account: Account) -> None:
    """Only what was sent changes; "" clears a field and deletes a metadata key."""
    customers = account.stripe.v1.customers
    made = customers.create({"email": "ada@example.com", "name": "Ada", "metadata": {"a": "1", "b": "2"}})

    found = customers.update(made.id, {"name": "", "metadata": {"a": "", "c": "3"}})

    assert (found.email, found.name) == ("ada@example.com", None)
    assert found.metadata.to_dict() == {"b": "2", "c": "3"}
    assert customers.update(made.id, {"metadata": ""}).metadata.to_dict() == {}


def test_an_update_that_changes_nothing_says_nothing(account: Account) -> None:
    """customer.updated comes only with a difference."""
    customers = account.stripe.v1.customers
    made = customers.create({"email": "ada@example.com"})
    customers.update(made.id, {"email": "ada@example.com"})
    customers.update(made.id, {"email": "ada@example.org"})

    types = [event.type for event in account.holder.world.events]
    assert types == ["customer.created", "customer.updated"]


def test_an_event_names_the_request_that_caused_it(account: Account) -> None:
    """request.id is the Request-Id of the answer, and the key is the one that was sent."""
    answer = account.stripe.v1.customers.create({"name": "Ada"}, {"idempotency_key": "ada"}).last_response

    event = account.stripe.v1.events.list().data[0]

    assert event.request.id == answer.request_id
    assert event.request.idempotency_key == "ada"


def test_a_deleted_customer_is_a_stub(account: Account) -> None:
    """It is still retrieved as deleted, listed no more, takes no update, and its subscription has ended."""
    account.do(CompleteCheckout(account.session().id))
    client = account.stripe
    customer_id = client.v1.customers.list().data[0].id

    assert client.v1.customers.delete(customer_id).deleted
    assert client.v1.customers.retrieve(customer_id).deleted
    assert client.v1.customers.list().data == []
    assert client.v1.subscriptions.list({"status": "all"}).data[0].status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.customers.update(customer_id, {"name": "Ada"})


def test_customers_are_listed_by_email(account: Account) -> None:
    """The filter is exact."""
    for email in ("ada@example.com", "bob@example.com"):
        account.stripe.v1.customers.create({"email": email})

    found = account.stripe.v1.customers.list({"email": "bob@example.com"})

    assert [customer.email for customer in found.data] == ["bob@example.com"]


def test_the_default_payment_method_is_one_of_stripes(account: Account) -> None:
    """An unknown one is refused by its full name; a known one is charged from then on."""
    account.do(CompleteCheckout(account.session().id))
    client = account.stripe
    customer_id = client.v1.customers.list().data[0].id
    method_id = client.v1.payment_methods.list({"customer": customer_id}).data[0].id

    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.customers.update(customer_id, {"invoice_settings": {"default_payment_method": "pm_0"}})
    assert refused.value.param == "invoice_settings[default_payment_method]"
    found = client.v1.customers.update(
        customer_id,
        {
            "invoice_settings": {"default_payment_method": method_id},
            "expand": ["invoice_settings.default_payment_method"],
        },
    )
    assert found.invoice_settings.default_payment_method.card.last4 == "4242"


def test_search_is_not_rehearsed(account: Account) -> None:
    """It is eventually consistent at Stripe's; here it says that it is missing, not that the id is."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.stripe.v1.customers.search({"query": "email:'ada@example.com'"})
    assert refused.value.code == "not_simulated"
    assert "GET: /v1/customers/search" in str(refused.value)
