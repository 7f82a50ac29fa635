"""A payment link as JSON.

Decides: its keys.  `line_items` are left out: Stripe sends them only when they are expanded.
Source: the type PaymentLink of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..objects import PaymentLink
from .checkout_page import render_fields, render_invoice_creation, render_questions


def render_payment_link(link: PaymentLink, livemode: bool) -> dict[str, Any]:
    """The link; its `url` is reusable and never changes."""
    return {
        "id": link.id,
        "object": "payment_link",
        **_not_simulated(),
        **render_questions(link.page),
        "active": link.active,
        "after_completion": _after_completion(link),
        "allow_promotion_codes": link.allow_promotion_codes,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": link.billing_address_collection,
        "currency": link.line_items[0].price.currency,
        "customer_creation": link.customer_creation,
        "inactive_message": link.inactive_message,
        "custom_fields": render_fields(link.page),
        "invoice_creation": render_invoice_creation(link.page, link.mode),
        "livemode": livemode,
        "metadata": dict(link.metadata),
        "payment_intent_data": _payment_intent_data(link),
        "payment_method_collection": link.payment_method_collection,
        "submit_type": link.page.submit_type or "auto",
        "subscription_data": _subscription_data(link),
        "url": f"https://buy.stripe.com/{'' if livemode else 'test_'}{link.id.removeprefix('plink_')}",
    }


def _not_simulated() -> dict[str, Any]:
    """Keys that Stripe always sends and this imitation has nothing to say about."""
    return {
        "application": None,
        "application_fee_amount": None,
        "application_fee_percent": None,
        "managed_payments": None,
        "on_behalf_of": None,
        "payment_method_options": None,
        "payment_method_types": None,
        "restrictions": None,
        "shipping_options": [],
        "transfer_data": None,
    }


def _after_completion(link: PaymentLink) -> dict[str, Any]:
    if link.redirect_url is not None:
        return {"redirect": {"url": link.redirect_url}, "type": "redirect"}
    return {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"}


def _payment_intent_data(link: PaymentLink) -> dict[str, Any] | None:
    if link.mode != "payment":
        return None
    return {
        "capture_method": None,
        "description": None,
        "metadata": dict(link.payment_intent_metadata),
        "setup_future_usage": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "transfer_group": None,
    }


def _subscription_data(link: PaymentLink) -> dict[str, Any] | None:
    if link.mode != "subscription":
        return None
    return {
        "description": link.subscription_description,
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": {"type": "self"},
        },
        "metadata": dict(link.subscription_metadata),
        "trial_period_days": link.trial_period_days or None,
        "trial_settings": {"end_behavior": {"missing_payment_method": link.missing_payment_method}}
        if link.missing_payment_method
        else None,
    }
