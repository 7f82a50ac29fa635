"""A customer as JSON.

Decides: its keys.  Does not know: its subscriptions, which Stripe shows only when they are expanded.
Source: the type Customer of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..objects import Customer, CustomerBalanceTransaction, TaxId
from .contact import render_address, render_shipping
from .discount import render_discount


def render_customer(customer: Customer, livemode: bool) -> dict[str, Any]:
    """The customer; a discount is not simulated and null."""
    details = customer.details
    rendered = {
        "id": customer.id,
        "object": "customer",
        "address": render_address(details.address),
        "balance": customer.balance,
        "created": customer.created,
        "currency": customer.currency,
        "customer_account": None,
        "default_source": customer.default_source,
        "delinquent": customer.delinquent,
        "description": customer.description,
        "discount": customer.discount and render_discount(customer.discount, livemode),
        "email": customer.email,
        "invoice_prefix": customer.invoice_prefix,
        "invoice_settings": {
            "custom_fields": _custom_fields(customer),
            "default_payment_method": customer.default_payment_method,
            "footer": details.footer,
            "rendering_options": _rendering_options(details.amount_tax_display),
        },
        "livemode": livemode,
        "metadata": dict(customer.metadata),
        "name": customer.name,
        "next_invoice_sequence": customer.next_invoice_sequence,
        "phone": customer.phone,
        "preferred_locales": list(details.preferred_locales),
        "shipping": render_shipping(details.shipping, tracked=False),
        "tax_exempt": details.tax_exempt,
        "test_clock": customer.test_clock,
    }
    for name in ("business_name", "individual_name"):
        if getattr(details, name) is not None:
            rendered[name] = getattr(details, name)
    return rendered


def _custom_fields(customer: Customer) -> list[dict[str, str]] | None:
    fields = customer.details.custom_fields
    return [{"name": name, "value": value} for name, value in fields] if fields else None


def _rendering_options(amount_tax_display: str | None) -> dict[str, Any] | None:
    if amount_tax_display is None:
        return None
    return {"amount_tax_display": amount_tax_display, "template": None}


def render_balance_transaction(moved: CustomerBalanceTransaction, livemode: bool) -> dict[str, Any]:
    """A change of a customer's balance."""
    return {
        "id": moved.id,
        "object": "customer_balance_transaction",
        "amount": moved.amount,
        "checkout_session": None,
        "created": moved.created,
        "credit_note": None,
        "currency": moved.currency,
        "customer": moved.customer,
        "customer_account": None,
        "description": moved.description,
        "ending_balance": moved.ending_balance,
        "invoice": moved.invoice,
        "livemode": livemode,
        "metadata": dict(moved.metadata),
        "type": moved.type,
    }


def render_tax_id(tax_id: TaxId, livemode: bool) -> dict[str, Any]:
    """A tax id; only those of the EU begin with their country, and only those are ever verified."""
    is_eu = tax_id.type == "eu_vat"
    verification = {"status": "pending", "verified_address": None, "verified_name": None}
    return {
        "id": tax_id.id,
        "object": "tax_id",
        "country": tax_id.value[:2] if is_eu else tax_id.type[:2].upper(),
        "created": tax_id.created,
        "customer": tax_id.customer,
        "customer_account": None,
        "livemode": livemode,
        "owner": {"customer": tax_id.customer, "type": "customer"},
        "type": tax_id.type,
        "value": tax_id.value,
        "verification": verification if is_eu else None,
    }
