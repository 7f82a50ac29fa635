"""What invoices and invoice items accept, as data.

Source: https://docs.stripe.com/api/invoices and https://docs.stripe.com/api/invoiceitems, API version
2026-10-28.endive.
"""

from __future__ import annotations

from collections.abc import Mapping

from .discounts import DISCOUNTS
from .metadata import Metadata
from .numbers import DecimalAmount, WholeAmount
from .pages import PAGE_PARAMS
from .parameters import (
    Choice,
    Flag,
    Hash,
    Kind,
    ListOf,
    Only,
    Span,
    Text,
    Whole,
    harmless,
    not_simulated,
)

_COLLECTION = Choice("charge_automatically send_invoice")
_SELF = Hash({"type": Only("self"), **not_simulated("account")}, required=("type",))
UNTAXED = Hash({"enabled": Only("false"), **not_simulated("liability")}, required=("enabled",))
_FIELD = Hash({"name": Text(most=40), "value": Text(most=140)}, required=("name", "value"))
_SHARED: Mapping[str, Kind] = {
    "auto_advance": Flag(),
    "automatic_tax": UNTAXED,
    "collection_method": _COLLECTION,
    "custom_fields": ListOf(_FIELD, most=4, clearable=True),
    "days_until_due": Whole(),
    "default_payment_method": Text(clearable=True),
    "description": Text(clearable=True),
    "discounts": DISCOUNTS,
    "due_date": Whole(),
    "footer": Text(clearable=True),
    "issuer": _SELF,
    "metadata": Metadata(),
    "statement_descriptor": Text(most=22, clearable=True),
    **harmless("rendering payment_settings"),
    **not_simulated(
        "account_tax_ids application_fee_amount automatically_finalizes_at default_source "
        "default_tax_rates effective_at number on_behalf_of shipping_cost shipping_details transfer_data"
    ),
}
CREATE: Mapping[str, Kind] = {
    **_SHARED,
    "currency": Text(),
    "customer": Text(),
    "pending_invoice_items_behavior": Choice("exclude include"),
    "subscription": Text(),
    **not_simulated("customer_account from_invoice"),
}
UPDATE: Mapping[str, Kind] = _SHARED
PAY: Mapping[str, Kind] = {
    "off_session": Flag(),
    "forgive": Only("false"),
    "paid_out_of_band": Flag(),
    "payment_method": Text(),
    **not_simulated("mandate source"),
}
FINALIZE: Mapping[str, Kind] = {"auto_advance": Flag()}
LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "collection_method": _COLLECTION,
    "created": Span(),
    "customer": Text(),
    "due_date": Span(),
    "status": Choice("draft open paid uncollectible void"),
    "subscription": Text(),
    **not_simulated("customer_account"),
}

PERIOD = Hash({"start": Whole(), "end": Whole()}, required=("start", "end"))
PRICE_DATA = Hash(
    {
        "currency": Text(),
        "product": Text(),
        "tax_behavior": Choice("unspecified inclusive exclusive"),
        "unit_amount": Whole(least=-(2**53)),
        "unit_amount_decimal": DecimalAmount(),
    },
    required=("currency", "product"),
)
ITEM: Mapping[str, Kind] = {
    "amount": Whole(least=-(2**53)),
    "description": Text(clearable=True),
    "discountable": Flag(),
    "metadata": Metadata(),
    "period": PERIOD,
    "price_data": PRICE_DATA,
    "pricing": Hash({"price": Text()}),
    "quantity": Whole(),
    "tax_behavior": Choice("unspecified inclusive exclusive"),
    "unit_amount_decimal": WholeAmount(least=-(2**53)),
    **not_simulated("discounts quantity_decimal tax_code tax_rates"),
}
CREATE_ITEM: Mapping[str, Kind] = {
    **ITEM,
    "currency": Text(),
    "customer": Text(),
    "invoice": Text(),
    "subscription": Text(),
    **not_simulated("customer_account"),
}
UPDATE_ITEM: Mapping[str, Kind] = {**ITEM, **not_simulated("invoicing_rules")}
LIST_ITEMS: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "customer": Text(),
    "invoice": Text(),
    "pending": Flag(),
    **not_simulated("customer_account"),
}
