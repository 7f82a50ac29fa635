"""What each API version changed in what is shown: tables, newest change first.

Decides: which keys an object does not have before a version, and which words were other words.
Does not know: what stood there instead (`before_basil`), or how a table is applied (`versions`).
Rule: the types of one release of stripe-python for each flower, compared key by key: 16.1.0 (endive), 15.6.2
(dahlia), 14.4.2 (clover), 12.5.1 (basil), 11.6.0 (acacia), 10.12.0 (2024-06-20), 7.14.0 (2023-10-16); before
those, https://docs.stripe.com/changelog.  Stripe may show an older version a key that it calls backward
compatible; no reader of that version can count on it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..api_versions import (
    ACACIA_FIRST,
    BASIL_FIRST,
    CLOVER_FIRST,
    DAHLIA_FIRST,
    ENDIVE_FIRST,
    MARKETING_FEATURES,
)

# The version that brought them -> object -> paths inside it
ABSENT_BEFORE: Mapping[str, Mapping[str, str]] = {
    ENDIVE_FIRST: {
        "billing_portal.configuration": "features.subscription_pause",
        "billing_portal.session": "flow.subscription_pause",
        "checkout.session": "allowed_payment_method_types",
        "dispute": "evidence_details.submission_method intended_submission_method",
        "invoice": "status_details",
        "payment_intent": "payment_record",
        "payment_link": (
            "subscription_data.invoice_settings.account_tax_ids "
            "subscription_data.invoice_settings.custom_fields "
            "subscription_data.invoice_settings.description subscription_data.invoice_settings.footer"
        ),
        "product": "tax_details",
        "subscription": "status_details trial_settings.end_behavior.billing_cycle_anchor",
        "subscription_item": "current_trial",
    },
    DAHLIA_FIRST: {
        "billing_portal.configuration": "features.subscription_cancel.cancellation_reason.feedback_options",
        "billing_portal.session": "flow.customer_update",
        "charge": (
            "payment_method_details.card.electronic_commerce_indicator "
            "payment_method_details.card.transaction_link_id"
        ),
        "checkout.session": "managed_payments integration_identifier",
        "dispute": "payment_method_details.card.network",
        "invoice": "amount_paid_off_stripe",
        "invoiceitem": "proration_details.credited_items quantity_decimal frozen_fields",
        "line_item": "quantity_decimal",
        "payment_intent": "allowed_payment_method_types managed_payments",
        "payment_link": "managed_payments payment_method_options",
        "refund": "customer customer_account payment_method",
        "setup_intent": "allowed_payment_method_types managed_payments",
        "subscription": (
            "billing_schedules cancellation_details.feedback_option invoice_settings.custom_fields "
            "invoice_settings.description invoice_settings.footer managed_payments"
        ),
        "subscription_item": "billed_until",
    },
    CLOVER_FIRST: {
        "billing_portal.configuration": (
            "features.payment_method_update.payment_method_configuration "
            "features.subscription_update.billing_cycle_anchor "
            "features.subscription_update.trial_update_behavior"
        ),
        "billing_portal.session": "customer_account",
        "checkout.session": (
            "branding_settings customer_account collected_information.business_name "
            "collected_information.individual_name customer_details.business_name "
            "customer_details.individual_name excluded_payment_method_types name_collection"
        ),
        "customer": "business_name customer_account individual_name",
        "customer_balance_transaction": "customer_account",
        "discount": "customer_account source",
        "invoice": "customer_account",
        "invoiceitem": "customer_account net_amount proration_details",
        "item": "adjustable_quantity metadata",
        "line_item": "subtotal",
        "payment_intent": "customer_account hooks payment_details",
        "payment_link": "name_collection",
        "promotion_code": "customer_account promotion",
        "setup_intent": "customer_account excluded_payment_method_types",
        "subscription": "billing_mode.flexible customer_account",
        "payment_method": "customer_account",
    },
    BASIL_FIRST: {
        "billing_portal.configuration": "name",
        "balance_transaction": "balance_type",
        "charge": "billing_details.tax_id presentment_details",
        "checkout.session": (
            "automatic_tax.provider optional_items origin_context permissions presentment_details "
            "wallet_options"
        ),
        "customer_balance_transaction": "checkout_session",
        "invoice": ("amount_overpaid automatic_tax.provider confirmation_secret parent payments total_taxes"),
        "invoiceitem": "parent pricing",
        "line_item": "parent pricing taxes",
        "payment_intent": "excluded_payment_method_types presentment_details",
        "payment_link": "optional_items",
        "payment_method": "billing_details.tax_id",
        "refund": "pending_reason presentment_details",
        "subscription": "billing_mode",
        "subscription_item": "current_period_end current_period_start",
    },
    ACACIA_FIRST: {
        "billing_portal.configuration": "features.subscription_update.schedule_at_period_end",
        "charge": (
            "outcome.advice_code outcome.network_advice_code outcome.network_decline_code "
            "payment_method_details.card.authorization_code "
            "payment_method_details.card.network_transaction_id "
            "payment_method_details.card.regulated_status"
        ),
        "checkout.session": "adaptive_pricing collected_information discounts",
        "dispute": (
            "enhanced_eligibility_types evidence.enhanced_evidence evidence_details.enhanced_eligibility"
        ),
        "invoice": "automatic_tax.disabled_reason total_pretax_credit_amounts",
        "line_item": "pretax_credit_amounts",
        "payment_method": "card.regulated_status",
        "subscription": "automatic_tax.disabled_reason",
    },
    MARKETING_FEATURES: {
        "checkout.session": "tax_id_collection.required",
        "invoice": "automatically_finalizes_at",
        "line_item": "invoice",
        "payment_link": "tax_id_collection.required",
        "payment_method": "allow_redisplay card.display_brand card.generated_from",
        "plan": "meter",
        "price": "recurring.meter",
        "product": "marketing_features",
        "subscription": "discounts invoice_settings",
        "subscription_item": "discounts",
    },
}
# The version that renamed them -> (object, key) -> the word since then -> the word before
WORDS_BEFORE: Mapping[str, Mapping[tuple[str, str], Mapping[str, str]]] = {
    DAHLIA_FIRST: {
        ("checkout.session", "ui_mode"): {
            "hosted_page": "hosted",
            "embedded_page": "embedded",
            "elements": "custom",
        }
    },
}
