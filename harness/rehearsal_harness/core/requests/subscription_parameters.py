"""What subscriptions accept, as data.

Source: https://docs.stripe.com/api/subscriptions, API version 2026-10-28.endive.
"""

from __future__ import annotations

from collections.abc import Mapping

from .anchors import ANCHORS
from .contact_parameters import Clearable
from .discounts import DISCOUNTS
from .first_invoice import FURTHER_ITEM, RECURRING_PRICE_DATA
from .metadata import Metadata
from .numbers import InstantOrNow
from .pages import PAGE_PARAMS
from .parameters import (
    Choice,
    Flag,
    Hash,
    InstantOrWord,
    Kind,
    ListOf,
    Only,
    Span,
    Text,
    Whole,
    not_simulated,
)

_FEEDBACK = (
    "customer_service low_quality missing_features other switched_service too_complex too_expensive unused"
)

_ITEM = Hash(
    {
        "price": Text(),
        "quantity": Whole(most=999_999),
        "price_data": RECURRING_PRICE_DATA,
        "metadata": Metadata(),
        "plan": Text(),
        **not_simulated("billing_thresholds current_trial discounts tax_rates"),
    },
    also={"plan": "price"},
)

_CHANGED_ITEM = Hash(
    {
        "id": Text(),
        "price": Text(),
        "quantity": Whole(most=999_999),
        "deleted": Flag(),
        "metadata": Metadata(),
        "plan": Text(),
        **not_simulated("billing_thresholds clear_usage current_trial discounts price_data tax_rates"),
    },
    also={"plan": "price"},
)

_SHARED_NOT_SIMULATED = (
    "application_fee_percent automatic_tax billing_schedules "
    "billing_thresholds default_source default_tax_rates invoice_settings "
    "on_behalf_of pending_invoice_item_interval transfer_data trial_from_plan"
)

_TRIAL_SETTINGS = Hash(
    {
        "end_behavior": Hash(
            {
                "missing_payment_method": Choice("cancel create_invoice pause"),
                **not_simulated("billing_cycle_anchor"),
            },
        )
    },
    required=("end_behavior",),
)
_PAYMENT_SETTINGS = Hash(
    {
        "save_default_payment_method": Choice("off on_subscription"),
        **not_simulated("payment_method_options payment_method_types"),
    }
)

_CANCELLATION_DETAILS = Hash(
    {
        "comment": Text(clearable=True),
        "feedback": Choice(_FEEDBACK, clearable=True),
        **not_simulated("feedback_option"),
    }
)

# All items of a subscription have one period here, so that the first end of one is also the last.
_CANCEL_AT = InstantOrWord("min_period_end max_period_end", "max_billed_until")

CREATE: Mapping[str, Kind] = {
    **ANCHORS,
    "add_invoice_items": ListOf(Hash(FURTHER_ITEM), most=20),
    "customer": Text(),
    "items": ListOf(_ITEM, most=20),
    "metadata": Metadata(),
    "trial_period_days": Whole(least=1, most=730),
    "collection_method": Choice("charge_automatically send_invoice"),
    "days_until_due": Whole(),
    "default_payment_method": Text(),
    "description": Text(most=500),
    "discounts": DISCOUNTS,
    "payment_settings": _PAYMENT_SETTINGS,
    "trial_end": InstantOrNow(),
    "trial_settings": _TRIAL_SETTINGS,
    "billing_mode": Hash({"type": Only("flexible"), **not_simulated("flexible")}, required=("type",)),
    "payment_behavior": Choice(
        "allow_incomplete default_incomplete error_if_incomplete", "pending_if_incomplete"
    ),
    "off_session": Flag(),
    "cancel_at": _CANCEL_AT,
    "cancel_at_period_end": Flag(),
    "proration_behavior": Choice("create_prorations none always_invoice"),
    **not_simulated(f"{_SHARED_NOT_SIMULATED} backdate_start_date currency customer_account"),
}

UPDATE: Mapping[str, Kind] = {
    "add_invoice_items": ListOf(Hash(FURTHER_ITEM), most=20),
    "billing_cycle_anchor": Hash({"type": Choice("now unchanged")}, required=("type",)),
    "cancel_at": _CANCEL_AT,
    "cancel_at_period_end": Flag(),
    "cancellation_details": _CANCELLATION_DETAILS,
    "collection_method": Choice("charge_automatically send_invoice"),
    "days_until_due": Whole(),
    "default_payment_method": Text(clearable=True),
    "description": Text(most=500, clearable=True),
    "discounts": DISCOUNTS,
    "items": ListOf(_CHANGED_ITEM, most=20),
    "off_session": Flag(),
    "payment_settings": _PAYMENT_SETTINGS,
    "pause_collection": Clearable(
        Hash(
            {"behavior": Choice("keep_as_draft mark_uncollectible void"), "resumes_at": Whole()},
            required=("behavior",),
        )
    ),
    "payment_behavior": Choice(
        "allow_incomplete error_if_incomplete", "default_incomplete pending_if_incomplete"
    ),
    "proration_behavior": Choice("create_prorations none always_invoice"),
    "proration_date": Whole(),
    "metadata": Metadata(),
    "trial_end": InstantOrNow(),
    "trial_settings": _TRIAL_SETTINGS,
    **not_simulated(_SHARED_NOT_SIMULATED),
}

CANCEL: Mapping[str, Kind] = {
    "invoice_now": Flag(),
    "prorate": Flag(),
    "cancellation_details": _CANCELLATION_DETAILS,
}

_PREVIEW_NOT_SIMULATED = "billing_mode billing_schedules default_tax_rates metadata pause start_date"
PREVIEW: Mapping[str, Kind] = {
    "billing_cycle_anchor": Hash(
        {"type": Choice("now unchanged", "timestamp"), **not_simulated("timestamp")}, required=("type",)
    ),
    "cancel_at": _CANCEL_AT,
    "cancel_at_period_end": Flag(),
    "cancel_now": Flag(),
    "items": UPDATE["items"],
    "proration_behavior": UPDATE["proration_behavior"],
    "proration_date": Whole(),
    "resume_at": Only("now"),
    "trial_end": InstantOrNow(),
    **not_simulated(_PREVIEW_NOT_SIMULATED),
}
# Before 2026-09-30.endive the anchor was a bare word.
PREVIEW_BEFORE_ENDIVE: Mapping[str, Kind] = {**PREVIEW, "billing_cycle_anchor": Choice("now unchanged")}

LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "collection_method": Choice("charge_automatically send_invoice"),
    "created": Span(),
    "current_period_end": Span(),
    "current_period_start": Span(),
    "customer": Text(),
    "price": Text(),
    "status": Choice(
        "active all canceled ended incomplete incomplete_expired past_due paused trialing unpaid"
    ),
    "test_clock": Text(),
    **not_simulated("automatic_tax customer_account plan"),
}
