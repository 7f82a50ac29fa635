"""Invoices as JSON.  Source: the types Invoice, InvoiceLineItem and InvoicePayment of stripe-python 16.1.0.

`payments` and `confirmation_secret` are left out: Stripe sends them only when they are expanded.
"""

from __future__ import annotations

from typing import Any

from ..objects import Invoice, InvoiceLine, InvoicePayment, InvoiceStatus


def render_invoice(invoice: Invoice, livemode: bool) -> dict[str, Any]:
    """The invoice; an upcoming one has no id."""
    rendered = {
        "id": invoice.id,
        "object": "invoice",
        **_not_simulated(),
        **_account(),
        **_amounts(invoice),
        **_collection(invoice),
        **_customer(invoice),
        **_untaxed(),
        "billing_reason": invoice.billing_reason,
        "created": invoice.created,
        "currency": invoice.currency,
        "discounts": list(invoice.discounts),
        "custom_fields": [{"name": n, "value": v} for n, v in invoice.custom_fields] or None,
        "default_payment_method": invoice.default_payment_method,
        "description": invoice.description,
        "footer": invoice.footer,
        "lines": {
            "object": "list",
            "data": [render_line(line, invoice, livemode) for line in invoice.lines],
            "has_more": False,
            "url": f"/v1/invoices/{invoice.id}/lines",
        },
        "livemode": livemode,
        "metadata": dict(invoice.metadata),
        "number": invoice.number,
        "parent": _parent(invoice),
        "period_end": invoice.period_end,
        "period_start": invoice.period_start,
        "statement_descriptor": invoice.statement_descriptor,
        "status": invoice.status.value,
        "test_clock": invoice.test_clock,
        **_pages(invoice),
    }
    if not invoice.id:
        del rendered["id"]
    return rendered


def _not_simulated() -> dict[str, Any]:
    """Keys that Stripe always sends and this imitation has nothing to say about."""
    return {
        "default_source": None,
        "from_invoice": None,
        "last_finalization_error": None,
        "latest_revision": None,
        "receipt_number": None,
        "rendering": None,
    }


def _account() -> dict[str, Any]:
    return {
        "account_country": "US",
        "account_name": None,
        "account_tax_ids": None,
        "application": None,
        "issuer": {"type": "self"},
        "on_behalf_of": None,
    }


def _parent(invoice: Invoice) -> dict[str, Any] | None:
    if invoice.subscription is None:
        return None
    return {
        "quote_details": None,
        "subscription_details": {
            "metadata": dict(invoice.subscription_metadata),
            "subscription": invoice.subscription,
        },
        "type": "subscription_details",
    }


def _amounts(invoice: Invoice) -> dict[str, Any]:
    return {
        "amount_due": invoice.amount_due,
        "amount_overpaid": 0,
        "amount_paid": invoice.amount_paid,
        "amount_paid_off_stripe": 0,
        "amount_remaining": invoice.amount_remaining,
        "amount_shipping": 0,
        "ending_balance": None if invoice.status is InvoiceStatus.DRAFT else invoice.ending_balance or 0,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": invoice.starting_balance,
        "subtotal": invoice.subtotal,
        "subtotal_excluding_tax": invoice.subtotal,
        "total": invoice.total,
        "total_discount_amounts": _discount_amounts(invoice.discount_amounts),
        "total_excluding_tax": invoice.total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
    }


def _collection(invoice: Invoice) -> dict[str, Any]:
    return {
        "attempt_count": invoice.attempt_count,
        "attempted": invoice.attempted,
        "auto_advance": invoice.auto_advance,
        "automatically_finalizes_at": invoice.automatically_finalizes_at,
        "collection_method": invoice.collection_method,
        "due_date": invoice.due_date,
        "effective_at": invoice.finalized_at,
        "next_payment_attempt": invoice.next_payment_attempt,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "status_transitions": {
            "finalized_at": invoice.finalized_at,
            "marked_uncollectible_at": invoice.marked_uncollectible_at,
            "paid_at": invoice.paid_at,
            "voided_at": invoice.voided_at,
        },
        "webhooks_delivered_at": invoice.webhooks_delivered_at,
    }


def _customer(invoice: Invoice) -> dict[str, Any]:
    return {
        "customer": invoice.customer,
        "customer_account": None,
        "customer_address": None,
        "customer_email": invoice.customer_email,
        "customer_name": invoice.customer_name,
        "customer_phone": None,
        "customer_shipping": None,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
    }


def _untaxed() -> dict[str, Any]:
    return {
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "default_tax_rates": [],
    }


def _pages(invoice: Invoice) -> dict[str, Any]:
    """Where the customer can pay; a draft has no page yet."""
    if invoice.number is None:
        return {"hosted_invoice_url": None, "invoice_pdf": None}
    return {
        "hosted_invoice_url": f"https://invoice.stripe.com/i/{invoice.id}",
        "invoice_pdf": f"https://pay.stripe.com/invoice/{invoice.id}/pdf",
    }


def _discount_amounts(pairs: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    return [{"amount": amount, "discount": discount} for discount, amount in pairs]


def render_line(line: InvoiceLine, invoice: Invoice, livemode: bool) -> dict[str, Any]:
    """One line, for GET /v1/invoices/:id/lines."""
    return {
        "id": line.id,
        "object": "line_item",
        "amount": line.amount,
        "currency": line.currency,
        "description": line.description,
        "discount_amounts": _discount_amounts(line.discount_amounts),
        "discountable": line.discountable,
        "discounts": [],
        "invoice": invoice.id or None,
        "livemode": livemode,
        "metadata": dict(line.metadata),
        "parent": _line_parent(line),
        "period": {"end": line.period_end, "start": line.period_start},
        "pretax_credit_amounts": [],
        "pricing": _pricing(line),
        "quantity": line.quantity,
        "quantity_decimal": str(line.quantity),
        "subscription": line.subscription,
        "subtotal": line.amount,
        "taxes": [],
    }


def _pricing(line: InvoiceLine) -> dict[str, Any] | None:
    if line.price is None:
        return None
    return {
        "price_details": {"price": line.price, "product": line.product},
        "type": "price_details",
        "unit_amount_decimal": str(line.unit_amount),
    }


def _line_parent(line: InvoiceLine) -> dict[str, Any]:
    """What the line is for: an item of the subscription, or a proration that waited."""
    details = {
        "invoice_item": line.invoice_item,
        "proration": line.is_proration,
        "proration_details": {"credited_items": None},
        "subscription": line.subscription,
    }
    if line.invoice_item is not None:
        return {
            "invoice_item_details": details,
            "subscription_item_details": None,
            "type": "invoice_item_details",
        }
    return {
        "invoice_item_details": None,
        "subscription_item_details": {**details, "subscription_item": line.subscription_item},
        "type": "subscription_item_details",
    }


def render_invoice_payment(payment: InvoicePayment, livemode: bool) -> dict[str, Any]:
    """What settles an invoice."""
    return {
        "id": payment.id,
        "object": "invoice_payment",
        "amount_paid": payment.amount_paid,
        "amount_requested": payment.amount_requested,
        "created": payment.created,
        "currency": payment.currency,
        "invoice": payment.invoice,
        "is_default": True,
        "livemode": livemode,
        "payment": {"payment_intent": payment.payment_intent, "type": "payment_intent"},
        "status": payment.status,
        "status_transitions": {"canceled_at": payment.canceled_at, "paid_at": payment.paid_at},
    }
