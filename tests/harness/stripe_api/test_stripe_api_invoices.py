"""Invoices and invoice items of a merchant's own, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from worlds import START

from rehearsal_harness.core.actions import Advance, CompleteCheckout, ReplaceCard
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.cards import Card


def billed(account: Account, amount: int = 2000, **fields: Any) -> Any:
    """A draft over one item, of a new customer."""
    customer = fields.pop("customer", None) or account.stripe.v1.customers.create({"email": "ada@x.test"}).id
    account.stripe.v1.invoice_items.create({"customer": customer, "amount": amount, "currency": "usd"})
    return account.stripe.v1.invoices.create(
        {"customer": customer, "pending_invoice_items_behavior": "include", **fields}
    )


def with_card(account: Account, card: Card = Card.OK) -> str:
    """A customer who has a default payment method."""
    account.do(CompleteCheckout(account.session(customer_email="ada@x.test").id))
    customer = next(iter(account.holder.world.customers)).id
    account.do(ReplaceCard(customer, card))
    return customer


def since(account: Account, count: int) -> list[str]:
    """The types of the events after the first `count`."""
    return [event.type for event in account.holder.world.events.since(count)]


def test_items_wait_for_the_invoice_that_includes_them(account: Account) -> None:
    """Until then they are pending; an invoice that excludes them is empty."""
    draft = billed(account)
    assert (draft.status, draft.total, draft.billing_reason) == ("draft", 2000, "manual")
    (line,) = account.stripe.v1.invoices.line_items.list(draft.id).data
    assert (line.amount, line.parent.type) == (2000, "invoice_item_details")
    assert account.stripe.v1.invoice_items.list({"pending": True}).data == []
    assert account.stripe.v1.invoices.create({"customer": draft.customer}).total == 0


def test_items_change_with_their_draft(account: Account) -> None:
    """An item on a draft can be changed and taken away; on a finalized invoice it cannot."""
    items = account.stripe.v1.invoice_items
    draft = billed(account)
    price = account.price(recurring=None, unit_amount=700)
    added = items.create(
        {"customer": draft.customer, "invoice": draft.id, "pricing": {"price": price.id}, "quantity": 2}
    )
    total = lambda: account.stripe.v1.invoices.retrieve(draft.id).total  # noqa: E731
    assert (added.amount, total()) == (1400, 3400)
    items.update(added.id, {"quantity": 3})
    assert total() == 4100
    assert items.delete(added.id).deleted
    assert total() == 2000

    account.stripe.v1.invoices.finalize_invoice(draft.id)
    (item,) = items.list({"invoice": draft.id}).data
    with pytest.raises(stripe.InvalidRequestError) as refused:
        items.update(item.id, {"amount": 1})
    assert refused.value.code == "invoice_not_editable"


def test_a_finalized_invoice_is_paid_by_the_default_method(account: Account) -> None:
    """It gets a number and a page; paying it again is refused."""
    customer = with_card(account)
    invoices = account.stripe.v1.invoices
    draft = billed(account, customer=customer)
    finalized = invoices.finalize_invoice(draft.id)
    assert (finalized.status, finalized.attempted) == ("open", False)
    assert finalized.number
    assert finalized.hosted_invoice_url
    count = len(account.holder.world.events)
    paid = invoices.pay(draft.id)
    assert (paid.status, paid.amount_paid) == ("paid", 2000)
    assert {"invoice.paid", "invoice.payment_succeeded", "charge.succeeded"} <= {*since(account, count)}
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        invoices.pay(draft.id)


def test_a_declined_payment_leaves_it_open(account: Account) -> None:
    """The answer is 402; nobody's subscription changes."""
    customer = with_card(account, Card.ATTACHES_THEN_DECLINES)
    draft = billed(account, customer=customer)
    with pytest.raises(stripe.CardError):
        account.stripe.v1.invoices.pay(draft.id)
    assert account.stripe.v1.invoices.retrieve(draft.id).status == "open"
    assert next(iter(account.holder.world.subscriptions)).status == "active"


def test_nobody_can_pay_without_a_method(account: Account) -> None:
    """By API it is refused; by itself it is a failed try, and there is no charge."""
    draft = billed(account, auto_advance=True)
    with pytest.raises(stripe.InvalidRequestError, match="no `default_payment_method`"):
        account.stripe.v1.invoices.pay(draft.id)

    account.do(Advance(START + HOUR_S))
    invoice = account.stripe.v1.invoices.retrieve(draft.id)
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt == START + HOUR_S + 3 * DAY_S
    assert list(account.holder.world.charges) == []


@pytest.mark.parametrize(
    ("step", "status", "event"),
    [
        ("void_invoice", "void", "invoice.voided"),
        ("mark_uncollectible", "uncollectible", "invoice.marked_uncollectible"),
    ],
)
def test_the_ends_without_money(account: Account, step: str, status: str, event: str) -> None:
    """Only what is open can have one of them."""
    invoices = account.stripe.v1.invoices
    draft = billed(account)
    with pytest.raises(stripe.InvalidRequestError):
        getattr(invoices, step)(draft.id)
    invoices.finalize_invoice(draft.id)
    count = len(account.holder.world.events)

    assert getattr(invoices, step)(draft.id).status == status
    assert event in since(account, count)


def test_money_that_came_elsewhere(account: Account) -> None:
    """The invoice is paid, no payment succeeded."""
    draft = billed(account)
    account.stripe.v1.invoices.finalize_invoice(draft.id)
    count = len(account.holder.world.events)
    paid = account.stripe.v1.invoices.pay(draft.id, {"paid_out_of_band": True})

    assert (paid.status, paid.amount_remaining) == ("paid", 0)
    assert since(account, count) == ["payment_intent.canceled", "invoice.updated", "invoice.paid"]


def test_an_invoice_that_is_sent_has_a_due_date(account: Account) -> None:
    """A draft is finalized on the way; one that is charged cannot be sent."""
    sent = billed(account, collection_method="send_invoice", days_until_due=7)
    count = len(account.holder.world.events)
    after = account.stripe.v1.invoices.send_invoice(sent.id)
    assert (after.status, after.due_date) == ("open", START + 7 * DAY_S)
    assert since(account, count)[-1] == "invoice.sent"
    with pytest.raises(stripe.InvalidRequestError, match="send_invoice"):
        account.stripe.v1.invoices.send_invoice(billed(account).id)


def test_only_drafts_are_deleted(account: Account) -> None:
    """With their items; an open one is voided instead."""
    draft = billed(account)
    assert account.stripe.v1.invoices.delete(draft.id).deleted
    assert (account.stripe.v1.invoices.list().data, account.stripe.v1.invoice_items.list().data) == ([], [])
    other = billed(account)
    account.stripe.v1.invoices.finalize_invoice(other.id)
    with pytest.raises(stripe.InvalidRequestError, match="void an open one"):
        account.stripe.v1.invoices.delete(other.id)


def test_a_coupon_lowers_an_invoice(account: Account) -> None:
    """Its lines say by how much; a coupon in another currency is refused."""
    coupons = account.stripe.v1.coupons
    half = coupons.create({"percent_off": 50})
    draft = billed(account, 2001, discounts=[{"coupon": half.id}])
    assert (draft.subtotal, draft.total) == (2001, 1000)
    assert [each.amount for each in draft.total_discount_amounts] == [1001]
    assert draft.lines.data[0].discount_amounts[0].amount == 1001
    assert coupons.retrieve(half.id).times_redeemed == 1
    euros = coupons.create({"amount_off": 100, "currency": "eur"})
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        account.stripe.v1.invoices.update(draft.id, {"discounts": [{"coupon": euros.id}]})
    shown = account.stripe.v1.invoices.update(draft.id, {"discounts": "", "expand": ["discounts"]})
    assert (shown.total, shown.discounts) == (2001, [])


def test_a_finalized_invoice_changes_no_more(account: Account) -> None:
    """But for its metadata."""
    draft = billed(account)
    assert account.stripe.v1.invoices.update(draft.id, {"footer": "thanks"}).footer == "thanks"
    account.stripe.v1.invoices.finalize_invoice(draft.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.stripe.v1.invoices.update(draft.id, {"footer": "again"})
    assert refused.value.code == "invoice_not_editable"
    assert account.stripe.v1.invoices.update(draft.id, {"metadata": {"a": "b"}}).metadata["a"] == "b"
