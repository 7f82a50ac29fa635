"""Payment intents that a merchant makes by API: confirmed, authenticated, captured, canceled.

Decides: what each step writes, and in which order it is told.  Does not know: invoices and the pages of
Stripe's, whose intents `payment` moves, nor which requests are refused.
Rule: https://docs.stripe.com/payments/paymentintents/lifecycle and
https://docs.stripe.com/payments/place-a-hold-on-a-payment-method.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..calendar import DAY_S
from ..cards import BEHAVIOR, Outcome
from ..change import Change
from ..errors import NotSimulated
from ..objects import Charge, Invoice, PaymentIntent, PaymentMethod
from ..objects.payment import PaymentError
from ..records import replace
from . import aftermath, declines, payment, payment_method
from .causes import Cause

AUTHORIZATION_S = 7 * DAY_S
SETTLES_S = 180  # https://docs.stripe.com/payments/sepa-debit: test accounts answer after three minutes
_RETRYING = "requires_payment_method"


def create(change: Change, intent: PaymentIntent) -> PaymentIntent:
    """A new intent, with or without the method it is to be paid with."""
    cause = Cause.CREATED if intent.payment_method is None else Cause.CREATED_WITH_METHOD
    status = change.row(PaymentIntent, None, cause).after
    return change.create(replace(intent, status=status), cause)


def give_method(change: Change, intent: PaymentIntent, method: PaymentMethod) -> PaymentIntent:
    """An update names the method."""
    after = replace(intent, payment_method=method.id)
    if intent.status != _RETRYING:
        return _put(change, after)
    row = change.row(PaymentIntent, intent, Cause.METHOD_GIVEN)
    return change.follow(row, intent, replace(after, status=row.after))


def _put(change: Change, intent: PaymentIntent) -> PaymentIntent:
    change.put(intent)
    return intent


def confirm(
    change: Change,
    intent: PaymentIntent,
    method: PaymentMethod,
    *,
    off_session: bool = False,
    refuses_action: bool = False,
) -> PaymentIntent:
    """Try to take the money with `method`; the intent's `error` says why it was not given.

    `off_session`: the customer is not there; `refuses_action`: she shall not be asked.
    """
    if payment_method.asks(method, off_session=off_session) and not intent.authenticated:
        if not (off_session or refuses_action):
            row = change.row(PaymentIntent, intent, Cause.PAYMENT_NEEDS_ACTION)
            asking = replace(intent, status=row.after, payment_method=method.id, error=None)
            return change.follow(row, intent, asking)
        return _take(change, intent, method, declines.AUTHENTICATION_REQUIRED)
    return _take(change, intent, method)


def confirm_invoice(change: Change, intent: PaymentIntent, method: PaymentMethod) -> PaymentIntent:
    """A customer pays the intent of an open invoice with `method`, which is kept for the next one."""
    if payment_method.asks(method, off_session=False):
        row = change.row(PaymentIntent, intent, Cause.PAYMENT_NEEDS_ACTION)
        return change.follow(row, intent, replace(intent, status=row.after, payment_method=method.id))
    return _collect(change, intent, method)


def _collect(change: Change, intent: PaymentIntent, method: PaymentMethod) -> PaymentIntent:
    invoice = change.get(Invoice, intent.invoice or "")
    payment.collect(change, invoice, method, on_session=True, automatic=False)
    after = change.get(PaymentIntent, intent.id)
    if after.status in ("succeeded", "processing") and intent.customer and not method.customer:
        payment_method.attach(change, method, intent.customer, set_up=True)
    return after


def _take(
    change: Change, intent: PaymentIntent, method: PaymentMethod, decline_code: str | None = None
) -> PaymentIntent:
    """Charge the method; `decline_code`: the bank refuses whatever the card does otherwise."""
    outcome = Outcome.DECLINED if decline_code else BEHAVIOR[method.card].on_session
    cause = payment.CAUSES[outcome]
    options = intent.options
    if outcome is Outcome.SUCCEEDED and options is not None and options.capture_method == "manual":
        cause = Cause.PAYMENT_AUTHORIZED
    row = change.row(PaymentIntent, intent, cause)
    charge = payment.make_charge(change, intent, method, cause, decline_code)
    failed = outcome is Outcome.DECLINED
    after = replace(
        intent,
        status=row.after,
        payment_method=None if failed else method.id,
        latest_charge=charge.id,
        error=declines.refused(method, decline_code, charge.id) if failed else None,
        amount_capturable=intent.amount if cause is Cause.PAYMENT_AUTHORIZED else 0,
        authenticated=False,
        tries=intent.tries + 1,
    )
    after = change.follow(row, intent, after)
    if not failed:
        _keep_method(change, after, method)
    _plan(change, after, cause, charge)
    return after


def _keep_method(change: Change, intent: PaymentIntent, method: PaymentMethod) -> None:
    """What was to be set up is attached; what belongs to nobody was used up."""
    usage = intent.options.setup_future_usage if intent.options else None
    if usage and intent.customer:
        payment_method.attach(change, method, intent.customer, set_up=usage == "off_session")
    elif method.customer is None and not method.consumed:
        change.put(replace(method, consumed=True))


def _plan(change: Change, intent: PaymentIntent, cause: Cause, charge: Charge) -> None:
    if cause is Cause.PAYMENT_SUCCEEDS:
        aftermath.of_payment(change, charge)
    elif cause is Cause.PAYMENT_PENDING:
        change.plan(TaskKind.PAYMENT_SETTLES, change.now + SETTLES_S, intent.id)
    elif cause is Cause.PAYMENT_AUTHORIZED:
        change.plan(TaskKind.AUTHORIZATION_EXPIRES, change.now + AUTHORIZATION_S, intent.id)


def authenticate(change: Change, intent: PaymentIntent, *, succeeded: bool) -> PaymentIntent:
    """The customer answers her bank; raises NoTransition where it did not ask."""
    method = change.get(PaymentMethod, intent.payment_method or "")
    if not succeeded:
        return _refuse(change, intent, declines.not_authenticated(method, setup=False))
    if intent.invoice is not None:
        change.row(PaymentIntent, intent, Cause.AUTHENTICATED)
        return _collect(change, intent, method)
    row = change.row(PaymentIntent, intent, Cause.AUTHENTICATED)
    if intent.options is not None and intent.options.confirmation_method == "manual":
        return change.follow(row, intent, replace(intent, status=row.after, authenticated=True))
    return _take(change, intent, method)


def _refuse(change: Change, intent: PaymentIntent, error: PaymentError) -> PaymentIntent:
    row = change.row(PaymentIntent, intent, Cause.AUTHENTICATION_FAILS)
    after = replace(intent, status=row.after, payment_method=None, error=error)
    return change.follow(row, intent, after)


def capture(change: Change, intent: PaymentIntent, amount: int) -> PaymentIntent:
    """Take `amount` of what is reserved, in the smallest unit; the rest is released."""
    row = change.row(PaymentIntent, intent, Cause.CAPTURED)
    charge = capture_charge(change, change.get(Charge, intent.latest_charge or ""), amount)
    change.drop(TaskKind.AUTHORIZATION_EXPIRES, intent.id)
    after = replace(intent, status=row.after, amount_capturable=0, amount_captured=amount)
    after = change.follow(row, intent, after)
    aftermath.of_payment(change, charge)
    return after


def capture_charge(change: Change, charge: Charge, amount: int) -> Charge:
    """The reserved amount, or a part of it, is taken."""
    return change.update(charge, replace(charge, captured=True, amount_captured=amount), Cause.CAPTURED)


def cancel(change: Change, intent: PaymentIntent, reason: str | None) -> PaymentIntent:
    """The merchant wants no money any more; what was reserved is released."""
    return _end(change, intent, reason, Cause.PAYMENT_CANCELED)


def authorization_expires(change: Change, intent_id: str) -> None:
    """Nobody captured the amount in time."""
    intent = change.table(PaymentIntent).get(intent_id)
    if intent is None:
        charge = change.get(Charge, intent_id)
        expired = replace(charge, amount_refunded=charge.amount)
        change.update(charge, expired, Cause.AUTHORIZATION_EXPIRES)
        return
    _end(change, intent, "automatic", Cause.AUTHORIZATION_EXPIRES)


def _end(change: Change, intent: PaymentIntent, reason: str | None, cause: Cause) -> PaymentIntent:
    row = change.row(PaymentIntent, intent, cause)
    for task in (TaskKind.AUTHORIZATION_EXPIRES, TaskKind.PAYMENT_SETTLES):
        change.drop(task, intent.id)
    if intent.status == "requires_capture":
        charge = change.get(Charge, intent.latest_charge or "")
        change.update(charge, replace(charge, amount_refunded=charge.amount), cause)
    elif intent.status == "processing":
        charge = change.get(Charge, intent.latest_charge or "")
        failed = replace(charge, status=change.row(Charge, charge, cause).after)
        change.update(charge, failed, cause)
    after = replace(
        intent,
        status=row.after,
        canceled_at=change.now,
        cancellation_reason=reason,
        amount_capturable=0,
    )
    return change.follow(row, intent, after)


def settle(change: Change, intent_id: str, *, succeeded: bool | None = None) -> None:
    """The bank answers for a payment that was processing, as its account says unless told otherwise.

    Raises NoTransition where nothing is processing.
    """
    intent = change.get(PaymentIntent, intent_id)
    if intent.options is None and intent.invoice is None:
        raise NotSimulated(f"settling '{intent_id}' apart from the checkout session it pays")
    change.row(PaymentIntent, intent, Cause.DELAYED_PAYMENT_SUCCEEDS)
    method = change.get(PaymentMethod, intent.payment_method or "")
    pays = BEHAVIOR[method.card].settles if succeeded is None else succeeded
    change.drop(TaskKind.PAYMENT_SETTLES, intent_id)
    payment.settle(change, intent, succeeded=pays)
    after = change.get(PaymentIntent, intent_id)
    if pays and intent.options is not None:
        aftermath.of_payment(change, change.get(Charge, after.latest_charge or ""))


def settlement_due(change: Change, intent_id: str) -> None:
    """The time after which the bank of a payment by API answers."""
    settle(change, intent_id)
