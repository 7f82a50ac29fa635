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
from typing import Any, NamedTuple

from .objects import (
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
    Source: attrgetter("customer"),
    TaxId: attrgetter("customer"),
}
# Those whose owner may change, or be known only later; the others are filed once.
MOVES: frozenset[type[Any]] = frozenset((PaymentMethod, CheckoutSession, PaymentIntent, Charge, SetupIntent))


class Names(NamedTuple):
    """The field that an object's names are in, and what they are."""

    field: str
    of: Callable[[Any], tuple[str, ...]]

    def same(self, before: Any, after: Any) -> bool:
        """Whether the field was not written, so that no name can have changed."""
        return getattr(before, self.field) is getattr(after, self.field)


NAMES: Mapping[type[Any], Names] = {
    CheckoutSession: Names("payment_intent", lambda session: _one(session.payment_intent)),
    Customer: Names("email", lambda customer: _one(customer.email)),
    Feature: Names("lookup_key", lambda feature: (feature.lookup_key,)),
    Meter: Names("event_name", lambda meter: (meter.event_name,)),
    Price: Names("lookup_key", lambda price: _one(price.lookup_key)),
    PromotionCode: Names("code", lambda code: (code.code.lower(),)),
    Subscription: Names("items", lambda subscription: tuple([item.id for item in subscription.items])),
}


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def no_owner(_: object) -> None:
    """The owner of what has none."""


def names_of(kind: type[Any], rows: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Each name of each of these rows of one kind, with the id of the row."""
    names = NAMES.get(kind)
    return ((name, row.id) for row in rows for name in names.of(row)) if names else iter(())
