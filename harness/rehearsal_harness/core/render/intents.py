"""Payment intents and setup intents as JSON.

Since 2025-03-31.basil a payment intent does not name its invoice.  Source: the types PaymentIntent and
SetupIntent of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..billing.declines import AUTHENTICATION_REQUIRED
from ..objects import PaymentIntent, SetupIntent
from ..objects.payment import BY_CHECKOUT, BY_INVOICE, IntentOptions, PaymentError
from .contact import render_shipping
from .payment_method import render_payment_method

AUTHENTICATION_PAGE = "https://hooks.stripe.com/3ds/"  # and the id of the intent


def client_secret(intent: PaymentIntent | SetupIntent) -> str:
    """What lets a page go on with this intent."""
    return f"{intent.id}_secret_{intent.id[-12:]}"


def error_body(error: PaymentError, livemode: bool) -> dict[str, Any]:
    """Why a try failed, as an intent and a refused request say it."""
    body: dict[str, Any] = {
        "code": error.code,
        "doc_url": f"https://stripe.com/docs/error-codes/{error.code.replace('_', '-')}",
        "message": error.message,
        "type": "invalid_request_error" if error.code.endswith("_failure") else "card_error",
    }
    if error.decline_code is not None:
        body["decline_code"] = error.decline_code
    if error.charge is not None:
        body["charge"] = error.charge
    if error.method is not None:
        body["payment_method"] = render_payment_method(error.method, livemode)
    return body


def _last_error(intent: PaymentIntent | SetupIntent, livemode: bool) -> dict[str, Any] | None:
    if intent.error is not None:
        return error_body(intent.error, livemode)
    return _card_error(intent.decline_code) if intent.decline_code else None


def _card_error(decline_code: str) -> dict[str, Any]:
    """The last error of an intent of an invoice or a page, in the words of the decline code."""
    if decline_code == AUTHENTICATION_REQUIRED:
        return {
            "code": AUTHENTICATION_REQUIRED,
            "decline_code": decline_code,
            "message": "This payment requires authentication.",
            "type": "card_error",
        }
    return {
        "code": "card_declined",
        "decline_code": decline_code,
        "message": "Your card was declined.",
        "type": "card_error",
    }


def render_payment_intent(intent: PaymentIntent, livemode: bool) -> dict[str, Any]:
    """The intent."""
    options = intent.options or (BY_INVOICE if intent.invoice else BY_CHECKOUT)
    details = intent.details
    return {
        "id": intent.id,
        "object": "payment_intent",
        **_nulls(),
        **_common(intent, options),
        "amount": intent.amount,
        "amount_capturable": intent.amount_capturable,
        "amount_received": _amount_received(intent),
        "canceled_at": intent.canceled_at,
        "cancellation_reason": _cancellation_reason(intent),
        "capture_method": options.capture_method,
        "confirmation_method": options.confirmation_method,
        "currency": intent.currency,
        "description": details.description,
        "last_payment_error": _last_error(intent, livemode),
        "latest_charge": intent.latest_charge,
        "livemode": livemode,
        "receipt_email": details.receipt_email,
        "setup_future_usage": intent.setup_future_usage or options.setup_future_usage,
        "shipping": render_shipping(details.shipping, tracked=True),
        "statement_descriptor": details.statement_descriptor,
        "statement_descriptor_suffix": details.statement_descriptor_suffix,
        "transfer_group": details.transfer_group,
    }


def _common(intent: PaymentIntent | SetupIntent, options: IntentOptions) -> dict[str, Any]:
    return {
        "allowed_payment_method_types": None if options.allowed is None else list(options.allowed),
        "automatic_payment_methods": _automatic(options),
        "client_secret": client_secret(intent),
        "created": intent.created,
        "customer": intent.customer,
        "excluded_payment_method_types": None if options.excluded is None else list(options.excluded),
        "metadata": dict(intent.metadata),
        "next_action": _next_action(intent),
        "payment_method": intent.payment_method,
        "payment_method_options": {},
        "payment_method_types": list(options.types),
        "status": intent.status,
    }


def _automatic(options: IntentOptions) -> dict[str, Any] | None:
    if options.automatic is None:
        return None
    return {"allow_redirects": options.automatic, "enabled": True}


def _amount_received(intent: PaymentIntent) -> int:
    if intent.status != "succeeded":
        return 0
    return intent.amount if intent.amount_captured is None else intent.amount_captured


def _cancellation_reason(intent: PaymentIntent) -> str | None:
    if intent.options is not None or intent.cancellation_reason is not None:
        return intent.cancellation_reason
    return "void_invoice" if intent.status == "canceled" else None


def _next_action(intent: PaymentIntent | SetupIntent) -> dict[str, Any] | None:
    if intent.status != "requires_action":
        return None
    url = f"{AUTHENTICATION_PAGE}{intent.id}"
    if intent.options is None:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    if intent.options.return_url is None:
        in_page = {"source": intent.id, "stripe_js": url, "type": "three_d_secure_redirect"}
        return {"type": "use_stripe_sdk", "use_stripe_sdk": in_page}
    there = {"return_url": intent.options.return_url, "url": url}
    return {"redirect_to_url": there, "type": "redirect_to_url"}


def _nulls() -> dict[str, Any]:
    return {
        "application": None,
        "application_fee_amount": None,
        "customer_account": None,
        "managed_payments": None,
        "on_behalf_of": None,
        "payment_method_configuration_details": None,
        "payment_record": None,
        "processing": None,
        "review": None,
        "source": None,
        "transfer_data": None,
    }


def render_setup_intent(intent: SetupIntent, livemode: bool) -> dict[str, Any]:
    """The setup intent."""
    return {
        "id": intent.id,
        "object": "setup_intent",
        **_common(intent, intent.options or BY_CHECKOUT),
        "application": None,
        "cancellation_reason": intent.cancellation_reason,
        "customer_account": None,
        "description": intent.description,
        "flow_directions": None,
        "last_setup_error": _last_error(intent, livemode),
        "latest_attempt": None,
        "livemode": livemode,
        "managed_payments": None,
        "mandate": None,
        "on_behalf_of": None,
        "payment_method_configuration_details": None,
        "single_use_mandate": None,
        "usage": intent.usage,
    }
