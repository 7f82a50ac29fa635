"""What may be done to the running world: a closed table of actions with typed fields.

Decides: which of the core's actions a page or a script may order, under which names their fields are sent.
Does not know what an action does (`core.billing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal_harness.core import actions
from rehearsal_harness.core.actions import Action, Via
from rehearsal_harness.core.cards import Card
from rehearsal_harness.serving.control.wishes import (
    INSTANT_MAX,
    Field,
    WrongWish,
    choice,
    email,
    flag,
    nearest,
    read_fields,
    shown,
    text,
    texts,
    whole,
)

START = "StartCheckout"  # asked of a backend, not of the simulated Stripe (`starting`)
_CARD = Field(choice(Card, *Card), means="a test card, by what it does")
_VIA = Field(choice(Via, *Via), means="who acts: the customer in the portal, or the merchant's backend")
_AMOUNT = Field(whole(1, 99_999_999), means="cents to give back; left out: all that is left")
_FEEDBACK = Field(
    choice(
        None,
        *("too_expensive", "missing_features", "switched_service", "unused"),
        *("customer_service", "too_complex", "low_quality", "other"),
    ),
    means="Stripe's word for the reason",
)
_PRORATION = ("create_prorations", "always_invoice", "none")


def _id(prefix: str, means: str) -> Field:
    return Field(text, True, f"{means}, {prefix}_…")


_SUBSCRIPTION = _id("sub", "the id of a subscription")
_SESSION = _id("cs", "the id of a checkout session")
_PAYMENT = _id("pi", "the id of a payment intent or a charge")


@dataclass(frozen=True, slots=True)
class Doable:
    """One action: the core's class, the fields it takes, and what it means."""

    kind: type[Any]
    fields: Mapping[str, Field]
    means: str


def _doable(kind: type[Any], means: str, **fields: Field) -> Doable:
    return Doable(kind, fields, means)


DOABLE: Mapping[str, Doable] = {
    each.kind.__name__: each
    for each in (
        _doable(
            actions.CompleteCheckout,
            "pay on the hosted page",
            session_id=_SESSION,
            card=_CARD,
            email=Field(email, means="typed on the page where the session names none"),
        ),
        _doable(
            actions.FailAuthentication,
            "the card's bank asks on the hosted page, and the customer fails",
            session_id=_SESSION,
            card=Field(choice(Card, *Card), True, "a test card, by what it does"),
            email=Field(email, means="typed on the page where the session names none"),
        ),
        _doable(
            actions.SettleDelayedPayment,
            "the bank answers for a payment that is processing",
            session_id=_SESSION,
            succeeded=Field(flag, True, "true or false"),
        ),
        _doable(actions.ExpireCheckout, "an open session ends unpaid", session_id=_SESSION),
        _doable(
            actions.OpenPaymentLink,
            "somebody opens a payment link",
            payment_link_id=_id("plink", "the id of a payment link"),
            email=Field(email, means="typed on the page"),
            client_reference_id=Field(text, means="stands in the link's address"),
        ),
        _doable(
            actions.RefundPayment,
            "give money back",
            payment_id=_PAYMENT,
            amount_cents=_AMOUNT,
            reason=Field(choice(None, "duplicate", "fraudulent", "requested_by_customer")),
        ),
        _doable(
            actions.FailRefund,
            "the bank cannot give a refund to the customer",
            refund_id=_id("re", "the id of a refund"),
        ),
        _doable(
            actions.OpenDispute,
            "the customer's bank takes the money back",
            payment_id=_PAYMENT,
            reason=Field(text, means="fraudulent if left out"),
        ),
        _doable(
            actions.CloseDispute,
            "the bank decides",
            dispute_id=_id("du", "the id of a dispute"),
            won=Field(flag, True, "true: the merchant has the money again"),
        ),
        _doable(
            actions.Authenticate,
            "the customer answers the bank that asked for her",
            intent_id=_id("pi", "the id of a payment or setup intent that requires_action"),
            succeeded=Field(flag, True, "true or false"),
        ),
        _doable(
            actions.SettlePayment,
            "the bank answers for a payment intent that is processing",
            payment_intent_id=_id("pi", "the id of a payment intent"),
            succeeded=Field(flag, True, "true or false"),
        ),
        _doable(
            actions.CreateSubscription,
            "subscribe a customer by API",
            customer_id=_id("cus", "the id of a customer"),
            price_ids=Field(texts, True, "a list of price ids"),
            trial_period_days=Field(whole(0, 730)),
        ),
        _doable(
            actions.ReplaceCard,
            "save another card in the portal",
            customer_id=_id("cus", "the id of a customer"),
            card=_CARD,
        ),
        _doable(
            actions.PayInvoice,
            "pay an open invoice now",
            invoice_id=_id("in", "the id of an invoice"),
            card=_CARD,
            via=_VIA,
        ),
        _doable(
            actions.ChangePlan,
            "another price of the same interval",
            subscription_id=_SUBSCRIPTION,
            price_id=_id("price", "the id of a price"),
            proration_behavior=Field(choice(None, *_PRORATION)),
            via=_VIA,
        ),
        _doable(actions.CancelNow, "end a subscription at once", subscription_id=_SUBSCRIPTION, via=_VIA),
        _doable(
            actions.CancelAtPeriodEnd,
            "let a subscription end with its period",
            subscription_id=_SUBSCRIPTION,
            via=_VIA,
            feedback=_FEEDBACK,
            comment=Field(text),
        ),
        _doable(
            actions.ExplainCancellation,
            "say in the portal why, after canceling",
            subscription_id=_SUBSCRIPTION,
            feedback=_FEEDBACK,
            comment=Field(text),
        ),
        _doable(
            actions.UpdateCustomer,
            "correct one's details in the portal",
            customer_id=_id("cus", "the id of a customer"),
            email=Field(email),
            name=Field(text),
            phone=Field(text),
        ),
        _doable(
            actions.CancelAt,
            "let a subscription end at an instant",
            subscription_id=_SUBSCRIPTION,
            cancel_at=Field(whole(0, INSTANT_MAX), True, "unix seconds"),
        ),
        _doable(actions.UndoCancel, "take a cancellation back", subscription_id=_SUBSCRIPTION, via=_VIA),
    )
}


def read_action(given: object) -> Action:
    """The action that JSON gives as {"type": …, fields}; raises WrongWish."""
    if not isinstance(given, Mapping):
        raise WrongWish("action", shown(given), 'a JSON object such as {"type": "CancelNow", …}')
    name = given.get("type")
    if not isinstance(name, str) or name not in DOABLE:
        raise WrongWish("action.type", shown(name), nearest(str(name), {START: None, **DOABLE}))
    doable = DOABLE[name]
    fields = {key: value for key, value in given.items() if key != "type"}
    action: Action = doable.kind(**read_fields(fields, doable.fields, name))
    return action
