"""What a Checkout Session accepts, as data.

Source: https://docs.stripe.com/api/checkout/sessions/create, API version 2026-10-28.endive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import refusal
from .checkout_page_parameters import INVOICE_CREATION, PAGE
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
    Raw,
    Span,
    Text,
    Url,
    Whole,
    harmless,
    not_simulated,
)
from .payment_method_parameters import SIMULATED_TYPES, TYPE
from .shipping_rates import SHIPPING_OPTIONS

_NO_TAX = Hash({"enabled": Only("false"), **not_simulated("liability")}, required=("enabled",))
_LINE_ITEM = Hash({**LINE, "metadata": Metadata(), **not_simulated("tax_rates")})
TRIAL_SETTINGS = Hash(
    {
        "end_behavior": Hash(
            {"missing_payment_method": Choice("cancel create_invoice pause")},
            required=("missing_payment_method",),
        )
    },
    required=("end_behavior",),
)

_SUBSCRIPTION_DATA = Hash(
    {
        "metadata": Metadata(),
        "description": Text(most=500),
        "trial_end": Whole(),
        "trial_period_days": Whole(least=1, most=730),
        "trial_settings": TRIAL_SETTINGS,
        "billing_mode": Hash({"type": Only("flexible"), **not_simulated("flexible")}, required=("type",)),
        **not_simulated(
            "application_fee_percent billing_cycle_anchor billing_cycle_anchor_config default_tax_rates "
            "invoice_settings on_behalf_of pending_invoice_item_interval proration_behavior transfer_data"
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

_OTHERS = (
    "acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit bancontact "
    "billie blik boleto cashapp crypto customer_balance demo_pay eps fpx giropay grabpay ideal kakao_pay "
    "klarna konbini kr_card link mobilepay multibanco naver_pay oxxo p24 pay_by_bank payco paynow paypal "
    "payto pix revolut_pay samsung_pay satispay scalapay sepa_debit sequra sofort sunbit swish twint upi "
    "us_bank_account wechat_pay"
)
_OFFERED = frozenset(SIMULATED_TYPES)
_KNOWN = frozenset((*TYPE.simulated, *TYPE.others))


@dataclass(frozen=True, slots=True)
class OfferedTypes:
    """Kinds of payment methods, of which the page offers those that are simulated, at least one."""

    def read(self, raw: Raw, param: str) -> list[Any]:
        types: list[Any] = ListOf(Text(most=40)).read(raw, param)
        for at, each in enumerate(types):
            if each not in _KNOWN:
                message = f"Invalid {param}[{at}]: {each} is no type of payment method."
                raise refusal.invalid(message, f"{param}[{at}]")
        if types and not _OFFERED.intersection(types):
            raise refusal.not_simulated(f"{param}[0]", types[0])
        return types


# What concerns methods that the page does not offer changes nothing here.
_METHOD_OPTIONS = Hash(
    {
        "card": Hash(
            {
                "request_three_d_secure": Choice("automatic", "any challenge"),
                **harmless(
                    "installments request_extended_authorization request_incremental_authorization "
                    "request_multicapture request_overcapture restrictions statement_descriptor_suffix_kana "
                    "statement_descriptor_suffix_kanji"
                ),
                **not_simulated("capture_method setup_future_usage"),
            }
        ),
        **harmless(_OTHERS),
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
    "allowed_payment_method_types": OfferedTypes(),
    "billing_address_collection": Choice("auto required"),
    "locale": Text(most=20),
    "payment_method_collection": Choice("always if_required"),
    "ui_mode": Choice("hosted_page embedded_page elements form"),
    "return_url": Url(),
    "redirect_on_completion": Choice("always if_required never"),
    "automatic_tax": _NO_TAX,
    "invoice_creation": INVOICE_CREATION,
    **PAGE,
    "shipping_options": SHIPPING_OPTIONS,
    "after_expiration": Hash(
        {"recovery": Hash({"allow_promotion_codes": Flag(), "enabled": Flag()}, required=("enabled",))}
    ),
    "customer_update": Hash(dict.fromkeys(("address", "name", "shipping"), Choice("auto never"))),
    "saved_payment_method_options": Hash(
        {
            "allow_redisplay_filters": ListOf(Choice("always limited unspecified")),
            "payment_method_remove": Choice("disabled enabled"),
            "payment_method_save": Choice("disabled enabled"),
        }
    ),
    "payment_method_options": _METHOD_OPTIONS,
    **harmless(
        "adaptive_pricing branding_settings integration_identifier origin_context "
        "payment_method_configuration wallet_options"
    ),
    **not_simulated(
        "customer_account excluded_payment_method_types managed_payments optional_items payment_method_data "
        "permissions"
    ),
}
UPDATE: Mapping[str, Kind] = {
    "metadata": Metadata(),
    **not_simulated("collected_information line_items payment_intent_data shipping_options"),
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
