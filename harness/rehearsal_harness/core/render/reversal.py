"""Refunds, disputes and warnings of fraud as JSON.

Source: the types Refund, Dispute, EarlyFraudWarning and BalanceTransaction of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..calendar import DAY_S
from ..objects import BalanceTransaction, Dispute, EarlyFraudWarning, Refund

EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure "
    "cancellation_rebuttal customer_communication customer_email_address customer_name "
    "customer_purchase_ip customer_signature duplicate_charge_documentation duplicate_charge_explanation "
    "duplicate_charge_id product_description receipt refund_policy refund_policy_disclosure "
    "refund_refusal_explanation service_date service_documentation shipping_address shipping_carrier "
    "shipping_date shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text"
)
_WON = "winning_evidence"  # what https://docs.stripe.com/testing calls the text that wins a test dispute


def render_refund(refund: Refund, livemode: bool) -> dict[str, Any]:
    """The refund; it does not say its mode."""
    rendered = {
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "balance_transaction": refund.balance_transaction,
        "charge": refund.charge,
        "created": refund.created,
        "currency": refund.currency,
        "customer": refund.customer,
        "customer_account": None,
        "metadata": dict(refund.metadata),
        "payment_intent": refund.payment_intent,
        "payment_method": refund.payment_method,
        "reason": refund.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": refund.status,
        "transfer_reversal": None,
    }
    if refund.failure_reason is not None:
        rendered["failure_reason"] = refund.failure_reason
    return rendered


def render_dispute(dispute: Dispute, livemode: bool) -> dict[str, Any]:
    """The dispute, with its balance transactions whole."""
    return {
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "balance_transactions": [
            render_balance_transaction(moved, livemode) for moved in dispute.balance_transactions
        ],
        "charge": dispute.charge,
        "created": dispute.created,
        "currency": dispute.currency,
        "enhanced_eligibility_types": [],
        "evidence": _evidence(dispute),
        "evidence_details": {
            "due_by": dispute.due_by,
            "enhanced_eligibility": {},
            "has_evidence": dispute.has_evidence,
            "past_due": False,
            "submission_count": int(dispute.has_evidence),
            "submission_method": "manual" if dispute.has_evidence else "not_submitted",
        },
        "intended_submission_method": None,
        "is_charge_refundable": False,
        "livemode": livemode,
        "metadata": dict(dispute.metadata),
        "payment_intent": dispute.payment_intent,
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": "chargeback",
                "network": "visa",
                "network_reason_code": None,
            },
            "type": "card",
        },
        "reason": dispute.reason,
        "status": dispute.status,
    }


def render_early_fraud_warning(warning: EarlyFraudWarning, livemode: bool) -> dict[str, Any]:
    """The warning."""
    return {
        "id": warning.id,
        "object": "radar.early_fraud_warning",
        "actionable": warning.actionable,
        "charge": warning.charge,
        "created": warning.created,
        "fraud_type": warning.fraud_type,
        "livemode": livemode,
        "payment_intent": warning.payment_intent,
    }


def _evidence(dispute: Dispute) -> dict[str, Any]:
    evidence: dict[str, Any] = dict.fromkeys(EVIDENCE.split())
    if dispute.has_evidence and not dispute.evidence:
        evidence["uncategorized_text"] = _WON
    evidence |= dict(dispute.evidence)
    return {**evidence, "enhanced_evidence": {}}


def render_balance_transaction(moved: BalanceTransaction, livemode: bool) -> dict[str, Any]:
    """Money that moved, as the merchant's balance shows it; it does not say its mode."""
    said = "Dispute fee" if moved.type == "adjustment" else "Stripe processing fees"
    fee = {"amount": moved.fee, "application": None, "currency": moved.currency}
    return {
        "id": moved.id,
        "object": "balance_transaction",
        "amount": moved.amount,
        "available_on": moved.created - moved.created % DAY_S,
        "balance_type": "payments",
        "created": moved.created,
        "currency": moved.currency,
        "description": moved.description,
        "exchange_rate": None,
        "fee": moved.fee,
        "fee_details": [{**fee, "description": said, "type": "stripe_fee"}] if moved.fee else [],
        "net": moved.amount - moved.fee,
        "reporting_category": _category(moved),
        "source": moved.source,
        "status": "available",
        "type": moved.type,
    }


def _category(moved: BalanceTransaction) -> str:
    if moved.type == "adjustment":
        return "dispute" if moved.amount < 0 else "dispute_reversal"
    return moved.type
