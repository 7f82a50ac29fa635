"""A Checkout Session as JSON.  Source: the type checkout.Session of stripe-python 16.1.0.

`line_items` are left out: events never carry them, the API only when they are expanded.
"""

from __future__ import annotations

from typing import Any

from ..objects import CheckoutSession, LineItem, SessionStatus
from .catalogue import render_price
from .checkout_page import render_customer_details, render_invoice_creation, render_page


def render_checkout_session(session: CheckoutSession, livemode: bool) -> dict[str, Any]:
    """The session, on a page that Stripe hosts; `url` is there while it is open."""
    return {
        "id": session.id,
        "object": "checkout.session",
        **_not_simulated(),
        **render_page(session),
        "allow_promotion_codes": session.allow_promotion_codes,
        **_amounts(session),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": session.billing_address_collection,
        "cancel_url": session.cancel_url,
        "client_reference_id": session.client_reference_id,
        "created": session.created,
        "currency": session.currency or None,
        "customer": session.customer,
        "customer_creation": session.customer_creation,
        "customer_details": render_customer_details(session),
        "customer_email": session.customer_email,
        "expires_at": session.expires_at,
        "invoice": session.invoice,
        "invoice_creation": render_invoice_creation(session.page, session.mode),
        "livemode": livemode,
        "locale": session.locale,
        "metadata": dict(session.metadata),
        "mode": session.mode,
        "payment_intent": session.payment_intent,
        "payment_link": session.payment_link,
        **_paid_with(session),
        "payment_status": session.payment_status.value,
        "setup_intent": session.setup_intent,
        **_shipping(session),
        "status": session.status.value,
        "subscription": session.subscription,
        "success_url": session.success_url,
        "url": _url(session),
    }


def _amounts(session: CheckoutSession) -> dict[str, Any]:
    """What is due, and nothing at all where nothing is sold."""
    if session.mode == "setup":
        return {"amount_subtotal": None, "amount_total": None, "discounts": [], "total_details": None}
    off = session.amount_subtotal + session.amount_shipping - session.amount_total
    return {
        "discounts": [
            {"coupon": each.coupon.id, "promotion_code": each.promotion_code} for each in session.discounts
        ],
        "amount_subtotal": session.amount_subtotal,
        "amount_total": session.amount_total,
        "total_details": {
            "amount_discount": off,
            "amount_shipping": session.amount_shipping,
            "amount_tax": 0,
        },
    }


def _paid_with(session: CheckoutSession) -> dict[str, Any]:
    allowed = session.allowed_payment_method_types
    return {
        "allowed_payment_method_types": list(allowed) if allowed else None,
        "payment_method_collection": session.payment_method_collection,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": list(session.payment_method_types),
    }


def _shipping(session: CheckoutSession) -> dict[str, Any]:
    """The ways to send it, and the one that is chosen."""
    amount = session.amount_shipping
    cost = {
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "shipping_rate": session.shipping_rate,
    }
    return {
        "shipping_cost": cost if session.shipping_rate else None,
        "shipping_options": [
            {"shipping_amount": each.amount, "shipping_rate": each.shipping_rate}
            for each in session.page.shipping_options
        ],
    }


def _not_simulated() -> dict[str, Any]:
    """Keys that Stripe always sends and this imitation has nothing to say about."""
    return {
        "adaptive_pricing": None,
        "currency_conversion": None,
        "customer_account": None,
        "integration_identifier": None,
        "managed_payments": None,
        "origin_context": None,
        "payment_method_configuration_details": None,
        "permissions": None,
        "wallet_options": None,
    }


def _url(session: CheckoutSession) -> str | None:
    if session.status is not SessionStatus.OPEN or not session.page.is_hosted:
        return None
    return f"https://checkout.stripe.com/c/pay/{session.id}"


def render_line_items(session: CheckoutSession, livemode: bool) -> dict[str, dict[str, Any]]:
    """The lines of a session by their ids, with what its discounts take off each."""
    rows = session.line_discounts
    return {
        line.id: render_line_item(line, livemode, sum(row))
        for line, row in zip(session.line_items, rows, strict=True)
    }


def render_line_item(item: LineItem, livemode: bool, off: int = 0) -> dict[str, Any]:
    """One line, for GET /v1/checkout/sessions/:id/line_items; `off` is what discounts take off it."""
    total = item.amount
    return {
        "id": item.id,
        "object": "item",
        "adjustable_quantity": _adjustable(item),
        "amount_discount": off,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total - off,
        "currency": item.price.currency,
        "description": item.price.nickname,
        "metadata": dict(item.metadata),
        "price": render_price(item.price, livemode),
        "quantity": None if item.price.is_metered else item.quantity,
    }


def _adjustable(item: LineItem) -> dict[str, Any] | None:
    bounds = item.adjustable
    if bounds is None:
        return None
    return {"enabled": True, "maximum": bounds.maximum, "minimum": bounds.minimum}
