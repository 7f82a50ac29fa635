"""Which method pays an invoice, and what becomes of one that nobody can pay.

Decides: whose default counts: the invoice's, its subscription's, then its customer's.  Does not know: how a
charge goes (`payment`).
Rule: https://docs.stripe.com/billing/subscriptions/overview#default-payment-methods.  That an automatic try
without any method counts as a failed one, and makes no charge, is assumed.
"""

from __future__ import annotations

from ..actions import PayInvoice, Via
from ..change import Change
from ..objects import Customer, Invoice, InvoiceStatus, PaymentMethod, Subscription
from ..records import replace
from . import payment
from .causes import Cause
from .invoice import expect_payment, finalize, settle_without_money


def method_of(
    change: Change, customer_id: str, subscription: Subscription | None = None, invoice: Invoice | None = None
) -> PaymentMethod | None:
    """The method that is charged for the customer, or None where there is none."""
    for holder in (invoice, subscription):
        if holder is not None and holder.default_payment_method is not None:
            return change.get(PaymentMethod, holder.default_payment_method)
    customer = change.get(Customer, customer_id)
    method_id = customer.default_payment_method or customer.default_source
    return change.get(PaymentMethod, method_id) if method_id else None


def method_for(change: Change, invoice: Invoice) -> PaymentMethod | None:
    """The method that is charged for the invoice, or None where there is none."""
    subscription = change.get(Subscription, invoice.subscription) if invoice.subscription else None
    return method_of(change, invoice.customer, subscription, invoice)


def collect(change: Change, invoice: Invoice, *, automatic: bool) -> None:
    """Try to take an open invoice's money from whoever pays it, who is not there."""
    method = method_for(change, invoice)
    if method is not None:
        payment.collect(change, invoice, method, on_session=False, automatic=automatic)
        return
    counts = automatic or not invoice.attempted
    counted = replace(invoice, attempted=True, attempt_count=invoice.attempt_count + counts)
    payment.fail(change, invoice, counted, Cause.PAYMENT_FAILS, Cause.PAYMENT_FAILS, automatic=automatic)


def open_for_payment(change: Change, draft: Invoice) -> Invoice:
    """Finalize a draft and open the payment intent that is to settle it."""
    invoice = finalize(change, draft)
    if not invoice.amount_due:
        return settle_without_money(change, invoice)
    return expect_payment(change, invoice, payment.open_intent(change, invoice))


def pay(change: Change, invoice: Invoice, method: PaymentMethod | None, *, on_session: bool) -> None:
    """An invoice is paid outside its schedule, with `method` or the default; a draft is finalized first."""
    if invoice.status is InvoiceStatus.DRAFT:
        invoice = open_for_payment(change, invoice)
        if invoice.status is InvoiceStatus.PAID:
            return
    if method is None:
        method = method_for(change, invoice) or payment.default_method(change, invoice.customer)
    payment.collect(change, invoice, method, on_session=on_session, automatic=False)


def pay_invoice(change: Change, action: PayInvoice) -> None:
    """A customer pays on the invoice's page, or the merchant lets it be paid by API."""
    invoice = change.get(Invoice, action.invoice_id)
    method = None
    if action.card is not None:
        key = f"{invoice.id}|{change.now}|{len(change.table(PaymentMethod))}"
        method = PaymentMethod(
            id=change.new_id("pm", key), created=change.now, card=action.card, email=invoice.customer_email
        )
        change.put(method)
    pay(change, invoice, method, on_session=action.via is Via.PORTAL)
