"""Payment methods, intents, charges and setup intents as JSON.

Only what billing events need is true; the rest is null.  Since 2025-03-31.basil neither a payment intent nor
a charge names its invoice.  Source: the types PaymentMethod, PaymentIntent, Charge and SetupIntent of
stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..cards import BEHAVIOR, Card
from ..objects import Charge, PaymentIntent, PaymentMethod, SetupIntent

_EXPIRES = {"exp_month": 12, "exp_year": 2034}
_CHECKS = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}


def render_payment_method(method: PaymentMethod, livemode: bool) -> dict[str, Any]:
    """A card, or a SEPA debit for the method whose bank answers later."""
    rendered = {
        "id": method.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing_details(method.email),
        "created": method.created,
        "customer": method.customer,
        "customer_account": None,
        "livemode": livemode,
        "metadata": {},
        "type": _type(method.card),
    }
    rendered[_type(method.card)] = _sepa(method.card) if method.card is Card.DELAYED else _card(method.card)
    return rendered


def _type(card: Card) -> str:
    return "sepa_debit" if card is Card.DELAYED else "card"


def _billing_details(email: str | None) -> dict[str, Any]:
    return {"address": None, "email": email, "name": None, "phone": None, "tax_id": None}


def _sepa(card: Card) -> dict[str, Any]:
    return {
        "bank_code": None,
        "branch_code": None,
        "country": "DE",
        "fingerprint": None,
        "generated_from": None,
        "last4": BEHAVIOR[card].last4,
    }


def _card(card: Card) -> dict[str, Any]:
    return {
        "brand": "visa",
        "checks": dict(_CHECKS),
        "country": "US",
        "display_brand": "visa",
        **_EXPIRES,
        "fingerprint": None,
        "funding": "credit",
        "generated_from": None,
        "last4": BEHAVIOR[card].last4,
        "networks": {"available": ["visa"], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _card_error(decline_code: str) -> dict[str, Any]:
    """The last error of an intent, in the words of the decline code."""
    if decline_code == "authentication_required":
        return {
            "code": "authentication_required",
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
    return {
        "id": intent.id,
        "object": "payment_intent",
        **_intent_nulls(),
        "amount": intent.amount,
        "amount_capturable": 0,
        "amount_received": intent.amount if intent.status == "succeeded" else 0,
        "canceled_at": intent.canceled_at,
        "cancellation_reason": "void_invoice" if intent.status == "canceled" else None,
        "capture_method": "automatic",
        "client_secret": f"{intent.id}_secret_{intent.id[-12:]}",
        "confirmation_method": "automatic",
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "last_payment_error": _card_error(intent.decline_code) if intent.decline_code else None,
        "latest_charge": intent.latest_charge,
        "livemode": livemode,
        "metadata": dict(intent.metadata),
        "next_action": _next_action(intent),
        "payment_method": intent.payment_method,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "setup_future_usage": "off_session" if intent.invoice else None,
        "status": intent.status,
    }


def _next_action(intent: PaymentIntent) -> dict[str, Any] | None:
    if intent.status != "requires_action":
        return None
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {}}


def _intent_nulls() -> dict[str, Any]:
    return {
        "allowed_payment_method_types": None,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "managed_payments": None,
        "on_behalf_of": None,
        "payment_method_configuration_details": None,
        "payment_record": None,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "transfer_group": None,
    }


def render_charge(charge: Charge, livemode: bool) -> dict[str, Any]:
    """The charge."""
    succeeded = charge.status == "succeeded"
    return {
        "id": charge.id,
        "object": "charge",
        **_charge_nulls(),
        "amount": charge.amount,
        "amount_captured": charge.amount if succeeded else 0,
        "amount_refunded": charge.amount_refunded,
        "balance_transaction": charge.balance_transaction,
        "billing_details": _billing_details(charge.email),
        "captured": succeeded,
        "created": charge.created,
        "currency": charge.currency,
        "customer": charge.customer,
        "disputed": charge.disputed,
        "failure_code": "card_declined" if charge.status == "failed" else None,
        "failure_message": "Your card was declined." if charge.status == "failed" else None,
        "fraud_details": {},
        "livemode": livemode,
        "metadata": dict(charge.metadata),
        "outcome": _outcome(charge),
        "paid": succeeded,
        "payment_intent": charge.payment_intent,
        "payment_method": charge.payment_method,
        "payment_method_details": _details(charge),
        "refunded": succeeded and not charge.amount_left,
        "status": charge.status,
    }


def _charge_nulls() -> dict[str, Any]:
    return {
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "calculated_statement_descriptor": None,
        "description": None,
        "failure_balance_transaction": None,
        "on_behalf_of": None,
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "transfer_data": None,
        "transfer_group": None,
    }


def _outcome(charge: Charge) -> dict[str, Any]:
    failed = charge.status == "failed"
    return {
        "advice_code": "try_again_later" if failed else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if failed else "approved_by_network",
        "reason": charge.decline_code,
        "seller_message": "The bank declined the payment." if failed else "Payment complete.",
        "type": "issuer_declined" if failed else "authorized",
    }


def _details(charge: Charge) -> dict[str, Any]:
    if charge.card is Card.DELAYED:
        details = {key: value for key, value in _sepa(charge.card).items() if key != "generated_from"}
        return {"sepa_debit": {**details, "mandate": None}, "type": "sepa_debit"}
    return {
        "card": {
            "amount_authorized": charge.amount if charge.status == "succeeded" else None,
            "authorization_code": None,
            "brand": "visa",
            "checks": dict(_CHECKS),
            "country": "US",
            "electronic_commerce_indicator": None,
            **_EXPIRES,
            "fingerprint": None,
            "funding": "credit",
            "installments": None,
            "last4": BEHAVIOR[charge.card].last4,
            "mandate": None,
            "network": "visa",
            "network_transaction_id": None,
            "regulated_status": "unregulated",
            "three_d_secure": None,
            "transaction_link_id": None,
            "wallet": None,
        },
        "type": "card",
    }


def render_setup_intent(intent: SetupIntent, livemode: bool) -> dict[str, Any]:
    """The setup intent."""
    return {
        "id": intent.id,
        "object": "setup_intent",
        "allowed_payment_method_types": None,
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": f"{intent.id}_secret_{intent.id[-12:]}",
        "created": intent.created,
        "customer": intent.customer,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": _card_error(intent.decline_code) if intent.decline_code else None,
        "latest_attempt": None,
        "livemode": livemode,
        "managed_payments": None,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": intent.payment_method,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": intent.status,
        "usage": "off_session",
    }
