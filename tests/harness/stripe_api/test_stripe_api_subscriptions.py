"""Subscriptions, invoices and what pays them, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.actions import Advance, CompleteCheckout, ReplaceCard
from rehearsal_harness.core.calendar import HOUR_S
from rehearsal_harness.core.cards import Card


@pytest.fixture(name="subscribed")
def _subscribed(account: Account) -> Account:
    account.do(CompleteCheckout(account.session(customer_email="ada@example.com").id))
    return account


def subscription_of(account: Account) -> Any:
    """The newest subscription."""
    return account.stripe.v1.subscriptions.list({"status": "all"}).data[0]


def types_since(account: Account, index: int) -> list[str]:
    """The types of the events from `index` on."""
    return [event.type for event in account.holder.world.events.since(index)]


def test_a_cancellation_at_period_end_by_api_sets_the_boolean(subscribed: Account) -> None:
    """cancel_at is the end of the period; asking again changes nothing; false takes it back."""
    subscription = subscription_of(subscribed)
    update = subscribed.stripe.v1.subscriptions.update
    before = len(subscribed.holder.world.events)

    scheduled = update(subscription.id, {"cancel_at_period_end": True})
    update(subscription.id, {"cancel_at_period_end": True})
    assert (scheduled.cancel_at_period_end, scheduled.status) == (True, "active")
    assert scheduled.cancel_at == subscription["items"].data[0].current_period_end

    undone = update(subscription.id, {"cancel_at_period_end": False})
    assert (undone.cancel_at_period_end, undone.cancel_at) == (False, None)
    assert types_since(subscribed, before) == ["customer.subscription.updated"] * 2


def test_a_cancellation_at_an_instant(subscribed: Account) -> None:
    """cancel_at leaves the boolean alone, "" takes it back, and the past is refused."""
    subscription_id = subscription_of(subscribed).id
    update = subscribed.stripe.v1.subscriptions.update
    instant = subscribed.holder.world.now + 1000

    assert update(subscription_id, {"cancel_at": instant}).cancel_at == instant
    assert update(subscription_id, {"cancel_at": ""}).cancel_at is None
    with pytest.raises(stripe.InvalidRequestError, match="must be in the future"):
        update(subscription_id, {"cancel_at": 1})
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        update(subscription_id, {"cancel_at": instant, "cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        update(subscription_id, {"cancel_at": "max_billed_until"})
    assert refused.value.code == "not_simulated"


def test_canceling_ends_at_once_and_only_once(subscribed: Account) -> None:
    """One customer.subscription.deleted with the request's id; the second DELETE finds nothing; metadata
    stays open."""
    subscriptions = subscribed.stripe.v1.subscriptions
    subscription_id = subscription_of(subscribed).id
    before = len(subscribed.holder.world.events)

    canceled = subscriptions.cancel(subscription_id)

    assert canceled.status == "canceled"
    assert types_since(subscribed, before) == ["customer.subscription.deleted"]
    assert subscribed.holder.world.events[-1].request.id == canceled.last_response.request_id
    with pytest.raises(stripe.InvalidRequestError) as missing:
        subscriptions.cancel(subscription_id)
    assert missing.value.http_status == 404
    with pytest.raises(
        stripe.InvalidRequestError, match="can only update its cancellation_details and metadata"
    ):
        subscriptions.update(subscription_id, {"cancel_at_period_end": True})
    kept = subscriptions.update(
        subscription_id, {"metadata": {"why": "moved"}, "cancellation_details": {"feedback": "unused"}}
    )
    assert (kept.metadata["why"], kept.cancellation_details.feedback) == ("moved", "unused")


def test_the_anchor_is_an_object(subscribed: Account) -> None:
    """Since endive; the bare word of earlier versions is refused."""
    subscription_id = subscription_of(subscribed).id
    fields: Any = {"billing_cycle_anchor": "now"}

    with pytest.raises(stripe.InvalidRequestError, match="Invalid object"):
        subscribed.stripe.v1.subscriptions.update(subscription_id, fields)


def test_subscriptions_are_filtered(subscribed: Account) -> None:
    """By customer, price and the end of the period."""
    subscription = subscription_of(subscribed)
    item = subscription["items"].data[0]
    listed = subscribed.stripe.v1.subscriptions.list

    assert len(listed({"customer": subscription.customer}).data) == 1
    assert listed({"customer": "cus_0"}).data == []
    assert len(listed({"price": item.price.id}).data) == 1
    assert len(listed({"current_period_end": {"lte": item.current_period_end}}).data) == 1
    assert listed({"current_period_end": {"lt": item.current_period_end}}).data == []
    assert listed({"created": {"gt": subscription.created}}).data == []


def test_four_levels_can_be_expanded(subscribed: Account) -> None:
    """Below an id, below a list that was left out, and where there is nothing; a fifth level and a plain
    field are refused."""
    listed = subscribed.stripe.v1.subscriptions.list
    deep = "data.latest_invoice.payments.data.payment.payment_intent"
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        listed({"expand": [deep]})

    retrieve = subscribed.stripe.v1.subscriptions.retrieve
    subscribed.do(Advance(subscribed.holder.world.now + 14))
    expand = [
        "customer.invoice_settings.default_payment_method",
        "latest_invoice.payments",
        "default_payment_method",
    ]
    found = retrieve(subscription_of(subscribed).id, {"expand": expand})

    assert found.customer.email == "ada@example.com"
    assert found.latest_invoice.payments.data[0].status == "paid"
    assert found.customer.invoice_settings.default_payment_method.card.last4 == "4242"
    assert found.default_payment_method is None
    with pytest.raises(stripe.InvalidRequestError, match=r"cannot be expanded \(status\)"):
        retrieve(found.id, {"expand": ["status"]})


def test_the_way_from_a_payment_to_its_invoice(subscribed: Account) -> None:
    """Since basil only the invoice payments know; the intent and its charge can be retrieved."""
    client = subscribed.stripe
    invoice = client.v1.invoices.list({"status": "paid"}).data[0]
    intent_id = client.v1.invoice_payments.list({"invoice": invoice.id}).data[0].payment.payment_intent

    subscribed.do(CompleteCheckout(subscribed.session().id))
    found = client.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": intent_id}, "expand": ["data.invoice"]}
    )
    intent = client.v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]})

    assert [payment.invoice.id for payment in found.data] == [invoice.id]
    assert intent.latest_charge.id == client.v1.charges.retrieve(intent.latest_charge.id).id
    assert "invoice" not in intent


def past_due(account: Account) -> Any:
    """The open invoice of a renewal whose card was declined."""
    subscription = subscription_of(account)
    account.do(ReplaceCard(subscription.customer, Card.ATTACHES_THEN_DECLINES))
    account.do(Advance(subscription["items"].data[0].current_period_end + HOUR_S))
    return account.stripe.v1.invoices.list({"subscription": subscription.id, "status": "open"}).data[0]


def test_an_open_invoice_is_paid_by_request(subscribed: Account) -> None:
    """With a good card it is paid and the subscription active again; paying twice is refused."""
    invoice = past_due(subscribed)
    assert subscription_of(subscribed).status == "past_due"
    subscribed.do(ReplaceCard(invoice.customer, Card.OK))

    assert subscribed.stripe.v1.invoices.pay(invoice.id).status == "paid"
    assert subscription_of(subscribed).status == "active"
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        subscribed.stripe.v1.invoices.pay(invoice.id)


def test_a_declined_payment_is_a_card_error_that_happened(subscribed: Account) -> None:
    """402 with the decline code; the try is counted, and the same key gives the same 402 without another
    try."""
    invoice = past_due(subscribed)
    pay = subscribed.stripe.v1.invoices.pay
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            pay(invoice.id, {}, {"idempotency_key": "once"})
        assert (declined.value.http_status, declined.value.code) == (402, "card_declined")
        assert declined.value.error.decline_code == "generic_decline"

    charges = [charge for charge in subscribed.holder.world.charges if charge.status == "failed"]
    assert len(charges) == 2


def test_a_payment_that_needs_the_customer_says_so(subscribed: Account) -> None:
    """A bank that wants the customer is a 402 of its own code."""
    invoice = past_due(subscribed)
    subscribed.do(ReplaceCard(invoice.customer, Card.REQUIRES_ACTION))

    with pytest.raises(stripe.CardError) as declined:
        subscribed.stripe.v1.invoices.pay(invoice.id)
    assert declined.value.code == "invoice_payment_intent_requires_action"


def test_a_subscription_is_made_by_request(subscribed: Account) -> None:
    """The saved card pays the first invoice in the request; a one-time price is refused."""
    customer_id = subscription_of(subscribed).customer
    create = subscribed.stripe.v1.subscriptions.create
    price = subscribed.price().id

    made = create({"customer": customer_id, "items": [{"price": price}], "metadata": {"plan": "pro"}})
    trial = create({"customer": customer_id, "items": [{"price": price}], "trial_period_days": 7})

    assert (made.status, made.metadata["plan"], trial.status) == ("active", "pro", "trialing")
    once = subscribed.price(recurring=None).id
    with pytest.raises(stripe.InvalidRequestError, match="type=one_time"):
        create({"customer": customer_id, "items": [{"price": once}]})


def test_a_customer_without_a_card_cannot_be_charged(account: Account) -> None:
    """The request is refused, and nothing is made."""
    customer = account.stripe.v1.customers.create({"email": "ada@example.com"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.stripe.v1.subscriptions.create(
            {"customer": customer.id, "items": [{"price": account.price().id}]}
        )

    assert refused.value.code == "resource_missing"
    assert len(account.holder.world.subscriptions) == 0
