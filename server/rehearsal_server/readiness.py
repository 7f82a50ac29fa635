"""Which offers can be bought right now, and how: the one answer that every page and route goes by.

Decides for each offer: pay (Checkout), payment_link, or request (people send an invoice), with the reason.
Online payment needs the webhook too: without it nobody would ever hear that somebody paid.  Does not know
pages, and says nothing that a stranger must not read: no key, no price id, no variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rehearsal_server.checkout_gate import closed
from rehearsal_server.context import Context
from rehearsal_specs.manifest import Offer

READY, LINKED, SIGN_IN = "READY", "PAYMENT_LINK", "SIGN_IN_FIRST"
NOT_CONFIGURED, PARTLY, NO_PRICE = "NOT_CONFIGURED", "PARTLY_CONFIGURED", "NO_PRICE"
BY_HAND = "ask for it, and an invoice is sent by hand"
REASONS: Mapping[str, str] = {
    READY: "paid online, in Stripe's Checkout",
    LINKED: "paid online, by a payment link of Stripe's",
    SIGN_IN: "paid online, in Stripe's Checkout, once signed in",
    NOT_CONFIGURED: f"online payment is not set up; {BY_HAND}",
    PARTLY: f"online payment is not fully set up; {BY_HAND}",
    NO_PRICE: f"this offer has no online price; {BY_HAND}",
    "CHECKOUT_PAUSED": f"new checkouts are paused; {BY_HAND}",
    "CHECKOUT_NOT_OPEN": f"online payment is not open yet; {BY_HAND}",
}
ALL_ONLINE = (
    "Online payment is open. A payment counts once Stripe's verified webhook has confirmed it; coming back"
    " from the checkout confirms nothing."
)
SOME_ONLINE = (
    "Some offers can be paid online, the others on request, with an invoice sent by hand. An online payment"
    " counts once Stripe's verified webhook has confirmed it."
)
NONE_ONLINE = (
    "Online payment is not available right now. Send a request, and an invoice is sent by hand; nothing is"
    " charged by asking."
)


class Way(StrEnum):
    """How an offer is bought."""

    PAY = "pay"
    PAYMENT_LINK = "payment_link"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One offer and how it is bought right now; `code` says why."""

    offer: Offer
    way: Way
    code: str

    @property
    def reason(self) -> str:
        """The same as a sentence for people."""
        said = REASONS[self.code]
        return f"{said[0].upper()}{said[1:]}."

    @property
    def is_online(self) -> bool:
        """Can it be paid online right now?"""
        return self.way is not Way.REQUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Every offer's way, in the manifest's order.

    `stripe_configured`: checkouts can be opened and their events verified.  `code` says why nothing can be
    bought online, or PARTLY_CONFIGURED when only some can, or READY.
    """

    stripe_configured: bool
    code: str
    plans: tuple[Plan, ...]

    @property
    def checkout_enabled(self) -> bool:
        """Can anything be bought online right now?"""
        return any(plan.is_online for plan in self.plans)

    @property
    def summary(self) -> str:
        """One or two sentences for people."""
        if not self.checkout_enabled:
            return NONE_ONLINE
        return ALL_ONLINE if all(plan.is_online for plan in self.plans) else SOME_ONLINE

    def plan(self, offer_id: str) -> Plan:
        """The plan of an offer of the manifest; raises KeyError."""
        for plan in self.plans:
            if plan.offer.id == offer_id:
                return plan
        raise KeyError(offer_id)

    def public(self) -> dict[str, object]:
        """What anybody may read."""
        return {
            "stripe_configured": self.stripe_configured,
            "checkout_enabled": self.checkout_enabled,
            "code": self.code,
            "summary": self.summary,
            "plans": {plan.offer.id: _public(plan) for plan in self.plans},
        }


def readiness_of(context: Context) -> Readiness:
    """What can be bought from this server right now."""
    obstacle = _obstacle(context)
    plans = tuple(_plan(context, offer, obstacle) for offer in context.manifest.offers)
    online = [plan.is_online for plan in plans]
    code = READY if all(online) else PARTLY
    if not any(online):
        code = obstacle or PARTLY
    return Readiness(stripe_configured=_missing(context) == 0, code=code, plans=plans)


def _missing(context: Context) -> int:
    """How many of Stripe's two secrets are not set, or not right."""
    webhook = context.manifest.operation("webhook")
    secret = context.settings.value(webhook.options["secret_env"]) if webhook is not None else None
    return (context.livemode is None) + (secret is None)


def _obstacle(context: Context) -> str | None:
    """The CODE of what stops every online payment, or None."""
    missing = _missing(context)
    if missing:
        return NOT_CONFIGURED if missing > 1 else PARTLY
    refusal = closed(context)
    return None if refusal is None else str(refusal.title)


def _plan(context: Context, offer: Offer, obstacle: str | None) -> Plan:
    settings = context.settings
    if obstacle is not None:
        return Plan(offer=offer, way=Way.REQUEST, code=obstacle)
    has_price = settings.value(offer.price_env) is not None
    if has_price and not offer.credits:
        return Plan(offer=offer, way=Way.PAY, code=READY)
    if has_price and context.identity is not None:
        return Plan(offer=offer, way=Way.PAY, code=SIGN_IN)
    if settings.value(offer.payment_link_env or "") is not None:
        return Plan(offer=offer, way=Way.PAYMENT_LINK, code=LINKED)
    return Plan(offer=offer, way=Way.REQUEST, code=PARTLY if has_price else NO_PRICE)


def _public(plan: Plan) -> dict[str, object]:
    offer = plan.offer
    return {
        "name": offer.name,
        "mode": offer.mode,
        "interval": offer.interval or None,
        "amount_cents": offer.amount_cents,
        "currency": offer.currency,
        "credits": offer.credits or None,
        "available": plan.is_online,
        "way": plan.way.value,
        "code": plan.code,
        "reason": plan.reason,
    }
