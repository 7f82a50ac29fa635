"""The hosted checkout page in setup mode.

Decides: what keeping a payment method there writes: nothing is charged, and there is no invoice.
Does not know: payments (`one_time`), subscriptions (`checkout`).
Rule: https://docs.stripe.com/payments/checkout/save-and-reuse: the session has its setup intent from the
beginning, and whoever wants to cancel that expires the session; that this cancels the intent is told.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..cards import Card
from ..change import Change
from ..objects import CheckoutSession, PaymentMethod, PaymentStatus, SessionStatus, SetupIntent
from ..records import replace
from . import filling_in, one_time, setup_intent
from .causes import Cause


def open_intent(
    change: Change, session: CheckoutSession, metadata: tuple[tuple[str, str], ...], description: str | None
) -> CheckoutSession:
    """The session with a new setup intent."""
    intent = SetupIntent(
        id=change.new_id("seti", session.id),
        created=change.now,
        status="requires_payment_method",
        customer=session.customer,
        description=description,
        metadata=metadata,
    )
    return replace(session, setup_intent=change.create(intent).id)


def complete(change: Change, session: CheckoutSession, card: Card) -> None:
    """Keep the card; one that its bank does not let be kept leaves the session open."""
    refused = change.row(CheckoutSession, session, Cause.CHECKOUT_PAYMENT_FAILS)
    customer_id = one_time.customer_of(change, session)
    intent = change.get(SetupIntent, session.setup_intent or "")
    method = PaymentMethod(
        id=change.new_id("pm", f"{session.id}|{session.declined_tries}"),
        created=change.now,
        card=card,
        email=one_time.email_of(change, session, customer_id),
    )
    method = filling_in.paid_with(session, method)
    change.put(method)
    kept = setup_intent.confirm_on_page(change, replace(intent, customer=customer_id), method)
    if kept.status != "succeeded":
        change.follow(refused, session, replace(session, declined_tries=session.declined_tries + 1))
        return
    row = change.row(CheckoutSession, session, Cause.CHECKOUT_NEEDS_NO_PAYMENT)
    completed = replace(
        session,
        status=SessionStatus(row.after),
        payment_status=PaymentStatus.NO_PAYMENT_REQUIRED,
        customer=customer_id,
        payer_email=method.email,
    )
    change.follow(row, session, completed)
    change.drop(TaskKind.SESSION_EXPIRES, session.id)


def expire(change: Change, session: CheckoutSession) -> None:
    """Nobody will keep a method with this session any more."""
    setup_intent.cancel(change, change.get(SetupIntent, session.setup_intent or ""), None)
