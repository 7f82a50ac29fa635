"""Charges as JSON.

Since 2025-03-31.basil a charge does not name its invoice.  Source: the type Charge of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..billing.declines import code_of, message_of
from ..cards import BEHAVIOR
from ..objects import Charge
from .contact import render_shipping
from .payment_method import billing_details, checks, render_source, sepa, us_bank

_EXPIRES = {"exp_month": 12, "exp_year": 2034}


def render_charge(charge: Charge, livemode: bool) -> dict[str, Any]:
    """The charge."""
    succeeded, failed = charge.status == "succeeded", charge.status == "failed"
    captured = succeeded and charge.captured
    return {
        "id": charge.id,
        "object": "charge",
        **_nulls(),
        "amount": charge.amount,
        "amount_captured": _amount_captured(charge) if captured else 0,
        "amount_refunded": charge.amount_refunded,
        "balance_transaction": charge.balance_transaction,
        "billing_details": billing_details(charge.email, charge.name, charge.phone, charge.address),
        "captured": captured,
        "created": charge.created,
        "currency": charge.currency,
        "customer": charge.customer,
        "description": charge.details.description,
        "disputed": charge.disputed,
        "failure_code": code_of(charge.card, charge.decline_code) if failed else None,
        "failure_message": message_of(charge.decline_code) if failed else None,
        "fraud_details": {},
        "livemode": livemode,
        "metadata": dict(charge.metadata),
        "outcome": _outcome(charge),
        "paid": succeeded,
        "payment_intent": charge.payment_intent,
        "payment_method": charge.payment_method,
        "payment_method_details": _details(charge),
        "receipt_email": charge.details.receipt_email,
        "refunded": succeeded and not charge.amount_left,
        "shipping": render_shipping(charge.details.shipping, tracked=True),
        "source": None if charge.source is None else render_source(charge.source, livemode),
        "statement_descriptor": charge.details.statement_descriptor,
        "statement_descriptor_suffix": charge.details.statement_descriptor_suffix,
        "status": charge.status,
        "transfer_group": charge.details.transfer_group,
    }


def _amount_captured(charge: Charge) -> int:
    return charge.amount if charge.amount_captured is None else charge.amount_captured


def _nulls() -> dict[str, Any]:
    return {
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "calculated_statement_descriptor": None,
        "failure_balance_transaction": None,
        "on_behalf_of": None,
        "receipt_number": None,
        "receipt_url": None,
        "review": None,
        "source_transfer": None,
        "transfer_data": None,
    }


def _outcome(charge: Charge) -> dict[str, Any]:
    risk_level = BEHAVIOR[charge.card].risk_level
    if risk_level == "highest":
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "not_sent_to_network",
            "reason": "highest_risk_level",
            "risk_level": "highest",
            "seller_message": "Stripe blocked this payment as too risky.",
            "type": "blocked",
        }
    failed = charge.status == "failed"
    return {
        "advice_code": "try_again_later" if failed else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if failed else "approved_by_network",
        "reason": charge.decline_code,
        **({} if risk_level is None else {"risk_level": risk_level}),
        "seller_message": "The bank declined the payment." if failed else "Payment complete.",
        "type": "issuer_declined" if failed else "authorized",
    }


def _details(charge: Charge) -> dict[str, Any]:
    behavior = BEHAVIOR[charge.card]
    if behavior.type == "sepa_debit":
        details = {key: value for key, value in sepa(charge.card).items() if key != "generated_from"}
        return {"sepa_debit": {**details, "mandate": None}, "type": "sepa_debit"}
    if behavior.type == "us_bank_account":
        bank = us_bank(charge.card)
        kept = {name: value for name, value in bank.items() if name not in _NOT_IN_CHARGES}
        return {"type": behavior.type, "us_bank_account": {**kept, "payment_reference": None}}
    return {"card": _card(charge), "type": "card"}


_NOT_IN_CHARGES = ("financial_connections_account", "networks")


def _card(charge: Charge) -> dict[str, Any]:
    behavior = BEHAVIOR[charge.card]
    return {
        "amount_authorized": charge.amount if charge.status == "succeeded" else None,
        "authorization_code": None,
        "brand": behavior.brand,
        "checks": checks(charge.card),
        "country": "US",
        "electronic_commerce_indicator": None,
        **_EXPIRES,
        "fingerprint": None,
        "funding": behavior.funding,
        "installments": None,
        "last4": behavior.last4,
        "mandate": None,
        "network": behavior.brand,
        "network_transaction_id": None,
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }
