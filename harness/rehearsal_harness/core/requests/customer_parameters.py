"""The parameters of customers, and what they say.

Source: https://docs.stripe.com/api/customers/create.  `tax` matters to automatic tax alone, which is not
simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..objects import Customer
from . import refusal
from .contact_parameters import ADDRESS, CUSTOMER_SHIPPING, Clearable, address_of, shipping_of
from .customer_balance import BALANCE
from .customer_tax_ids import TAX_ID_DATA
from .metadata import Metadata
from .operation import given, metadata_of
from .pages import PAGE_PARAMS
from .parameters import (
    Choice,
    Email,
    Hash,
    Kind,
    ListOf,
    Only,
    Raw,
    Span,
    Text,
    Whole,
    harmless,
    not_simulated,
    text_of,
)
from .payment_method_parameters import SourceOrCard

_PLAIN = "email name phone description invoice_prefix next_invoice_sequence"
_DETAILS = "tax_exempt business_name individual_name"


@dataclass(frozen=True, slots=True)
class _Prefix:
    """Three to twelve capitals and digits, with which the numbers of a customer's invoices begin."""

    def read(self, raw: Raw, param: str) -> str:
        text = text_of(raw, param)
        if not (3 <= len(text) <= 12 and text.isascii() and text.isalnum() and text == text.upper()):
            message = f"Invalid {param}: must be 3 to 12 uppercase letters or numbers"
            raise refusal.invalid(message, param)
        return text


_INVOICE_SETTINGS = Hash(
    {
        "custom_fields": ListOf(
            Hash({"name": Text(most=40), "value": Text(most=140)}, required=("name", "value")),
            most=4,
            clearable=True,
        ),
        "default_payment_method": Text(clearable=True),
        "footer": Text(clearable=True),
        "rendering_options": Clearable(
            Hash(
                {
                    "amount_tax_display": Choice("exclude_tax include_inclusive_tax", clearable=True),
                    **not_simulated("template"),
                }
            )
        ),
    }
)
_FIELDS: Mapping[str, Kind] = {
    "address": Clearable(ADDRESS),
    "balance": BALANCE,
    "business_name": Text(most=150, clearable=True),
    "description": Text(clearable=True),
    "email": Email(),
    "individual_name": Text(most=150, clearable=True),
    "invoice_prefix": _Prefix(),
    "invoice_settings": _INVOICE_SETTINGS,
    "metadata": Metadata(),
    "name": Text(most=256, clearable=True),
    "next_invoice_sequence": Whole(least=1),
    "phone": Text(most=20, clearable=True),
    "preferred_locales": ListOf(Text()),
    "shipping": CUSTOMER_SHIPPING,
    "source": SourceOrCard(),
    "tax_exempt": Choice("exempt none reverse", clearable=True),
    "validate": Only("true"),
    **harmless("tax"),
    **not_simulated("cash_balance"),
}
CREATE: Mapping[str, Kind] = {
    **_FIELDS,
    "payment_method": Text(),
    "test_clock": Text(),
    "tax_id_data": TAX_ID_DATA,
}
UPDATE: Mapping[str, Kind] = {**_FIELDS, "default_source": Text()}
LIST: Mapping[str, Kind] = {**PAGE_PARAMS, "created": Span(), "email": Text(), "test_clock": Text()}


def fields_of(params: Mapping[str, Any], old: Customer) -> dict[str, Any]:
    """The fields of `old` that the parameters say, payment methods and sources excepted."""
    details = given(params, _DETAILS)
    if "tax_exempt" in details:
        details["tax_exempt"] = details["tax_exempt"] or "none"
    if "address" in params:
        details["address"] = address_of(params["address"])
    if "shipping" in params:
        details["shipping"] = shipping_of(params["shipping"])
    if "preferred_locales" in params:
        details["preferred_locales"] = tuple(params["preferred_locales"])
    settings = params.get("invoice_settings", {})
    details |= given(settings, "footer")
    if "custom_fields" in settings:
        pairs = ((field["name"], field["value"]) for field in settings["custom_fields"])
        details["custom_fields"] = tuple(pairs)
    if "rendering_options" in settings:
        details["amount_tax_display"] = (settings["rendering_options"] or {}).get("amount_tax_display")
    return {
        **given(params, _PLAIN),
        "metadata": metadata_of(params, old.metadata),
        "details": replace(old.details, **details) if details else old.details,
    }
