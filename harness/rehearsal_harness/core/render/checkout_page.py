"""What a Checkout Session or a payment link asks on its page, and what was answered, as JSON.

Decides: when an answer is shown: once the session is complete, and the consent to news also after it expired
(https://docs.stripe.com/payments/checkout/abandoned-carts).
Source: the types checkout.Session and PaymentLink of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..objects import CheckoutPage, CheckoutSession, CustomField, SessionStatus
from ..objects.checkout_page import NOTHING
from .contact import render_address

_CONSENTS = ("payment_method_reuse_agreement", "promotions", "terms_of_service")
_TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


def render_page(session: CheckoutSession) -> dict[str, Any]:
    """The keys of a session about its page."""
    page, done = session.page, session.status is SessionStatus.COMPLETE
    answers = dict(session.collected.answers) if done else {}
    shown = {
        "after_expiration": _recovery(page),
        "client_secret": _client_secret(session),
        "collected_information": _collected(session) if done else None,
        "consent": _consent(session),
        "custom_fields": [_field(each, answers.get(each.key)) for each in page.custom_fields],
        "recovered_from": page.recovered_from,
        "saved_payment_method_options": _saved_methods(session),
        "ui_mode": page.ui_mode,
        **render_questions(page),
    }
    if page.redirect_on_completion is not None:
        shown["redirect_on_completion"] = page.redirect_on_completion
    if not page.is_hosted:
        shown["return_url"] = page.return_url
    return shown


def render_questions(page: CheckoutPage) -> dict[str, Any]:
    """The keys that a session and a payment link share."""
    asks = dict(page.consent)
    texts = {name: {"message": text} for name, text in page.custom_text}
    shown: dict[str, Any] = {
        "consent_collection": _consent_collection(asks) if asks else None,
        "custom_text": dict.fromkeys(_TEXTS) | texts,
        "phone_number_collection": {"enabled": page.phone},
        "shipping_address_collection": {"allowed_countries": list(page.shipping_countries)}
        if page.shipping_countries
        else None,
        "submit_type": page.submit_type,
        "tax_id_collection": {"enabled": page.tax_id is not None, "required": page.tax_id or "never"},
    }
    names = {"business": page.business_name, "individual": page.individual_name}
    if any(names.values()):
        shown["name_collection"] = {
            kind: {"enabled": True, "optional": how == "optional"} for kind, how in names.items() if how
        }
    return shown


def render_fields(page: CheckoutPage) -> list[dict[str, Any]]:
    """The fields of a payment link, which nobody answers."""
    fields = [_field(each, None) for each in page.custom_fields]
    for each in fields:
        del each[each["type"]]["value"]
    return fields


def render_invoice_creation(page: CheckoutPage, mode: str) -> dict[str, Any] | None:
    """Whether an invoice is made of a one-time payment; a subscription always has its own."""
    if mode != "payment":
        return None
    data = page.invoice
    fields = [{"name": name, "value": value} for name, value in data.custom_fields] if data else []
    return {
        "enabled": data is not None,
        "invoice_data": {
            "account_tax_ids": None,
            "custom_fields": fields or None,
            "description": data.description if data else None,
            "footer": data.footer if data else None,
            "issuer": {"type": "self"} if data else None,
            "metadata": dict(data.metadata) if data else {},
            "rendering_options": None,
        },
    }


def render_customer_details(session: CheckoutSession) -> dict[str, Any] | None:
    """Who came: an address that the merchant named, and once it is complete all that was said."""
    done = session.status is SessionStatus.COMPLETE
    wants_news = session.status is SessionStatus.EXPIRED and session.collected.promotions
    email = session.payer_email if done or wants_news else None
    email = email or session.customer_email
    said = session.collected if done else None
    if email is None and said in (None, NOTHING):
        return None
    return {
        "address": render_address(said.address) if said and said.address else None,
        "business_name": said.business_name if said else None,
        "email": email,
        "individual_name": said.individual_name if said else None,
        "name": said.name if said else None,
        "phone": said.phone if said else None,
        "tax_exempt": "none",
        "tax_ids": [{"type": kind, "value": value} for kind, value in said.tax_ids] if said else [],
    }


def _recovery(page: CheckoutPage) -> dict[str, Any] | None:
    if page.recovery is None:
        return None
    way = page.recovery
    return {
        "recovery": {
            "allow_promotion_codes": way.allow_promotion_codes,
            "enabled": True,
            "expires_at": way.expires_at,
            "url": way.url,
        }
    }


def _client_secret(session: CheckoutSession) -> str | None:
    """What Stripe.js opens the page with, where the merchant shows it on a page of its own."""
    is_open = session.status is SessionStatus.OPEN
    return f"{session.id}_secret_{session.id[-24:]}" if is_open and not session.page.is_hosted else None


def _collected(session: CheckoutSession) -> dict[str, Any] | None:
    said = session.collected
    if said.shipping is None and said.business_name is None and said.individual_name is None:
        return None
    sent_to = said.shipping
    return {
        "business_name": said.business_name,
        "individual_name": said.individual_name,
        "shipping_details": {
            "address": render_address(sent_to.address) if sent_to.address else None,
            "name": sent_to.name,
        }
        if sent_to
        else None,
    }


def _consent_collection(asks: dict[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = {name: asks.get(name) for name in _CONSENTS}
    if "payment_method_reuse_agreement" in asks:
        shown["payment_method_reuse_agreement"] = {"position": asks["payment_method_reuse_agreement"]}
    return shown


def _consent(session: CheckoutSession) -> dict[str, Any] | None:
    if not session.page.consent or session.status is SessionStatus.OPEN:
        return None
    said = session.collected
    news = None if said.promotions is None else "opt_in" if said.promotions else "opt_out"
    accepted = said.terms_accepted and session.status is SessionStatus.COMPLETE
    return {"promotions": news, "terms_of_service": "accepted" if accepted else None}


def _field(field: CustomField, answer: str | None) -> dict[str, Any]:
    more: dict[str, Any] = {"default_value": field.default_value, "value": answer}
    if field.type == "dropdown":
        more["options"] = [{"label": label, "value": value} for value, label in field.options]
    else:
        more |= {"maximum_length": field.maximum_length, "minimum_length": field.minimum_length}
    return {
        "key": field.key,
        "label": {"custom": field.label, "type": "custom"},
        "optional": field.optional,
        "type": field.type,
        field.type: more,
    }


def _saved_methods(session: CheckoutSession) -> dict[str, Any] | None:
    """The settings that were sent, beside Stripe's own for what was not."""
    if not session.page.saved_methods:
        return None
    sent = {
        name: list(value) if isinstance(value, tuple) else value for name, value in session.page.saved_methods
    }
    own = {
        "allow_redisplay_filters": ["always"],
        "payment_method_remove": "disabled",
        "payment_method_save": None,
    }
    return own | sent
