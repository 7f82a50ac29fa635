"""What a Checkout Session accepts, as data.

Source: https://docs.stripe.com/api/checkout/sessions/create, API version 2026-10-28.endive.
"""

from __future__ import annotations

from collections.abc import Mapping

from .contact_parameters import SHIPPING
from .line_items import LINE
from .metadata import Metadata
from .pages import PAGE_PARAMS
from .parameters import (
    Choice,
    Email,
    Flag,
    Hash,
    Kind,
    ListOf,
    Only,
    Span,
    Text,
    Url,
    Whole,
    harmless,
    not_simulated,
)
from .payment_method_parameters import MethodType


def _disabled(others: str = "") -> Hash:
    """A hash whose `enabled` may only be false; `others` are its further parameters."""
    return Hash({"enabled": Only("false"), **not_simulated(others)}, required=("enabled",))


_LINE_ITEM = Hash({**LINE, **not_simulated("metadata tax_rates")})

_SUBSCRIPTION_DATA = Hash(
    {
        "metadata": Metadata(),
        "trial_period_days": Whole(least=1, most=730),
        "billing_mode": Hash({"type": Only("flexible"), **not_simulated("flexible")}, required=("type",)),
        **not_simulated(
            "application_fee_percent billing_cycle_anchor billing_cycle_anchor_config default_tax_rates "
            "description invoice_settings on_behalf_of pending_invoice_item_interval proration_behavior "
            "transfer_data trial_end trial_settings"
        ),
    }
)

_PAYMENT_INTENT_DATA = Hash(
    {
        "metadata": Metadata(),
        "capture_method": Choice("automatic automatic_async", "manual"),
        "description": Text(),
        "receipt_email": Email(),
        "setup_future_usage": Choice("off_session on_session"),
        "shipping": SHIPPING,
        "statement_descriptor": Text(most=22),
        "statement_descriptor_suffix": Text(most=22),
        "transfer_group": Text(),
        **not_simulated("application_fee_amount on_behalf_of transfer_data"),
    }
)

_DISCOUNTS = ListOf(Hash({"coupon": Text(), "promotion_code": Text()}), most=20)

CREATE: Mapping[str, Kind] = {
    "mode": Choice("payment subscription setup"),
    "discounts": _DISCOUNTS,
    "line_items": ListOf(_LINE_ITEM),
    "success_url": Url(),
    "cancel_url": Url(),
    "customer": Text(),
    "customer_email": Email(),
    "customer_creation": Choice("always if_required"),
    "client_reference_id": Text(most=200),
    "expires_at": Whole(),
    "metadata": Metadata(),
    "subscription_data": _SUBSCRIPTION_DATA,
    "payment_intent_data": _PAYMENT_INTENT_DATA,
    "setup_intent_data": Hash(
        {"metadata": Metadata(), "description": Text(), **not_simulated("on_behalf_of")},
    ),
    "currency": Text(),
    "allow_promotion_codes": Flag(),
    "allowed_payment_method_types": ListOf(MethodType()),
    "billing_address_collection": Choice("auto required"),
    "locale": Text(most=20),
    "payment_method_collection": Choice("always", "if_required"),
    "ui_mode": Choice("hosted_page", "embedded_page elements form"),
    "automatic_tax": _disabled("liability"),
    "invoice_creation": _disabled("invoice_data"),
    "phone_number_collection": _disabled(),
    "tax_id_collection": _disabled("required"),
    **harmless(
        "branding_settings custom_text customer_update integration_identifier origin_context submit_type"
    ),
    **not_simulated(
        "adaptive_pricing after_expiration consent_collection "
        "custom_fields customer_account excluded_payment_method_types managed_payments "
        "name_collection optional_items payment_method_configuration payment_method_data "
        "payment_method_options permissions redirect_on_completion return_url saved_payment_method_options "
        "shipping_address_collection shipping_options wallet_options"
    ),
}

LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "customer": Text(),
    "customer_details": Hash({"email": Email()}, required=("email",)),
    "payment_intent": Text(),
    "status": Choice("open complete expired"),
    "subscription": Text(),
    "payment_link": Text(),
    **not_simulated("customer_account"),
}
