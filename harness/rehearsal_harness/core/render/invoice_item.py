"""An invoice item as JSON.  Source: the type InvoiceItem of stripe-python 16.1.0."""

from __future__ import annotations

from typing import Any

from ..objects import InvoiceItem


def render_invoice_item(item: InvoiceItem, livemode: bool) -> dict[str, Any]:
    """The item: a proration, or what the merchant asks for."""
    return {
        "id": item.id,
        "object": "invoiceitem",
        "amount": item.amount,
        "currency": item.currency,
        "customer": item.customer,
        "customer_account": None,
        "date": item.created,
        "description": item.description,
        "discountable": item.discountable,
        "discounts": [],
        "invoice": item.invoice,
        "livemode": livemode,
        "metadata": dict(item.metadata),
        "net_amount": item.amount,
        "parent": _parent(item),
        "period": {"end": item.period_end, "start": item.period_start},
        "pricing": _pricing(item),
        "proration": item.is_proration,
        "proration_details": {"credited_items": None, "discount_amounts": []},
        "quantity": item.quantity,
        "quantity_decimal": str(item.quantity),
        "tax_rates": [],
        "test_clock": item.test_clock,
    }


def _parent(item: InvoiceItem) -> dict[str, Any] | None:
    if item.subscription is None:
        return None
    details = {"subscription": item.subscription}
    if item.subscription_item is not None:
        details["subscription_item"] = item.subscription_item
    return {"subscription_details": details, "type": "subscription_details"}


def _pricing(item: InvoiceItem) -> dict[str, Any] | None:
    """An item of a bare amount has a price all the same at Stripe; here it has none."""
    if item.price is None:
        return None
    return {
        "price_details": {"price": item.price, "product": item.product},
        "type": "price_details",
        "unit_amount_decimal": str(item.unit_amount),
    }
