"""What Stripe lets be expanded and is always null here: asking for it is no mistake, and gives null.

Source: the fields marked `expandable` in https://docs.stripe.com/api of each object, as in the types of
stripe-node 23.1.0.
"""

from __future__ import annotations

_FIELDS = {
    "charge": (
        "application application_fee failure_balance_transaction on_behalf_of review source_transfer transfer"
    ),
    "dispute": (
        "evidence.cancellation_policy evidence.customer_communication evidence.customer_signature "
        "evidence.duplicate_charge_documentation evidence.receipt evidence.refund_policy "
        "evidence.service_documentation evidence.shipping_documentation evidence.uncategorized_file"
    ),
    "invoice": "application from_invoice latest_revision on_behalf_of",
    "payment_intent": "application on_behalf_of payment_record review source",
    "payment_link": "application on_behalf_of",
    "product": "tax_code",
    "refund": "failure_balance_transaction source_transfer_reversal transfer_reversal",
    "setup_intent": "application latest_attempt mandate on_behalf_of single_use_mandate",
    "subscription": "application default_source on_behalf_of pending_setup_intent pending_update schedule",
}
NULL_HERE = frozenset((kind, field) for kind, fields in _FIELDS.items() for field in fields.split())
