"""The hosted checkout page in payment mode.

Decides: what a one-time payment writes: no invoice and no customer unless the session asks for them.
Does not know: subscriptions.
Rule: https://docs.stripe.com/payments/checkout/fulfill-orders; charge.updated (the balance transaction)
follows later.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..cards import BEHAVIOR, Card, Outcome
from ..change import Change
from ..objects import CheckoutSession, Customer, PaymentIntent, PaymentMethod, PaymentStatus, SessionStatus
from ..records import replace
from . import aftermath, filling_in, one_time_invoice, payment
from . import customer as customers
from .aftermath import FUNDS_DELAY_S
from .causes import Cause


def intent_of(change: Change, session: CheckoutSession, key: str) -> PaymentIntent:
    """The payment intent of a session; nothing is written."""
    intent = PaymentIntent(
        id=change.new_id("pi", key),
        created=change.now,
        amount=session.amount_total,
        currency=session.currency,
        status="requires_payment_method",
        customer=session.customer,
        metadata=session.payment_intent_metadata,
        details=session.payment_intent_details,
        setup_future_usage=session.setup_future_usage,
    )
    return filling_in.sent_to(session, intent)


def complete(change: Change, session: CheckoutSession, card: Card) -> None:
    """The money is taken, or its bank will answer later; then the session is complete."""
    pending = BEHAVIOR[card].on_session is Outcome.PROCESSING
    outcome = Cause.PAYMENT_PENDING if pending else Cause.PAYMENT_SUCCEEDS
    cause = Cause.CHECKOUT_PAYMENT_PENDING if pending else Cause.CHECKOUT_PAID
    row = change.row(CheckoutSession, session, cause)
    customer_id = customer_of(change, session)
    email = email_of(change, session, customer_id)
    intent = intent_of(change, session, session.id)
    invoice = one_time_invoice.id_of(change, session)
    intent = change.create(replace(intent, customer=customer_id, invoice=invoice))
    method = _method(change, session, card, customer_id, email)
    charge = payment.make_charge(change, intent, method, outcome)
    intent = payment.move_intent(change, intent, outcome, charge, method)
    given = one_time_invoice.redeem(change, session, customer_id)
    completed = replace(
        session,
        invoice=intent.invoice,
        status=SessionStatus(row.after),
        payment_status=PaymentStatus.UNPAID if pending else PaymentStatus.PAID,
        customer=customer_id,
        payer_email=email,
        payment_intent=intent.id,
    )
    change.follow(row, session, completed)
    change.drop(TaskKind.SESSION_EXPIRES, session.id)
    if completed.invoice is not None and customer_id is not None:
        one_time_invoice.make(change, completed, customer_id, intent, given)
    if not pending:
        aftermath.of_payment(change, charge)


def _method(
    change: Change, session: CheckoutSession, card: Card, customer_id: str | None, email: str | None
) -> PaymentMethod:
    """What is paid with; kept for the customer only where the session says so."""
    if session.setup_future_usage and customer_id:
        return customers.attach(change, card, customer_id, email, session.id, session.collected)
    method_id = change.new_id("pm", session.id)
    method = PaymentMethod(id=method_id, created=change.now, card=card, customer=None, email=email)
    method = filling_in.paid_with(session, method)
    change.put(method)
    return method


def complete_free(change: Change, session: CheckoutSession) -> None:
    """Nothing to pay: no payment intent, no card, complete at once."""
    row = change.row(CheckoutSession, session, Cause.CHECKOUT_NEEDS_NO_PAYMENT)
    customer_id = customer_of(change, session)
    given = one_time_invoice.redeem(change, session, customer_id)
    completed = replace(
        session,
        status=SessionStatus(row.after),
        invoice=one_time_invoice.id_of(change, session),
        payment_status=PaymentStatus.NO_PAYMENT_REQUIRED,
        customer=customer_id,
        payer_email=email_of(change, session, customer_id),
    )
    change.follow(row, session, completed)
    change.drop(TaskKind.SESSION_EXPIRES, session.id)
    if completed.invoice is not None and customer_id is not None:
        one_time_invoice.make(change, completed, customer_id, None, given)


def plan_funds(change: Change, intent: PaymentIntent) -> None:
    """The money of a delayed payment is there: its balance transaction follows."""
    change.plan(TaskKind.CHARGE_SETTLES, change.now + FUNDS_DELAY_S, intent.latest_charge or "")


def email_of(change: Change, session: CheckoutSession, customer_id: str | None) -> str | None:
    """A customer's own address, or the one the page learned."""
    return change.get(Customer, customer_id).email if customer_id else session.email


def customer_of(change: Change, session: CheckoutSession) -> str | None:
    """A guest has none; customer_creation=always makes one.  One whom the merchant named is brought up to
    date."""
    if session.customer is not None:
        known = change.get(Customer, session.customer)
        after = filling_in.known_customer(session, known)
        if after != known:
            change.update(known, after)
        filling_in.keep_tax_ids(change, session, session.customer)
        return session.customer
    if session.customer_creation != "always":
        return None
    customer_id = change.new_id("cus", session.id)
    customer = Customer(
        id=customer_id,
        created=change.now,
        email=session.email,
        invoice_prefix=customers.invoice_prefix(customer_id),
        **filling_in.new_customer(session),
    )
    change.create(customer, Cause.CHECKOUT_CREATES_CUSTOMER)
    filling_in.keep_tax_ids(change, session, customer_id)
    return customer_id
