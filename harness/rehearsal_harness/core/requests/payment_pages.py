"""The page of a Checkout Session, filled in by a program: look at it, and pay.

Decides: what of a payment method is what a customer would have typed.  Does not know: what a payment writes
(`billing.checkout`).
Source: the triggers `checkout.session.*` of the open Stripe CLI 1.52, github.com/stripe/stripe-cli:
pkg/fixtures/triggers.  These operations are not in Stripe's reference; that a bank answers at once is ours.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..actions import CompleteCheckout, SettleDelayedPayment
from ..billing import declines
from ..billing.step import step
from ..cards import BEHAVIOR, Outcome
from ..objects import CheckoutSession, PaymentMethod, SessionStatus
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, operation, shown
from .parameters import Kind, Text, Whole
from .payment_method_parameters import found

_CONFIRM: Mapping[str, Kind] = {"payment_method": Text(), "expected_amount": Whole()}


def _look(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(CheckoutSession))


def _confirm(call: Call) -> tuple[World, Json | refusal.Refusal]:
    session = call.target(CheckoutSession)
    change = call.change()
    method = found(change, call.params["payment_method"], "payment_method")
    _check(call, session, method)
    known = session.customer is not None or session.customer_email is not None
    action = CompleteCheckout(session.id, method.card, None if known else method.email)
    after = step(change.done(), action, call.request)
    if after.get(CheckoutSession, session.id).status is SessionStatus.OPEN:
        why = declines.refused(method)
        return after, refusal.card_error(why.message, why.code, decline_code=why.decline_code)
    behavior = BEHAVIOR[method.card]
    if behavior.on_session is Outcome.PROCESSING:
        after = step(after, SettleDelayedPayment(session.id, behavior.settles), call.request)
    return after, shown(after, after.get(CheckoutSession, session.id))


def _check(call: Call, session: CheckoutSession, method: PaymentMethod) -> None:
    if session.status is not SessionStatus.OPEN:
        raise refusal.invalid(f"This Checkout Session has a status of `{session.status}`.")
    expected = call.params.get("expected_amount", session.amount_total)
    if expected != session.amount_total:
        message = f"The amount is {session.amount_total}, which is not the expected one."
        raise refusal.invalid(message, "expected_amount")
    kind = BEHAVIOR[method.card].type
    if kind not in session.payment_method_types:
        message = (
            f"A PaymentMethod of type {kind} is not one of this Checkout Session's payment_method_types."
        )
        raise refusal.invalid(message, "payment_method")


OPERATIONS = (
    operation("GET /v1/payment_pages/:id", _look),
    operation("POST /v1/payment_pages/:id/confirm", _confirm, _CONFIRM, required="payment_method"),
)
