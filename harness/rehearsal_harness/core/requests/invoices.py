"""Invoices and what settles them: retrieve, list, pay; invoice payments.

Source: https://docs.stripe.com/api/invoices and https://docs.stripe.com/api/invoice-payment: since
2025-03-31.basil the invoice payments are the only way from a payment intent to its invoice.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..actions import PayInvoice, Via
from ..billing.step import step
from ..objects import Invoice, InvoicePayment, InvoiceStatus, PaymentIntent
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Choice, Hash, Kind, Only, Span, Text, not_simulated
from .refusal import Refusal

_PAY: Mapping[str, Kind] = {
    "off_session": Only("true"),
    "forgive": Only("false"),
    "paid_out_of_band": Only("false"),
    **not_simulated("mandate payment_method source"),
}
_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "collection_method": Only("charge_automatically"),
    "created": Span(),
    "customer": Text(),
    "status": Choice("draft open paid uncollectible void"),
    "subscription": Text(),
    **not_simulated("customer_account due_date"),
}
_LIST_PAYMENTS: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "invoice": Text(),
    "payment": Hash(
        {
            "type": Choice("payment_intent", "payment_record"),
            "payment_intent": Text(),
            **not_simulated("payment_record"),
        },
        required=("type",),
    ),
    "status": Choice("open paid canceled"),
}


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Invoice))


def _list(call: Call) -> tuple[World, Json]:
    params = call.params

    def keep(invoice: Invoice) -> bool:
        return matches(
            params, customer=invoice.customer, status=invoice.status, subscription=invoice.subscription
        ) and inside(params.get("created"), invoice.created)

    rows = call.world.invoices.newest_first()
    return call.world, listed(call, "/v1/invoices", rows, lambda row: shown(call.world, row), keep)


def _pay(call: Call) -> tuple[World, Json | Refusal]:
    before = call.target(Invoice)
    if before.status is InvoiceStatus.PAID:
        raise refusal.invalid("Invoice is already paid")
    after = step(call.world, PayInvoice(before.id, via=Via.API), call.request)
    invoice = after.get(Invoice, before.id)
    intent = after.payment_intents.get(invoice.payment_intent or "")
    if intent is not None and intent.status in ("requires_payment_method", "requires_action"):
        return after, _declined(after, intent)
    return after, shown(after, invoice)


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


def _retrieve_payment(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(InvoicePayment))


def _list_payments(call: Call) -> tuple[World, Json]:
    params = call.params
    intent = params.get("payment", {}).get("payment_intent")

    def keep(payment: InvoicePayment) -> bool:
        return (
            matches(params, invoice=payment.invoice, status=payment.status)
            and intent in (None, payment.payment_intent)
            and inside(params.get("created"), payment.created)
        )

    rows = call.world.invoice_payments.newest_first()
    return call.world, listed(call, "/v1/invoice_payments", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("GET /v1/invoices", _list, _LIST),
    operation("GET /v1/invoices/:id", _retrieve),
    operation("POST /v1/invoices/:id/pay", _pay, _PAY),
    operation("GET /v1/invoice_payments", _list_payments, _LIST_PAYMENTS),
    operation("GET /v1/invoice_payments/:id", _retrieve_payment),
)
