"""What a Checkout Session and a payment link let a merchant ask on the page, as data.

Decides: which questions there are.  Does not know which of them a mode has (`checkout_page`).
Source: https://docs.stripe.com/api/checkout/sessions/create and https://docs.stripe.com/api/payment-link/create,
API version 2026-10-28.endive; countries that cannot be sent to: the `allowed_countries` of both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from . import refusal
from .contact_parameters import Clearable
from .metadata import Metadata
from .parameters import Choice, Flag, Hash, Kind, ListOf, Raw, Text, Whole, harmless, not_simulated, text_of

_NOT_SENT_TO = frozenset(
    ["AS", "CX", "CC", "CU", "HM", "IR", "KP", "MH", "FM", "NF", "MP", "PW", "SD", "SY", "UM", "VI"]
)
_COUNTRY = re.compile("[A-Z]{2}")
_KEY = re.compile("[A-Za-z0-9_]+")
TEXT_PLACES = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


@dataclass(frozen=True, slots=True)
class Country:
    """A country that Checkout sends to, as two capitals."""

    def read(self, raw: Raw, param: str) -> str:
        text = text_of(raw, param)
        if not _COUNTRY.fullmatch(text) or text in _NOT_SENT_TO:
            raise refusal.invalid(
                f"Invalid {param}: {text[:20]} is no country that Checkout ships to.", param
            )
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphanumeric:
    """Letters and digits; an underscore too, as open-source shops have it in their keys (TryGhost/Ghost)."""

    most: int

    def read(self, raw: Raw, param: str) -> str | None:
        text = Text(most=self.most).read(raw, param)
        if text is not None and not _KEY.fullmatch(text):
            raise refusal.invalid(f"Invalid {param}: must be alphanumeric.", param)
        return text


_OPTION = Hash({"label": Text(most=100), "value": Alphanumeric(most=100)}, required=("label", "value"))
_LENGTHS: Mapping[str, Kind] = {
    "default_value": Text(most=255),
    "maximum_length": Whole(least=1, most=255),
    "minimum_length": Whole(least=1, most=255),
}
_FIELD = Hash(
    {
        "key": Alphanumeric(most=200),
        "label": Hash(
            {"custom": Text(most=100), "type": Choice("custom")},
            required=("custom", "type"),
        ),
        "type": Choice("dropdown numeric text"),
        "optional": Flag(),
        "dropdown": Hash(
            {"default_value": Text(most=100), "options": ListOf(_OPTION, most=200)}, required=("options",)
        ),
        "numeric": Hash(_LENGTHS),
        "text": Hash(_LENGTHS),
    },
    required=("key", "label", "type"),
)
_MESSAGE = Clearable(Hash({"message": Text(most=1200)}, required=("message",)))
_NAMED = Hash({"enabled": Flag(), "optional": Flag()}, required=("enabled",))
_ADJUSTABLE: Mapping[str, Kind] = {
    "enabled": Flag(),
    "maximum": Whole(least=1, most=999_999),
    "minimum": Whole(most=999_998),
}
ADJUSTABLE = Hash(_ADJUSTABLE, required=("enabled",))
INVOICE_CREATION = Hash(
    {
        "enabled": Flag(),
        "invoice_data": Hash(
            {
                "custom_fields": ListOf(
                    Hash({"name": Text(most=40), "value": Text(most=140)}, required=("name", "value")),
                    most=4,
                    clearable=True,
                ),
                "description": Text(most=1500),
                "footer": Text(),
                "metadata": Metadata(),
                **harmless("rendering_options"),
                **not_simulated("account_tax_ids issuer"),
            }
        ),
    },
    required=("enabled",),
)
PAGE: Mapping[str, Kind] = {
    "consent_collection": Hash(
        {
            "payment_method_reuse_agreement": Hash({"position": Choice("auto hidden")}, ("position",)),
            "promotions": Choice("auto none"),
            "terms_of_service": Choice("none required"),
        }
    ),
    "custom_fields": ListOf(_FIELD, most=3, clearable=True),
    "custom_text": Hash(dict.fromkeys(TEXT_PLACES, _MESSAGE)),
    "name_collection": Hash({"business": _NAMED, "individual": _NAMED}),
    "phone_number_collection": Hash({"enabled": Flag()}, required=("enabled",)),
    "shipping_address_collection": Clearable(
        Hash({"allowed_countries": ListOf(Country(), most=300)}, required=("allowed_countries",))
    ),
    "submit_type": Choice("auto book donate pay subscribe"),
    "tax_id_collection": Hash(
        {"enabled": Flag(), "required": Choice("if_supported never")}, required=("enabled",)
    ),
}
