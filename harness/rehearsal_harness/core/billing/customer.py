"""Customers and what they pay with.

Decides: how a customer comes to be at checkout, which payment method becomes the default, what deleting does.
Does not know: what the method does when it is charged (`cards`).
Rule: https://docs.stripe.com/payments/checkout/customers (subscription mode always makes a customer),
https://docs.stripe.com/customer-management/integrate-customer-portal.
"""

from __future__ import annotations

from typing import Any

from ..actions import ReplaceCard, UpdateCustomer
from ..cards import BEHAVIOR, Asks, Card
from ..change import Change
from ..objects import Customer, PaymentMethod, SetupIntent, Source, Subscription, SubscriptionStatus
from ..objects.checkout_page import NOTHING, Collected
from ..records import replace
from . import cancellation, payment_method
from .causes import Cause

_ENDED = (SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE_EXPIRED)


def invoice_prefix(customer_id: str) -> str:
    """Eight capitals and digits that follow from the customer's id."""
    return customer_id.removeprefix("cus_")[:8].upper()


def attach(
    change: Change,
    card: Card,
    customer_id: str | None,
    email: str | None,
    key: str,
    said: Collected = NOTHING,
) -> PaymentMethod:
    """A new payment method, kept for the customer, with the billing details that were `said` on a page."""
    method = PaymentMethod(
        id=change.new_id("pm", key),
        created=change.now,
        card=card,
        customer=customer_id,
        email=email,
        name=said.name,
        phone=said.phone,
        address=said.address,
        set_up=BEHAVIOR[card].asks is Asks.UNLESS_SET_UP,
    )
    return change.create(method, Cause.PAYMENT_METHOD_ATTACHES)


def make_default(change: Change, customer: Customer, method: PaymentMethod) -> Customer:
    """The method becomes the one that renewals charge."""
    after = replace(customer, default_payment_method=method.id)
    return change.update(customer, after, Cause.DEFAULT_PAYMENT_METHOD_SET)


def replace_card(change: Change, action: ReplaceCard) -> None:
    """A customer enters another card in the portal; one that cannot be attached changes nothing."""
    customer = change.get(Customer, action.customer_id)
    if BEHAVIOR[action.card].attaches:
        key = f"{customer.id}|{change.now}|{len(change.table(PaymentMethod))}"
        make_default(change, customer, attach(change, action.card, customer.id, customer.email, key))
    else:
        set_up(change, customer.id, None, action.card)


def correct(change: Change, action: UpdateCustomer) -> None:
    """A customer changes their own details in the portal; nothing is said where nothing changes."""
    before = change.get(Customer, action.customer_id)
    sent = {"email": action.email, "name": action.name, "phone": action.phone}
    changes: dict[str, Any] = {field: value for field, value in sent.items() if value is not None}
    after = replace(before, **changes)
    if after != before:
        change.update(before, after)


def set_up(change: Change, customer_id: str, method: PaymentMethod | None, card: Card) -> SetupIntent:
    """Keep a payment method without taking money; `method` is None where the card is refused."""
    key = f"{customer_id}|{change.now}|{len(change.table(SetupIntent))}"
    created = change.create(
        SetupIntent(
            id=change.new_id("seti", key),
            created=change.now,
            status="requires_payment_method",
            customer=customer_id,
        )
    )
    cause = Cause.PAYMENT_METHOD_REFUSED if method is None else Cause.PAYMENT_METHOD_ATTACHES
    row = change.row(SetupIntent, created, cause)
    after = replace(
        created,
        status=row.after,
        payment_method=method.id if method else None,
        decline_code=None if method else BEHAVIOR[card].decline_code,
    )
    return change.follow(row, created, after)


def forget_source(change: Change, source_id: str) -> None:
    """A card of the old kind makes room for another one."""
    payment_method.remove_source(change, change.get(Source, source_id))


def delete(change: Change, customer: Customer) -> None:
    """The customer is deleted; subscriptions end at once."""
    for subscription in change.table(Subscription).owned_by(customer.id):
        if subscription.status not in _ENDED:
            cancellation.end(change, subscription, Cause.CANCELED_NOW, reason="cancellation_requested")
    for method in change.table(PaymentMethod).owned_by(customer.id):
        change.put(replace(method, customer=None, consumed=True))
    before = change.get(Customer, customer.id)
    change.update(before, replace(before, deleted=True), Cause.DELETED)
