"""How money is taken: payment intents, charges, and what a try does to the invoice.

Decides: what each outcome of a charge writes, in the order in which Stripe was seen to say it.
Does not know: which outcome a card has (`cards`), when to try again (`dunning`), what the page showed
(`checkout`).
Rule: https://docs.stripe.com/billing/subscriptions/webhooks and
https://docs.stripe.com/payments/payment-intents/lifecycle.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..cards import BEHAVIOR, Asks, Outcome
from ..change import Change
from ..errors import NotSimulated
from ..objects import (
    Charge,
    Customer,
    Invoice,
    InvoiceStatus,
    PaymentIntent,
    PaymentMethod,
    Subscription,
    SubscriptionStatus,
)
from ..records import replace
from . import aftermath, balance, dunning
from .causes import Cause
from .invoice import report_payment

CAUSES = {
    Outcome.SUCCEEDED: Cause.PAYMENT_SUCCEEDS,
    Outcome.DECLINED: Cause.PAYMENT_FAILS,
    Outcome.REQUIRES_ACTION: Cause.PAYMENT_NEEDS_ACTION,
    Outcome.PROCESSING: Cause.PAYMENT_PENDING,
}


def outcome_of(method: PaymentMethod, *, on_session: bool) -> Outcome:
    """What becomes of a charge of this method; `on_session`: the customer is there to authenticate."""
    behavior = BEHAVIOR[method.card]
    if on_session or (method.set_up and behavior.asks is Asks.UNLESS_SET_UP):
        return behavior.on_session
    return behavior.off_session


def default_method(change: Change, customer_id: str) -> PaymentMethod:
    """The method that renewals charge; raises NotSimulated where a customer has none."""
    customer = change.get(Customer, customer_id)
    method_id = customer.default_payment_method or customer.default_source
    if method_id is None:
        raise NotSimulated(f"charging customer '{customer_id}', who has no default payment method")
    return change.get(PaymentMethod, method_id)


def open_intent(change: Change, invoice: Invoice) -> PaymentIntent:
    """The payment intent that is to settle an open invoice."""
    intent = PaymentIntent(
        id=change.new_id("pi", invoice.id),
        created=change.now,
        amount=invoice.amount_remaining,
        currency=invoice.currency,
        status="requires_payment_method",
        customer=invoice.customer,
        invoice=invoice.id,
    )
    return change.create(intent)


def make_charge(
    change: Change,
    intent: PaymentIntent,
    method: PaymentMethod,
    cause: Cause,
    decline_code: str | None = None,
    *,
    arrives: bool = False,
) -> Charge:
    """One try to take the money of `intent`; the intent itself is left alone.

    `decline_code` stands for the one of the card where the bank refuses for another reason; with `arrives`
    the money is in the merchant's balance at once, as that of an invoice is.
    """
    row = change.row(Charge, None, cause)
    declined = decline_code or BEHAVIOR[method.card].decline_code
    charge = Charge(
        id=change.new_id("ch", f"{intent.id}|{intent.tries}"),
        created=change.now,
        amount=intent.amount,
        currency=intent.currency,
        status=row.after,
        card=method.card,
        payment_intent=intent.id,
        payment_method=method.id,
        customer=intent.customer,
        email=method.email,
        name=method.name,
        phone=method.phone,
        address=method.address,
        decline_code=declined if row.after == "failed" else None,
        metadata=intent.metadata,
        details=intent.details,
        captured=cause is not Cause.PAYMENT_AUTHORIZED,
    )
    if arrives:
        charge = replace(charge, balance_transaction=balance.charged(change, charge).id)
    return change.follow(row, None, charge)


def move_intent(
    change: Change, before: PaymentIntent, cause: Cause, charge: Charge | None, method: PaymentMethod
) -> PaymentIntent:
    """The intent after a try with `method`; `charge` is None when the bank wanted the customer first."""
    row = change.row(PaymentIntent, before, cause)
    succeeded = row.after == "succeeded"
    after = replace(
        before,
        status=row.after,
        payment_method=None if row.after == "requires_payment_method" else method.id,
        latest_charge=charge.id if charge else before.latest_charge,
        decline_code=None if succeeded or charge is None else charge.decline_code,
        tries=before.tries + 1,
    )
    return change.follow(row, before, after)


def collect(
    change: Change, invoice: Invoice, method: PaymentMethod, *, on_session: bool, automatic: bool
) -> Subscription | None:
    """Try to take an open invoice's money and let the subscription follow.

    `automatic` tries count after the first one and plan the next; raises NoTransition where nothing can be
    paid.
    """
    outcome = outcome_of(method, on_session=on_session)
    cause = CAUSES[outcome]
    change.row(Invoice, invoice, cause)
    intent = change.get(PaymentIntent, invoice.payment_intent or "")
    if automatic and _is_pointless(intent, method, outcome):
        return _skip_try(change, invoice)
    change.row(PaymentIntent, intent, cause)
    charge = None
    if outcome is not Outcome.REQUIRES_ACTION:
        charge = make_charge(change, intent, method, cause, arrives=outcome is Outcome.SUCCEEDED)
    move_intent(change, intent, cause, charge, method)
    counted = _counted(invoice, automatic=automatic)
    if outcome is Outcome.SUCCEEDED and charge is not None:
        subscription = succeed(change, invoice, counted, cause)
        aftermath.promised(change, charge)
        return subscription
    if outcome is Outcome.PROCESSING:
        return _pend(change, invoice, counted)
    return fail(change, invoice, counted, cause, cause, automatic=automatic)


def _counted(invoice: Invoice, *, automatic: bool) -> Invoice:
    """The first try counts whoever makes it; later ones only when they are automatic."""
    counts = automatic or not invoice.attempted
    return replace(invoice, attempted=True, attempt_count=invoice.attempt_count + counts)


def _is_pointless(intent: PaymentIntent, method: PaymentMethod, outcome: Outcome) -> bool:
    """A bank that wanted the customer is not asked again without another payment method."""
    return outcome is Outcome.REQUIRES_ACTION and intent.payment_method == method.id


def _skip_try(change: Change, invoice: Invoice) -> Subscription | None:
    """The schedule goes on although nothing is charged."""
    counted = _counted(invoice, automatic=True)
    return _schedule(change, invoice, counted, Cause.RETRY_SKIPPED, Cause.PAYMENT_NEEDS_ACTION)


def _pend(change: Change, invoice: Invoice, counted: Invoice) -> Subscription | None:
    change.drop(TaskKind.COLLECT, invoice.id)
    pending = replace(counted, next_payment_attempt=None)
    return dunning.payment_pending(change, change.update(invoice, pending, Cause.PAYMENT_PENDING))


def succeed(change: Change, before: Invoice, counted: Invoice, cause: Cause) -> Subscription | None:
    """The invoice is paid, its payment reported, the subscription recovers."""
    row = change.row(Invoice, before, cause)
    change.drop(TaskKind.COLLECT, before.id)
    paid = replace(
        counted,
        status=InvoiceStatus(row.after),
        amount_paid=before.amount_due,
        paid_at=change.now,
        next_payment_attempt=None,
        auto_advance=False,
    )
    change.follow(row, before, paid)
    _set_delinquent(change, before.customer, delinquent=False)
    report_payment(change, paid)
    _save_method(change, paid)
    return dunning.payment_succeeded(change, paid)


def _save_method(change: Change, paid: Invoice) -> None:
    """The method that paid becomes the subscription's, where it is to; what the first payment changes besides
    tells of it."""
    before = _subscription_of(change, paid)
    if before is None or before.save_default_payment_method != "on_subscription":
        return
    method = change.get(PaymentIntent, paid.payment_intent or "").payment_method
    after = replace(before, default_payment_method=method)
    if before.status is SubscriptionStatus.INCOMPLETE:
        change.put(after)
    elif after != before:
        change.update(before, after)


def fail(
    change: Change,
    before: Invoice,
    counted: Invoice,
    cause: Cause,
    subscription_cause: Cause,
    *,
    automatic: bool,
) -> Subscription | None:
    """The invoice stays open; an automatic try plans the next one, unless collection has been stopped."""
    _set_delinquent(change, before.customer, delinquent=True)
    if automatic and before.auto_advance:
        counted = replace(counted, first_failed_at=counted.first_failed_at or change.now)
        return _schedule(change, before, counted, cause, subscription_cause)
    failed = change.update(before, counted, cause)
    dunning.payment_failed(change, failed, subscription_cause)
    return _subscription_of(change, before)


def _schedule(
    change: Change, before: Invoice, counted: Invoice, cause: Cause, subscription_cause: Cause
) -> Subscription | None:
    due = dunning.next_attempt(change, counted)
    if due is not None:
        change.plan(TaskKind.COLLECT, due, before.id)
    failed = replace(counted, next_payment_attempt=due, auto_advance=due is not None)
    change.update(before, failed, cause)
    dunning.payment_failed(change, failed, subscription_cause)
    return _subscription_of(change, before)


def settle(change: Change, intent: PaymentIntent, *, succeeded: bool) -> None:
    """The bank answers for a payment that was processing; an invoice, if there is one, follows."""
    cause = Cause.DELAYED_PAYMENT_SUCCEEDS if succeeded else Cause.DELAYED_PAYMENT_FAILS
    change.row(PaymentIntent, intent, cause)
    charge = change.get(Charge, intent.latest_charge or "")
    row = change.row(Charge, charge, cause)
    decline_code = None if succeeded else "generic_decline"
    after = replace(charge, status=row.after, decline_code=decline_code)
    if succeeded and intent.invoice is not None:
        after = replace(after, balance_transaction=balance.charged(change, after).id)
    settled = change.follow(row, charge, after)
    move_intent(change, intent, cause, settled, change.get(PaymentMethod, charge.payment_method))
    if intent.invoice is None:
        return
    invoice = change.get(Invoice, intent.invoice)
    if succeeded:
        succeed(change, invoice, invoice, Cause.PAYMENT_SUCCEEDS)
    else:
        fail(change, invoice, invoice, Cause.PAYMENT_FAILS, cause, automatic=True)


def _subscription_of(change: Change, invoice: Invoice) -> Subscription | None:
    return None if invoice.subscription is None else change.get(Subscription, invoice.subscription)


def _set_delinquent(change: Change, customer_id: str, *, delinquent: bool) -> None:
    customer = change.get(Customer, customer_id)
    if customer.delinquent is not delinquent:
        change.put(replace(customer, delinquent=delinquent))
