"""What becomes of an invoice: finalize, pay, send, void, mark uncollectible.

Decides: what is refused, in Stripe's words.  Does not know: what each step writes
(`billing.merchant_invoice`, `billing.paying`).
Source: https://docs.stripe.com/api/invoices/finalize and the pages beside it.
"""

from __future__ import annotations

from collections.abc import Callable

from ..billing import merchant_invoice, paying
from ..change import Change
from ..objects import Invoice, InvoiceStatus, PaymentIntent, PaymentMethod
from ..world import World
from . import refusal
from .invoice_parameters import FINALIZE, PAY
from .message import Json
from .operation import Call, Run, operation, shown
from .payment_method_parameters import found
from .refusal import Refusal


def _finalize(call: Call) -> tuple[World, Json]:
    draft = call.target(Invoice)
    if draft.status is not InvoiceStatus.DRAFT:
        raise refusal.invalid(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
            None,
            "invoice_already_finalized",
        )
    change = call.change()
    advances = call.params.get("auto_advance", draft.auto_advance)
    merchant_invoice.finalize(change, draft, auto_advance=advances)
    return change.done(), shown(call.world, change.get(Invoice, draft.id))


def _pay(call: Call) -> tuple[World, Json | Refusal]:
    before = call.target(Invoice)
    if before.status is InvoiceStatus.PAID:
        raise refusal.invalid("Invoice is already paid", None, "invoice_already_paid")
    if before.status is InvoiceStatus.VOID:
        raise refusal.invalid("This invoice can no longer be paid: it is void.", None, "invoice_not_editable")
    change = call.change()
    if call.params.get("paid_out_of_band"):
        merchant_invoice.pay_out_of_band(change, before)
        return change.done(), shown(call.world, change.get(Invoice, before.id))
    paying.pay(change, before, _method(call, change, before), on_session=False)
    invoice = change.get(Invoice, before.id)
    intent = change.table(PaymentIntent).get(invoice.payment_intent or "")
    after = change.done()
    unpaid = invoice.status is not InvoiceStatus.PAID
    if unpaid and intent is not None and intent.status in ("requires_payment_method", "requires_action"):
        return after, _declined(after, intent)
    return after, shown(after, invoice)


def _method(call: Call, change: Change, invoice: Invoice) -> PaymentMethod | None:
    """The method that was sent, or None for the default; raises Refusal where there is neither."""
    if "payment_method" in call.params:
        method = found(change, call.params["payment_method"], "payment_method")
        if method.customer not in (None, invoice.customer):
            message = f"The payment method {method.id} belongs to another customer."
            raise refusal.invalid(message, "payment_method")
        return method
    is_free = not invoice.amount_due and invoice.status is InvoiceStatus.DRAFT
    if paying.method_for(change, invoice) is None and not is_free:
        message = (
            "There is no `default_payment_method` set on this Customer or Invoice. Please set either before "
            "trying to pay the invoice."
        )
        raise refusal.invalid(message)
    return None


def _declined(world: World, intent: PaymentIntent) -> Refusal:
    shown_intent = shown(world, intent)
    if intent.status == "requires_action":
        message = "This payment requires additional user action before it can be completed successfully."
        return refusal.card_error(
            message, "invoice_payment_intent_requires_action", payment_intent=shown_intent
        )
    return refusal.card_error(
        "Your card was declined.",
        "card_declined",
        decline_code=intent.decline_code,
        charge=intent.latest_charge,
        payment_intent=shown_intent,
    )


def _send(change: Change, invoice: Invoice) -> Invoice:
    if invoice.collection_method != "send_invoice":
        message = (
            "You can only manually send an invoice if its collection method is 'send_invoice', which would "
            "allow it to be paid by hand."
        )
        raise refusal.invalid(message)
    if invoice.customer_email is None:
        message = "The customer needs an email address for the invoice to be sent."
        raise refusal.invalid(message, None, "missing_email")
    return merchant_invoice.send(change, invoice)


def _void(change: Change, invoice: Invoice) -> Invoice:
    if invoice.status not in (InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE):
        message = f"You can only pass in open or uncollectible invoices. This invoice is {invoice.status}."
        raise refusal.invalid(message, None, "invoice_not_editable")
    return merchant_invoice.void(change, invoice)


def _step(run: Callable[[Change, Invoice], Invoice]) -> Run:
    def answer(call: Call) -> tuple[World, Json]:
        change = call.change()
        invoice = run(change, call.target(Invoice))
        return change.done(), shown(call.world, invoice)

    return answer


OPERATIONS = (
    operation("POST /v1/invoices/:id/finalize", _finalize, FINALIZE),
    operation("POST /v1/invoices/:id/pay", _pay, PAY),
    operation("POST /v1/invoices/:id/send", _step(_send)),
    operation("POST /v1/invoices/:id/void", _step(_void)),
    operation("POST /v1/invoices/:id/mark_uncollectible", _step(merchant_invoice.mark_uncollectible)),
)
