"""The hosted checkout page in subscription mode.

Decides: what a visit to the page writes, paid, failed, pending or free, and how a session ends without one.
Does not know: one-time payments (`one_time`), later periods (`renewal`).
Rule: https://docs.stripe.com/payments/checkout/fulfill-orders (complete does not mean paid); since
2025-03-31.basil the subscription is created after the payment, so a failed try leaves none
(https://docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade).  Events in the
order of a published `stripe listen` log of 2025-09-20.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..actions import CompleteCheckout, FailAuthentication, SettleDelayedPayment
from ..agenda import TaskKind
from ..cards import BEHAVIOR, Card, Outcome
from ..change import Change
from ..objects import (
    Charge,
    CheckoutSession,
    Customer,
    Invoice,
    PaymentIntent,
    PaymentMethod,
    PaymentStatus,
    SessionStatus,
    SetupIntent,
    Subscription,
)
from ..objects.payment import PaymentError
from ..records import replace
from . import aftermath, balance, declines, filling_in, one_time, payment, setup_page
from . import customer as customers
from .causes import Cause
from .discounts import Grant
from .invoice import expect_payment, invoice_id, report_payment
from .subscription import Terms, begin, first_invoice, settle_first

REPORT_DELAY_S = 14  # seconds until invoice_payment.paid, in the log named above


def complete(change: Change, action: CompleteCheckout) -> None:
    """A customer fills in the page and presses the button."""
    session = change.get(CheckoutSession, action.session_id)
    if action.email is not None:
        session = replace(session, payer_email=action.email)
    behavior = BEHAVIOR[action.card]
    free = session.mode == "subscription" and session.amount_total == 0
    if session.mode == "setup":
        setup_page.complete(change, session, action.card)
    elif session.mode == "payment" and session.amount_total == 0:
        one_time.complete_free(change, session)
    elif free and session.payment_method_collection == "if_required":
        _begin_free(change, session)
    elif (free and not behavior.attaches) or (not free and behavior.on_session is Outcome.DECLINED):
        _refuse(change, session, action.card)
    elif session.mode == "payment":
        one_time.complete(change, session, action.card)
    elif free:
        _set_up(change, session, action.card)
    else:
        _pay(change, session, action.card, pending=behavior.on_session is Outcome.PROCESSING)


def _refuse(change: Change, session: CheckoutSession, card: Card) -> None:
    """The card is declined: the page says so and stays open."""
    row = change.row(CheckoutSession, session, Cause.CHECKOUT_PAYMENT_FAILS)
    key = f"{session.id}|{session.declined_tries}"
    intent = one_time.intent_of(change, session, f"{key}|declined")
    method_id = change.new_id("pm", key)
    method = PaymentMethod(id=method_id, created=change.now, card=card, email=session.email)
    method = filling_in.paid_with(session, method)
    charge = payment.make_charge(change, intent, method, Cause.PAYMENT_FAILS)
    failed = replace(intent, latest_charge=charge.id, decline_code=charge.decline_code, tries=1)
    change.create(failed, Cause.CHECKOUT_PAYMENT_FAILS)
    change.follow(row, session, replace(session, declined_tries=session.declined_tries + 1))


def fail_authentication(change: Change, action: FailAuthentication) -> None:
    """The bank asks, and is not convinced: there is no charge, the page says so and stays open."""
    before = change.get(CheckoutSession, action.session_id)
    session = before if action.email is None else replace(before, payer_email=action.email)
    row = change.row(CheckoutSession, session, Cause.CHECKOUT_PAYMENT_FAILS)
    key = f"{session.id}|{session.declined_tries}"
    method = PaymentMethod(
        id=change.new_id("pm", key), created=change.now, card=action.card, email=session.email
    )
    intent: PaymentIntent | SetupIntent
    if session.setup_intent is not None:
        intent = change.get(SetupIntent, session.setup_intent)
    elif session.amount_total:
        intent = change.create(one_time.intent_of(change, session, f"{key}|not authenticated"))
    else:
        intent = change.create(
            SetupIntent(
                id=change.new_id("seti", key),
                created=change.now,
                status="requires_payment_method",
                customer=session.customer,
            )
        )
    asked = _moved(change, intent, Cause.PAYMENT_NEEDS_ACTION, method.id, None)
    error = declines.not_authenticated(method, setup=isinstance(intent, SetupIntent))
    _moved(change, asked, Cause.AUTHENTICATION_FAILS, None, error)
    change.follow(row, before, replace(session, declined_tries=session.declined_tries + 1))


def _moved(
    change: Change,
    intent: PaymentIntent | SetupIntent,
    cause: Cause,
    method_id: str | None,
    error: PaymentError | None,
) -> PaymentIntent | SetupIntent:
    row = change.row(type(intent), intent, cause)
    return change.follow(
        row, intent, replace(intent, status=row.after, payment_method=method_id, error=error)
    )


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Who sits before the page: a customer, and what they pay with, if they need to."""

    customer: Customer
    method: PaymentMethod | None


def _customer_id(change: Change, session: CheckoutSession) -> str:
    return session.customer or change.new_id("cus", session.id)


def _admit(change: Change, session: CheckoutSession, card: Card | None) -> _Visitor:
    """Attach the payment method, create the customer if there is none, and make the method the default."""
    customer_id = _customer_id(change, session)
    known = change.table(Customer).get(customer_id)
    email = known.email if known else session.email
    method = None
    if card is not None:
        method = customers.attach(change, card, customer_id, email, session.id, session.collected)
    customer = known or change.create(
        Customer(
            id=customer_id,
            created=change.now,
            email=email,
            currency=session.currency or None,
            invoice_prefix=customers.invoice_prefix(customer_id),
            **filling_in.new_customer(session),
        ),
        Cause.CHECKOUT_CREATES_CUSTOMER,
    )
    after = customer if known is None else filling_in.known_customer(session, known)
    if method is not None:
        after = replace(after, default_payment_method=method.id)
    if after != customer:
        change.update(customer, after, Cause.DEFAULT_PAYMENT_METHOD_SET if method else Cause.UPDATED)
    filling_in.keep_tax_ids(change, session, customer_id)
    return _Visitor(after, method)


def _finish(
    change: Change,
    session: CheckoutSession,
    visitor: _Visitor,
    cause: Cause,
    begins: Cause,
    payment_status: PaymentStatus,
) -> Subscription:
    """The session is complete by `cause`, and its subscription begins by `begins`."""
    row = change.row(CheckoutSession, session, cause)
    subscription_id = change.new_id("sub", session.id)
    completed = replace(
        session,
        status=SessionStatus(row.after),
        payment_status=payment_status,
        customer=visitor.customer.id,
        payer_email=visitor.customer.email,
        subscription=subscription_id,
        invoice=invoice_id(change, subscription_id, change.now),
    )
    change.follow(row, session, completed)
    change.drop(TaskKind.SESSION_EXPIRES, session.id)
    terms = Terms(
        customer=visitor.customer.id,
        lines=tuple((line.price, line.quantity) for line in session.line_items),
        trial_period_days=session.trial_period_days,
        trial_end=session.trial_end,
        missing_payment_method=session.missing_payment_method,
        description=session.subscription_description,
        metadata=session.subscription_metadata,
        checkout_session=session.id,
        discounts=tuple(Grant(each.coupon.id, each.promotion_code) for each in session.discounts),
    )
    return begin(change, terms, session.id, begins)


def _pay(change: Change, session: CheckoutSession, card: Card, *, pending: bool) -> None:
    """The money is taken, or its bank will answer later; then everything else is created."""
    cause = Cause.CHECKOUT_PAYMENT_PENDING if pending else Cause.CHECKOUT_PAID
    outcome = Cause.PAYMENT_PENDING if pending else Cause.PAYMENT_SUCCEEDS
    change.row(CheckoutSession, session, cause)
    intent = replace(one_time.intent_of(change, session, session.id), customer=_customer_id(change, session))
    method_id = change.new_id("pm", session.id)
    method = PaymentMethod(id=method_id, created=change.now, card=card, email=session.email)
    method = filling_in.paid_with(session, method)
    charge = payment.make_charge(change, intent, method, outcome, arrives=not pending)
    visitor = _admit(change, session, card)
    paid = PaymentStatus.UNPAID if pending else PaymentStatus.PAID
    subscription = _finish(change, session, visitor, cause, cause, paid)
    intent = replace(intent, invoice=subscription.latest_invoice)
    assert visitor.method is not None, "whoever pays has a method"
    payment.move_intent(change, change.create(intent), outcome, charge, visitor.method)
    invoice = first_invoice(change, subscription)
    if pending:
        _await(change, invoice, intent)
    else:
        settle_first(change, invoice, intent)
        change.plan(TaskKind.INVOICE_PAYMENT_PAID, change.now + REPORT_DELAY_S, invoice.id)
        aftermath.promised(change, charge)


def _await(change: Change, invoice: Invoice, intent: PaymentIntent) -> None:
    """The first invoice stays open until the bank answers."""
    tied = expect_payment(change, invoice, intent)
    row = change.row(Invoice, tied, Cause.PAYMENT_PENDING)
    change.follow(row, tied, replace(tied, attempted=True, attempt_count=1))


def _set_up(change: Change, session: CheckoutSession, card: Card) -> None:
    """Nothing is charged, for a trial or a price of nothing; the card is kept."""
    cause = Cause.CHECKOUT_NEEDS_NO_PAYMENT
    change.row(CheckoutSession, session, cause)
    customer_id = _customer_id(change, session)
    method_id = change.new_id("pm", session.id)
    method = PaymentMethod(id=method_id, created=change.now, card=card, customer=customer_id)
    customers.set_up(change, customer_id, method, card)
    visitor = _admit(change, session, card)
    _begin_for_nothing(change, session, visitor)


def _begin_free(change: Change, session: CheckoutSession) -> None:
    """Nothing is due and no payment method is asked: the subscription begins without one."""
    change.row(CheckoutSession, session, Cause.CHECKOUT_NEEDS_NO_PAYMENT)
    _begin_for_nothing(change, session, _admit(change, session, None))


def _begin_for_nothing(change: Change, session: CheckoutSession, visitor: _Visitor) -> None:
    begins = Cause.SUBSCRIBED_WITH_TRIAL if session.has_trial else Cause.SUBSCRIBED_AND_PAID
    cause, status = Cause.CHECKOUT_NEEDS_NO_PAYMENT, PaymentStatus.NO_PAYMENT_REQUIRED
    first_invoice(change, _finish(change, session, visitor, cause, begins, status))


def settle(change: Change, action: SettleDelayedPayment) -> None:
    """The bank answers for the newest pending payment of this session's subscription, or of the session."""
    session = change.get(CheckoutSession, action.session_id)
    cause = Cause.DELAYED_PAYMENT_SUCCEEDS if action.succeeded else Cause.DELAYED_PAYMENT_FAILS
    row = change.row(CheckoutSession, session, cause)
    intent = _pending_intent(change, session, cause)
    payment.settle(change, intent, succeeded=action.succeeded)
    if action.succeeded and session.subscription is None:
        one_time.plan_funds(change, intent)
    if intent.invoice == session.invoice:
        status = PaymentStatus.PAID if action.succeeded else PaymentStatus.UNPAID
        change.follow(row, session, replace(session, payment_status=status))


def _pending_intent(change: Change, session: CheckoutSession, cause: Cause) -> PaymentIntent:
    """The newest intent that waits for its bank; raises NoTransition if none does."""
    if session.subscription is None:
        ids: list[str | None] = [session.payment_intent]
    else:
        invoices = change.table(Invoice).owned_by(session.subscription)
        ids = [invoice.payment_intent for invoice in invoices]
    intents = [change.get(PaymentIntent, intent_id) for intent_id in ids if intent_id]
    waiting = [intent for intent in intents if intent.status == "processing"]
    newest = next(reversed(waiting or intents), None)
    change.row(PaymentIntent, newest, cause)
    assert newest is not None, "nothing pending has no row"
    return newest


def payment_reported(change: Change, invoice_id_: str) -> None:
    """The last event of a checkout."""
    report_payment(change, change.get(Invoice, invoice_id_))


def funds_settle(change: Change, charge_id: str) -> None:
    """The charge gets its balance transaction."""
    charge = change.get(Charge, charge_id)
    settled = replace(charge, balance_transaction=balance.charged(change, charge).id)
    change.update(charge, settled, Cause.FUNDS_SETTLE)
