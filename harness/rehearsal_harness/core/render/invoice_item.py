"""An invoice item as JSON.  Source: the type InvoiceItem of stripe-python 16.1.0."""

from __future__ import annotations

from typing import Any

from ..objects import InvoiceItem


def render_invoice_item(item: InvoiceItem, livemode: bool) -> dict[str, Any]:
    """The item: always a proration here."""
    return {
        "id": item.id,
        "object": "invoiceitem",
        "amount": item.amount,
        "currency": item.currency,
        "customer": item.customer,
        "customer_account": None,
        "date": item.created,
        "description": item.description,
        "discountable": False,
        "discounts": [],
        "invoice": item.invoice,
        "livemode": livemode,
        "metadata": {},
        "net_amount": item.amount,
        "parent": {
            "subscription_details": {
                "subscription": item.subscription,
                "subscription_item": item.subscription_item,
            },
            "type": "subscription_details",
        },
        "period": {"end": item.period_end, "start": item.period_start},
        "pricing": {
            "price_details": {"price": item.price, "product": item.product},
            "type": "price_details",
            "unit_amount_decimal": str(item.unit_amount),
        },
        "proration": True,
        "proration_details": {"credited_items": None, "discount_amounts": []},
        "quantity": item.quantity,
        "quantity_decimal": str(item.quantity),
        "tax_rates": [],
        "test_clock": None,
    }
