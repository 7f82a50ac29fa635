"""What a person, or time, does to the simulated Stripe.

Decides: nothing; each action is a frozen record that `billing.step` carries out.
`via` says who acts: a customer on a page that Stripe hosts ("portal") or the merchant's backend ("api").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .cards import Card
from .page_actions import CompleteCheckout as CompleteCheckout
from .page_actions import EnterPromotionCode as EnterPromotionCode
from .page_actions import FailAuthentication as FailAuthentication
from .page_actions import FillInCheckout as FillInCheckout
from .page_actions import OpenPaymentLink as OpenPaymentLink
from .page_actions import RecoverCheckout as RecoverCheckout


class Via(StrEnum):
    """Where a change comes from; only an API call gives its events a request id."""

    PORTAL = "portal"
    API = "api"


@dataclass(frozen=True, slots=True)
class Advance:
    """Time passes up to and including the unix second `to`; everything due by then happens, in time order."""

    to: int


@dataclass(frozen=True, slots=True)
class SettleDelayedPayment:
    """The bank answers for the payment of the session, or the newest of its subscription, that is still
    processing."""

    session_id: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class ExpireCheckout:
    """The merchant expires an open session by API."""

    session_id: str


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """The merchant gives money back; neither an invoice nor a subscription changes.

    `payment_id` is a payment intent, whose latest charge is meant, or a charge; `amount_cents` in the
    smallest unit, None for all that is left.
    """

    payment_id: str
    amount_cents: int | None = None
    reason: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FailRefund:
    """The bank cannot give a refund to the customer; the money is the merchant's again."""

    refund_id: str


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """The customer's bank disputes a charge and takes all that is left of it, and a fee.

    `payment_id` is a payment intent, whose latest charge is meant, or a charge.
    """

    payment_id: str
    reason: str = "fraudulent"


@dataclass(frozen=True, slots=True)
class CloseDispute:
    """The bank decides; `won` gives the money back to the merchant, who sent evidence before."""

    dispute_id: str
    won: bool


@dataclass(frozen=True, slots=True)
class Authenticate:
    """The customer answers the bank that asked for her, as on a page for 3D Secure.

    `intent_id` is a payment intent or a setup intent that is at requires_action.
    """

    intent_id: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class SettlePayment:
    """The bank answers for a payment intent that is processing, whoever made it."""

    payment_intent_id: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class CreateSubscription:
    """The merchant subscribes a customer by API; the first payment is tried at once, off session."""

    customer_id: str
    price_ids: tuple[str, ...]
    trial_period_days: int = 0
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReplaceCard:
    """A customer saves another payment method in the portal; it becomes the default of the next charges."""

    customer_id: str
    card: Card = Card.OK


@dataclass(frozen=True, slots=True)
class PayInvoice:
    """An invoice is paid outside its schedule: by the customer, with `card` or the default, or by the API."""

    invoice_id: str
    card: Card | None = None
    via: Via = Via.PORTAL


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """The price of a subscription's first item becomes another one of the same interval, at once.

    `proration_behavior` is Stripe's: create_prorations lets a credit and a charge wait for the next invoice,
    always_invoice collects them now, none forgets them.
    """

    subscription_id: str
    price_id: str
    proration_behavior: str = "create_prorations"
    via: Via = Via.API


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item of a subscription: a new price for `item_id`, a new item where that is None, or an item less
    where `price_id` is None; `quantity` and `metadata` None leave them as they are (1 of a new item)."""

    item_id: str | None
    price_id: str | None
    quantity: int | None = None
    metadata: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class ChangeItems:
    """The merchant changes the items of a subscription by API; `proration_behavior` as in ChangePlan.

    `fields` are further fields of the subscription that the same request sets, by name.
    """

    subscription_id: str
    items: tuple[ItemChange, ...]
    proration_behavior: str = "create_prorations"
    fields: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeInPortal:
    """A customer changes in the portal how much she has of the one item of her subscription, and perhaps its
    price, and may use a promotion code; `proration_behavior` as in ChangePlan."""

    subscription_id: str
    price_id: str
    quantity: int
    proration_behavior: str = "none"
    promotion_code_id: str | None = None


@dataclass(frozen=True, slots=True)
class CancelNow:
    """The subscription ends at once; nothing is refunded."""

    subscription_id: str
    via: Via = Via.API


@dataclass(frozen=True, slots=True)
class CancelAtPeriodEnd:
    """The subscription is to end with its period.

    `feedback` and `comment` are what the portal asks for afterwards.
    """

    subscription_id: str
    via: Via = Via.PORTAL
    feedback: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class CancelAt:
    """The merchant lets the subscription end at the unix second `cancel_at`, by API."""

    subscription_id: str
    cancel_at: int


@dataclass(frozen=True, slots=True)
class ExplainCancellation:
    """A customer says in the portal why, after canceling; Stripe's words for `feedback` are
    too_expensive, missing_features, switched_service, unused, customer_service, too_complex, low_quality
    and other.
    """

    subscription_id: str
    feedback: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateCustomer:
    """A customer corrects in the portal how they are called and reached; None leaves a field as it is."""

    customer_id: str
    email: str | None = None
    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class UndoCancel:
    """A scheduled cancellation is taken back before it takes effect."""

    subscription_id: str
    via: Via = Via.PORTAL


Action = (
    Advance
    | CompleteCheckout
    | EnterPromotionCode
    | FillInCheckout
    | RecoverCheckout
    | FailAuthentication
    | SettleDelayedPayment
    | ExpireCheckout
    | OpenPaymentLink
    | RefundPayment
    | FailRefund
    | OpenDispute
    | CloseDispute
    | Authenticate
    | SettlePayment
    | CreateSubscription
    | ReplaceCard
    | PayInvoice
    | ChangePlan
    | ChangeItems
    | ChangeInPortal
    | CancelNow
    | CancelAtPeriodEnd
    | CancelAt
    | ExplainCancellation
    | UpdateCustomer
    | UndoCancel
)
