"""The world at a glance: the newest objects of each kind, and how many there are.

Decides: which fields a person looks at, and that a page shows at most NEWEST rows of a kind however large the
world is.  Does not know HTML.  Amounts in the smallest unit, instants in unix seconds, names are Stripe's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

from rehearsal_harness.core.objects import (
    CheckoutSession,
    Customer,
    Invoice,
    Subscription,
    SubscriptionStatus,
    WebhookEndpoint,
)
from rehearsal_harness.core.world import TABLES, World

NEWEST = 50
LOOKED_AT = 2_000  # how many sessions are looked at for open ones
ENDED = frozenset({SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE_EXPIRED})

Row = dict[str, Any]


def glance(world: World) -> dict[str, Any]:
    """The world as JSON-ready rows, newest first, and `counts` of everything."""
    return {
        "account": world.settings.account_id,
        "now": world.now,
        "counts": counts(world),
        "statuses": _statuses(world),
        "customers": _rows(world, world.customers.newest_first(), _customer),
        "subscriptions": _rows(world, world.subscriptions.newest_first(), _subscription),
        "invoices": _rows(world, world.invoices.newest_first(), _invoice),
        "checkout_sessions": _rows(world, _open_sessions(world), _session),
        "payments": _rows(world, world.payment_intents.newest_first(), _payment),
        "disputes": _rows(world, world.disputes.newest_first(), _dispute),
        "endpoints": _rows(world, world.webhook_endpoints.newest_first(), endpoint_row),
    }


def counts(world: World) -> dict[str, int]:
    """How many objects of each kind there are, and events."""
    return {name: len(getattr(world, name)) for name in TABLES.values()} | {"events": len(world.events)}


@lru_cache(maxsize=8)
def _statuses(world: World) -> dict[str, int]:
    """How many subscriptions have each status; worlds are values, so an answer stays right."""
    return dict(Counter(str(each.status) for each in world.subscriptions).most_common())


def _rows(world: World, objects: Iterable[Any], row: Callable[[World, Any], Row | None]) -> list[Row]:
    found = (row(world, each) for each in objects)
    return list(islice((each for each in found if each is not None), NEWEST))


def _open_sessions(world: World) -> Iterable[CheckoutSession]:
    newest = islice(world.checkout_sessions.newest_first(), LOOKED_AT)
    return (each for each in newest if each.status == "open")


def _customer(world: World, customer: Customer) -> Row:
    method = world.payment_methods.get(customer.default_payment_method or "")
    subscriptions = world.subscriptions.owned_by(customer.id)
    running = [each for each in subscriptions if each.status not in ENDED]
    return {
        "id": customer.id,
        "created": customer.created,
        "email": customer.email,
        "name": customer.name,
        "deleted": customer.deleted,
        "payment_method": None if method is None else method.id,
        "subscriptions": len(subscriptions),
        "subscription": running[-1].id if running else subscriptions[-1].id if subscriptions else None,
    }


def _subscription(world: World, subscription: Subscription) -> Row:
    return {
        "id": subscription.id,
        "created": subscription.created,
        "customer": subscription.customer,
        "email": email_of(world, subscription.customer),
        "status": str(subscription.status),
        "current_period_end": subscription.current_period_end,
        "cancel_at_period_end": subscription.cancel_at_period_end,
        "cancel_at": subscription.cancel_at,
        "ended_at": subscription.ended_at,
        "latest_invoice": subscription.latest_invoice,
        "prices": [item.price.id for item in subscription.items],
    }


def _invoice(world: World, invoice: Invoice) -> Row:
    payment = world.payment_intents.get(invoice.payment_intent or "")
    charge = None if payment is None else world.charges.get(payment.latest_charge or "")
    return {
        "id": invoice.id,
        "created": invoice.created,
        "customer": invoice.customer,
        "email": email_of(world, invoice.customer),
        "subscription": invoice.subscription,
        "number": invoice.number,
        "status": str(invoice.status),
        "total": invoice.total,
        "currency": invoice.currency,
        "billing_reason": invoice.billing_reason,
        "next_payment_attempt": invoice.next_payment_attempt,
        "payment_intent": invoice.payment_intent,
        "refunded": 0 if charge is None else charge.amount_refunded,
        "disputed": charge is not None and charge.disputed,
    }


def _session(world: World, session: CheckoutSession) -> Row:
    return {
        "id": session.id,
        "created": session.created,
        "mode": session.mode,
        "status": str(session.status),
        "payment_status": str(session.payment_status),
        "email": session.email or email_of(world, session.customer),
        "expires_at": session.expires_at,
        "amount_total": session.amount_total,
        "currency": session.currency,
        "url_path": f"/c/pay/{session.id}",
    }


def _payment(world: World, payment: Any) -> Row:
    charge = world.charges.get(payment.latest_charge or "")
    return {
        "id": payment.id,
        "created": payment.created,
        "amount": payment.amount,
        "currency": payment.currency,
        "status": payment.status,
        "customer": payment.customer,
        "email": email_of(world, payment.customer),
        "invoice": payment.invoice,
        "refunded": 0 if charge is None else charge.amount_refunded,
        "disputed": charge is not None and charge.disputed,
    }


def _dispute(world: World, dispute: Any) -> Row:
    return {
        "id": dispute.id,
        "created": dispute.created,
        "amount": dispute.amount,
        "currency": dispute.currency,
        "status": dispute.status,
        "charge": dispute.charge,
    }


def endpoint_row(world: World, endpoint: WebhookEndpoint) -> Row | None:
    """A webhook endpoint without its secret; None for a deleted one."""
    if endpoint.deleted:
        return None
    return {
        "id": endpoint.id,
        "created": endpoint.created,
        "url": endpoint.url,
        "status": endpoint.status,
        "api_version": endpoint.api_version or world.settings.api_version,
        "enabled_events": list(endpoint.enabled_events),
        "description": endpoint.description,
    }


def email_of(world: World, customer_id: str | None) -> str | None:
    """The address of a customer, None where none is known."""
    customer = world.customers.get(customer_id or "")
    return None if customer is None else customer.email
