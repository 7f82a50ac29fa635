"""What the portal's overview tells: subscriptions, the payment method, invoices.

Decides: the words for each status, and which task is offered where.  Does not know what a task writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal_harness.core.objects import (
    Invoice,
    InvoiceStatus,
    PaymentMethod,
    Subscription,
    SubscriptionStatus,
)
from rehearsal_harness.core.render import render
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.look import day, money

from .buying import every, product_name
from .portal_visit import PortalVisit

_ENDED = (SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE_EXPIRED)
_KINDS = {
    SubscriptionStatus.ACTIVE: "good",
    SubscriptionStatus.TRIALING: "good",
    SubscriptionStatus.PAST_DUE: "bad",
    SubscriptionStatus.UNPAID: "bad",
    SubscriptionStatus.INCOMPLETE: "warn",
    SubscriptionStatus.PAUSED: "warn",
}
_INVOICE_KINDS = {"paid": "good", "open": "warn", "uncollectible": "bad"}
INVOICES_MAX = 100


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """One subscription in words; the flags say which tasks are offered."""

    id: str
    name: str
    price: str
    kind: str
    status: str
    sentence: str
    consequence: str
    can_cancel: bool
    can_undo: bool
    can_change: bool
    owed: str


def subscriptions(seen: PortalVisit) -> list[SubscriptionView]:
    """The customer's subscriptions, the newest first and those that ended last."""
    owned = reversed(seen.world.table(Subscription).owned_by(seen.customer.id))
    return [view(seen, each) for each in sorted(owned, key=lambda each: each.status in _ENDED)]


def view(seen: PortalVisit, subscription: Subscription) -> SubscriptionView:
    """The words for one."""
    ends_now = seen.features.cancel_mode == "immediately"
    ended = subscription.status in _ENDED
    scheduled = subscription.cancel_at is not None and not ended
    end = day(subscription.current_period_end)
    return SubscriptionView(
        id=subscription.id,
        name=name_of(seen.world, subscription),
        price=price_of(subscription),
        kind=_KINDS.get(subscription.status, "plain"),
        status=subscription.status.value.replace("_", " "),
        sentence=_sentence(subscription),
        consequence="it ends at once, and that cannot be undone."
        if ends_now
        else f"you keep it until {end}, and can change your mind until then.",
        can_cancel=seen.features.subscription_cancel and not ended and not scheduled,
        can_undo=seen.features.subscription_cancel and scheduled,
        can_change=can_change(seen, subscription),
        owed=_owed(seen.world, subscription),
    )


def can_change(seen: PortalVisit, subscription: Subscription) -> bool:
    """Whether the configuration lets the plan or its quantity be changed; a subscription of several items has
    none."""
    features = seen.features
    offered = features.subscription_update and bool(features.default_allowed_updates)
    lives = subscription.status not in _ENDED and subscription.cancel_at is None
    return offered and lives and len(subscription.items) == 1


def name_of(world: World, subscription: Subscription) -> str:
    """What is subscribed to."""
    return " and ".join(dict.fromkeys(product_name(world, each.price) for each in subscription.items))


def price_of(subscription: Subscription) -> str:
    """What a period costs."""
    amount = sum(
        0 if each.price.is_metered else each.price.amount_of(each.quantity) for each in subscription.items
    )
    usage = " and usage" if any(each.price.is_metered for each in subscription.items) else ""
    less = ", less the discount" if subscription.discounts else ""
    return f"{money(amount, subscription.currency)}{usage} {every(subscription.items[0].price)}{less}"


def _sentence(subscription: Subscription) -> str:
    end = day(subscription.current_period_end)
    if subscription.status in _ENDED:
        return f"Ended on {day(subscription.ended_at)}." if subscription.ended_at else "Ended."
    if subscription.cancel_at is not None:
        return f"Ends on {day(subscription.cancel_at)}. Until then nothing changes."
    sentences = {
        SubscriptionStatus.TRIALING: f"Free until {day(subscription.trial_end)}.",
        SubscriptionStatus.ACTIVE: f"Renews on {end}.",
        SubscriptionStatus.PAST_DUE: "The last payment failed. Pay the invoice, with another card perhaps.",
        SubscriptionStatus.UNPAID: "Payments failed too often. Pay the last invoice to go on.",
        SubscriptionStatus.INCOMPLETE: "The first payment is missing.",
        SubscriptionStatus.PAUSED: "Paused: nothing is charged.",
    }
    return sentences.get(subscription.status, "")


def _owed(world: World, subscription: Subscription) -> str:
    """The id of the newest invoice that can be paid, or nothing."""
    for invoice in reversed(world.table(Invoice).owned_by(subscription.id)):
        if invoice.status is InvoiceStatus.OPEN and invoice.amount_remaining and invoice.attempted:
            return invoice.id
    return ""


def payment_method(seen: PortalVisit) -> str:
    """The default payment method in words, or "" where there is none."""
    method = seen.world.table(PaymentMethod).get(seen.customer.default_payment_method or "")
    if method is None:
        return ""
    shown = render(method, livemode=False)
    details: dict[str, Any] = shown.get(shown["type"]) or {}
    name = str(details.get("brand") or shown["type"]).replace("_", " ")
    name = {"sepa debit": "SEPA debit", "amex": "American Express"}.get(name, name.capitalize())
    return f"{name} ending in {details['last4']}" if details.get("last4") else name


def invoices(seen: PortalVisit) -> list[dict[str, Any]]:
    """The customer's invoices as Stripe shows them, the newest first; drafts are not shown."""
    owners = [seen.customer.id, *seen.world.table(Subscription).ids_owned_by(seen.customer.id)]
    table = seen.world.table(Invoice)
    found = [
        each
        for owner in owners
        for each in table.owned_by(owner)
        if each.status is not InvoiceStatus.DRAFT and not each.deleted
    ]
    found.sort(key=lambda each: each.created, reverse=True)
    return [render(each, livemode=False) | {"kind": invoice_kind(each)} for each in found[:INVOICES_MAX]]


def invoice_kind(invoice: Invoice) -> str:
    """The kind of an invoice's badge."""
    return _INVOICE_KINDS.get(str(invoice.status), "plain")
