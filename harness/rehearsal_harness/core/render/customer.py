"""A customer as JSON.

Decides: its keys.  Does not know: its subscriptions, which Stripe shows only when they are expanded.
Source: the type Customer of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..objects import Customer
from .discount import render_discount


def render_customer(customer: Customer, livemode: bool) -> dict[str, Any]:
    """The customer; address, shipping and discounts are not simulated and null."""
    return {
        "id": customer.id,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": customer.created,
        "currency": customer.currency,
        "customer_account": None,
        "default_source": None,
        "delinquent": customer.delinquent,
        "description": customer.description,
        "discount": customer.discount and render_discount(customer.discount, livemode),
        "email": customer.email,
        "invoice_prefix": customer.invoice_prefix,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": customer.default_payment_method,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": livemode,
        "metadata": dict(customer.metadata),
        "name": customer.name,
        "next_invoice_sequence": customer.next_invoice_sequence,
        "phone": customer.phone,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
