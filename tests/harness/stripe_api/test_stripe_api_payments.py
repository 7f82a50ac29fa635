"""One-time payments, refunds, disputes and payment links, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import SUCCESS_URL, Account

from rehearsal_harness.core.actions import (
    CloseDispute,
    CompleteCheckout,
    OpenDispute,
    OpenPaymentLink,
    SettleDelayedPayment,
)
from rehearsal_harness.core.cards import Card


def _once(account: Account, **fields: Any) -> Any:
    """An open session for one of a one-time price."""
    price = account.price(recurring=None, unit_amount=50_000).id
    return account.session(mode="payment", price=price, **fields)


def _paid(account: Account, card: Card = Card.OK, **fields: Any) -> Any:
    """A session that somebody completed."""
    session = _once(account, **fields)
    account.do(CompleteCheckout(session.id, card))
    return account.stripe.v1.checkout.sessions.retrieve(session.id)


def test_a_guest_pays_once(any_account: Account) -> None:
    """Paid, with a payment intent, and without customer, invoice or subscription."""
    session = _paid(
        any_account,
        client_reference_id="user-7",
        customer_email="ada@example.com",
        payment_intent_data={"metadata": {"order": "7"}},
    )

    assert (session.status, session.payment_status, session.amount_total) == ("complete", "paid", 50_000)
    assert (session.customer, session.invoice, session.subscription) == (None, None, None)
    assert (session.client_reference_id, session.customer_creation) == ("user-7", "if_required")
    assert session.customer_details.email == "ada@example.com"
    intent = any_account.stripe.v1.payment_intents.retrieve(
        session.payment_intent, {"expand": ["latest_charge"]}
    )
    assert (intent.status, intent.amount_received) == ("succeeded", 50_000)
    assert intent.metadata.to_dict() == intent.latest_charge.metadata.to_dict() == {"order": "7"}


def test_a_session_may_be_complete_and_unpaid(account: Account) -> None:
    """Until the bank has answered."""
    session = _paid(account, Card.DELAYED)
    assert (session.status, session.payment_status) == ("complete", "unpaid")

    account.do(SettleDelayedPayment(session.id, succeeded=True))
    assert account.stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_price_is_made_on_the_way(any_account: Account) -> None:
    """price_data with product_data: the price is its own and cannot be used again."""
    line = {
        "price_data": {
            "currency": "usd",
            "unit_amount": 1500,
            "product_data": {"name": "100 credits", "metadata": {"credits": "100"}},
        },
        "quantity": 2,
    }
    made = any_account.stripe.v1.checkout.sessions.create(
        {"mode": "payment", "line_items": [line, line], "success_url": SUCCESS_URL, "expand": ["line_items"]}
    )

    assert made.amount_total == 6000
    prices = [item.price for item in made.line_items.data]
    assert len({price.id for price in prices}) == 2
    assert not prices[0].active
    with pytest.raises(stripe.InvalidRequestError, match="price specified is inactive"):
        any_account.session(mode="payment", price=prices[0].id)


@pytest.mark.parametrize(
    ("line", "param", "words"),
    [
        ({"quantity": 1}, "line_items[0][price]", "Missing required param"),
        ({"price": "price_0"}, "line_items[0][price]", "No such price"),
        ({"price_data": {"currency": "usd"}}, "line_items[0][price_data][unit_amount]", "Missing"),
        (
            {"price_data": {"currency": "usd", "unit_amount": 1}, "quantity": 1},
            "line_items[0][price_data][product]",
            "exactly one of",
        ),
        (
            {"price_data": {"currency": "usd", "unit_amount": 1, "product": "prod_0"}},
            "line_items[0][price_data][product]",
            "No such product",
        ),
    ],
)
def test_a_wrong_line_is_refused_by_name(
    account: Account, line: dict[str, Any], param: str, words: str
) -> None:
    """The message says which line."""
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        account.session(mode="payment", line_items=[line])

    assert refused.value.param == param


def test_a_payment_is_refunded(any_account: Account) -> None:
    """Once a part and then the rest, by payment intent and by charge."""
    client = any_account.stripe
    intent = _paid(any_account).payment_intent
    part = client.v1.refunds.create(
        {
            "payment_intent": intent,
            "amount": 20_000,
            "reason": "requested_by_customer",
            "metadata": {"why": "late"},
        }
    )
    rest = client.v1.refunds.create({"charge": part.charge})

    assert (part.status, part.amount, rest.amount) == ("succeeded", 20_000, 30_000)
    charge = client.v1.charges.retrieve(part.charge)
    assert (charge.refunded, charge.amount_refunded) == (True, 50_000)
    listed = client.v1.refunds.list({"payment_intent": intent})
    assert [each.id for each in listed.data] == [rest.id, part.id]
    assert client.v1.refunds.update(part.id, {"metadata": {"why": ""}}).metadata.to_dict() == {}
    assert client.v1.refunds.retrieve(part.id, {"expand": ["payment_intent"]}).payment_intent.id == intent


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        ({}, "payment_intent", "Missing required param"),
        ({"payment_intent": "pi_0"}, "payment_intent", "No such payment_intent"),
        ({"charge": "ch_0"}, "charge", "No such charge"),
        ({"charge": "ch_0", "payment_intent": "pi_0"}, "charge", "only specify one"),
        ({"amount": 0}, "amount", "greater than or equal to 1"),
        ({"amount": 50_001}, "amount", "greater than unrefunded amount"),
        ({"reason": "bored"}, "reason", "must be one of duplicate"),
        ({"reverse_transfer": True}, "reverse_transfer", "does not simulate"),
    ],
)
def test_a_wrong_refund_is_refused_by_name(
    account: Account, fields: dict[str, Any], param: str, words: str
) -> None:
    """Nothing is given back."""
    intent = _paid(account).payment_intent
    named = (
        fields
        if {"charge", "payment_intent"} & {*fields} or not fields
        else {"payment_intent": intent, **fields}
    )
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        account.stripe.v1.refunds.create(named)  # type: ignore[arg-type]

    assert (refused.value.http_status, refused.value.param) == (400, param)
    assert len(account.holder.world.refunds) == 0


def test_nothing_is_refunded_twice(account: Account) -> None:
    """The code says why: refunded already, or taken by the bank."""
    refunds = account.stripe.v1.refunds
    intent, disputed = _paid(account).payment_intent, _paid(account).payment_intent
    refunds.create({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_already_refunded"

    account.do(OpenDispute(disputed))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refunds.create({"payment_intent": disputed})
    assert refused.value.code == "charge_disputed"


def test_what_is_pending_is_not_refunded(account: Account) -> None:
    """There is no successful charge yet."""
    intent = _paid(account, Card.DELAYED).payment_intent

    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        account.stripe.v1.refunds.create({"payment_intent": intent})


def test_a_dispute_is_read(any_account: Account) -> None:
    """By its id, and by its payment intent; closed it says who won."""
    client = any_account.stripe
    intent = _paid(any_account).payment_intent
    any_account.do(OpenDispute(intent))
    found = client.v1.disputes.list({"payment_intent": intent}).data

    assert [(each.status, each.amount) for each in found] == [("needs_response", 50_000)]
    any_account.do(CloseDispute(found[0].id, won=True))
    closed = client.v1.disputes.retrieve(found[0].id, {"expand": ["charge"]})
    assert (closed.status, closed.charge.disputed, len(closed.balance_transactions)) == ("won", True, 2)
    assert client.v1.disputes.list({"charge": "ch_0"}).data == []


def test_a_payment_is_found_by_its_customer(account: Account) -> None:
    """Charges and payment intents are listed."""
    customer = account.stripe.v1.customers.create({"email": "ada@example.com"}).id
    _paid(account)
    session = _paid(account, customer=customer)

    intents = account.stripe.v1.payment_intents.list({"customer": customer}).data
    charges = account.stripe.v1.charges.list({"payment_intent": session.payment_intent}).data
    assert [each.id for each in intents] == [session.payment_intent]
    assert [each.customer for each in charges] == [customer]


def test_a_link_is_made_opened_and_paid(any_account: Account) -> None:
    """The session knows its link; the redirect is the session's success_url."""
    client = any_account.stripe
    price = any_account.price(recurring=None, unit_amount=12_500).id
    link = client.v1.payment_links.create(
        {
            "line_items": [{"price": price, "quantity": 1}],
            "after_completion": {"type": "redirect", "redirect": {"url": SUCCESS_URL}},
            "metadata": {"plan": "hourly_1h"},
            "payment_intent_data": {"metadata": {"plan": "hourly_1h"}},
        }
    )
    assert link.active
    assert link.url.startswith("https://buy.stripe.com/test_")
    items = client.v1.payment_links.line_items.list(link.id).data
    assert [item.price.id for item in items] == [price]

    any_account.do(OpenPaymentLink(link.id, "ada@example.com", "user-7"))
    opened = client.v1.checkout.sessions.list({"payment_link": link.id}).data[0]
    assert (opened.client_reference_id, opened.success_url) == ("user-7", SUCCESS_URL)
    any_account.do(CompleteCheckout(opened.id))
    paid = client.v1.checkout.sessions.retrieve(opened.id, {"expand": ["payment_link"]})
    assert (paid.payment_status, paid.payment_link.id) == ("paid", link.id)
    assert paid.metadata.to_dict() == {"plan": "hourly_1h"}


def test_a_link_is_switched_off_and_on(account: Account) -> None:
    """Each change is announced; the list shows the active ones."""
    links = account.stripe.v1.payment_links
    price = account.price().id
    link = links.create({"line_items": [{"price": price, "quantity": 1}]})

    assert not links.update(link.id, {"active": False}).active
    assert links.list({"active": True}).data == []
    assert links.update(link.id, {"metadata": {"a": "1"}}).metadata.to_dict() == {"a": "1"}
    assert links.update(link.id, {"active": True}).active
    assert [each.id for each in links.list().data] == [link.id]
    said = [event.type for event in account.holder.world.events if event.object_id == link.id]
    assert said == ["payment_link.created", *["payment_link.updated"] * 3]


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        ({"line_items": []}, "line_items", "Missing required param"),
        ({"restrictions": {"completed_sessions": {"limit": 1}}}, "restrictions", "does not simulate"),
        ({"payment_intent_data": {"metadata": {}, "description": "x"}}, None, "does not simulate"),
        ({"payment_intent_data": {"metadata": {"a": "1"}}}, "payment_intent_data", "can not pass"),
        ({"customer_creation": "always"}, "customer_creation", "can not pass"),
        ({"after_completion": {"type": "redirect"}}, "after_completion[redirect]", "Missing"),
        ({"nope": "1"}, "nope", "Received unknown parameter"),
    ],
)
def test_a_wrong_link_is_refused_by_name(
    account: Account, fields: dict[str, Any], param: str | None, words: str
) -> None:
    """For a recurring price; nothing is made."""
    lines = [{"price": account.price().id, "quantity": 1}]
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        account.stripe.v1.payment_links.create({"line_items": lines, **fields})  # type: ignore[typeddict-item]

    assert param in (None, refused.value.param)
    assert len(account.holder.world.payment_links) == 0


def test_an_event_is_fetched_by_its_id(any_account: Account) -> None:
    """As an operator does who replays it."""
    session = _paid(any_account)
    event = next(
        each for each in any_account.holder.world.events if each.type == "checkout.session.completed"
    )

    fetched = any_account.stripe.v1.events.retrieve(event.id)

    assert (fetched.type, fetched.data.object["id"]) == ("checkout.session.completed", session.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        any_account.stripe.v1.events.retrieve("evt_0")
