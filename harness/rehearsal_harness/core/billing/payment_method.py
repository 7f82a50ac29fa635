"""Payment methods as a merchant handles them: made, attached, detached, changed; and sources, the old way.

Decides: what each of these writes.  Does not know: under which name a test asks for a method (`test_names`),
nor which requests are refused.
Rule: https://docs.stripe.com/api/payment_methods and https://docs.stripe.com/api/cards.
"""

from __future__ import annotations

from typing import Any

from ..cards import BEHAVIOR, Asks, Card
from ..change import Change
from ..objects import Customer, PaymentMethod, Source, Subscription
from ..records import replace
from .causes import Cause


def make(change: Change, card: Card, **fields: Any) -> PaymentMethod:
    """A new payment method, nobody's yet; `fields` are those of PaymentMethod."""
    return change.create(
        PaymentMethod(
            id=change.new_id("pm"),
            created=change.now,
            card=card,
            set_up=card is Card.ALREADY_SET_UP,
            **fields,
        )
    )


def attach(change: Change, method: PaymentMethod, customer_id: str, *, set_up: bool = False) -> PaymentMethod:
    """The method is kept for the customer; `set_up`: she allows payments without her."""
    after = replace(method, customer=customer_id, set_up=method.set_up or set_up)
    if method.customer == customer_id:
        if after != method:
            change.put(after)
        return after
    return change.update(method, after, Cause.PAYMENT_METHOD_ATTACHES)


def detach(change: Change, method: PaymentMethod) -> PaymentMethod:
    """The method is nobody's any more, no default either, and will not be used again."""
    customer_id = method.customer or ""
    after = change.update(
        method, replace(method, customer=None, consumed=True), Cause.PAYMENT_METHOD_DETACHES
    )
    customer = change.get(Customer, customer_id)
    if customer.default_payment_method == method.id:
        without = replace(customer, default_payment_method=None)
        change.update(customer, without, Cause.DEFAULT_PAYMENT_METHOD_SET)
    for subscription in change.table(Subscription).owned_by(customer_id):
        if subscription.default_payment_method == method.id:
            change.put(replace(subscription, default_payment_method=None))
    return after


def asks(method: PaymentMethod, *, off_session: bool) -> bool:
    """Whether the bank wants the customer before it pays or lets the method be kept."""
    wanted = BEHAVIOR[method.card].asks
    if wanted is Asks.UNLESS_SET_UP:
        return not (off_session and method.set_up)
    return wanted is Asks.ALWAYS


def add_source(change: Change, customer: Customer, card: Card, source_id: str, **fields: Any) -> Source:
    """A card kept in the old way; the first one is the customer's default."""
    source = change.create(
        Source(id=source_id, created=change.now, card=card, customer=customer.id, **fields)
    )
    method = PaymentMethod(
        id=source.id,
        created=change.now,
        card=card,
        customer=customer.id,
        name=source.name,
        exp_month=source.exp_month,
        exp_year=source.exp_year,
        set_up=True,
    )
    change.put(method)
    before = change.get(Customer, customer.id)
    if before.default_source is None:
        change.update(before, replace(before, default_source=source.id), Cause.DEFAULT_PAYMENT_METHOD_SET)
    return source


def remove_source(change: Change, source: Source) -> None:
    """The card goes; the customer's next one becomes her default."""
    change.update(source, replace(source, deleted=True), Cause.DELETED)
    method = change.get(PaymentMethod, source.id)
    change.put(replace(method, customer=None, consumed=True))
    customer = change.get(Customer, source.customer)
    if customer.default_source == source.id:
        left = [each.id for each in change.table(Source).owned_by(customer.id) if not each.deleted]
        after = replace(customer, default_source=left[-1] if left else None)
        change.update(customer, after, Cause.DEFAULT_PAYMENT_METHOD_SET)
