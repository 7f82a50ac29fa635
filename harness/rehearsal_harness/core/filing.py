"""Under what an object is found without looking at all others: its owner, and its names.

Decides: whose each object is (one other object's id), and by which of its words it is looked up.  An index
is kept only where a request would otherwise look at a whole table; what is a customer's through her
subscriptions and invoices needs none of its own (`requests.owned`).
Does not know: how an index is kept (`persistent`).
Source: the list operations of https://docs.stripe.com/api and the parameters that narrow them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any

from .objects import (
    BalanceTransaction,
    Charge,
    CheckoutSession,
    Customer,
    CustomerBalanceTransaction,
    Dispute,
    EarlyFraudWarning,
    Feature,
    Invoice,
    InvoiceItem,
    InvoicePayment,
    Meter,
    MeterEvent,
    PaymentIntent,
    PaymentMethod,
    PortalSession,
    Price,
    PromotionCode,
    Refund,
    SetupIntent,
    Source,
    Subscription,
    TaxId,
)

Filer = Callable[[Any], str | None]

OWNERS: Mapping[type[Any], Filer] = {
    Customer: attrgetter("test_clock"),
    CustomerBalanceTransaction: attrgetter("customer"),
    PaymentMethod: attrgetter("customer"),
    Price: attrgetter("product"),
    CheckoutSession: attrgetter("customer"),
    Subscription: attrgetter("customer"),
    Invoice: lambda invoice: invoice.subscription or invoice.customer,
    InvoicePayment: attrgetter("invoice"),
    PaymentIntent: lambda intent: intent.invoice or intent.customer,
    Charge: lambda charge: charge.payment_intent or charge.customer,
    SetupIntent: attrgetter("customer"),
    PortalSession: attrgetter("customer"),
    Refund: attrgetter("charge"),
    Dispute: attrgetter("charge"),
    EarlyFraudWarning: attrgetter("charge"),
    InvoiceItem: lambda item: item.subscription or item.customer,
    MeterEvent: attrgetter("customer"),
    PromotionCode: attrgetter("coupon"),
    BalanceTransaction: attrgetter("source"),
    Source: attrgetter("customer"),
    TaxId: attrgetter("customer"),
}
# Those whose owner may change, or be known only later; the others are filed once.
MOVES: frozenset[type[Any]] = frozenset((PaymentMethod, CheckoutSession, PaymentIntent, Charge, SetupIntent))

NAMES: Mapping[type[Any], Callable[[Any], tuple[str, ...]]] = {
    CheckoutSession: lambda session: _one(session.payment_intent),
    Customer: lambda customer: _one(customer.email),
    Feature: lambda feature: (feature.lookup_key,),
    Meter: lambda meter: (meter.event_name,),
    Price: lambda price: _one(price.lookup_key),
    PromotionCode: lambda code: (code.code.lower(),),
    Subscription: lambda subscription: tuple([item.id for item in subscription.items]),
}


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def no_owner(_: object) -> None:
    """The owner of what has none."""


def names_of(kind: type[Any], rows: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Each name of each of these rows of one kind, with the id of the row."""
    names = NAMES.get(kind)
    return ((name, row.id) for row in rows for name in names(row)) if names else iter(())
