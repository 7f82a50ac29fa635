"""What payment intents and setup intents are told in common: which methods they take, and with what.

Source: https://docs.stripe.com/api/payment_intents/create and https://docs.stripe.com/api/setup_intents/create;
`payment_method_types` went away with
https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..billing import declines
from ..change import Change
from ..objects import PaymentMethod
from ..objects.payment import IntentOptions
from . import refusal
from .operation import Call
from .parameters import Choice, Flag, Hash, Kind, ListOf, Raw, Text, Url, Whole, harmless, text_of
from .payment_method_parameters import DATA, MethodType, found, made, usable

_TYPES = ListOf(MethodType(), clearable=True)
GONE = {"payment_method_types": "payment_method_types_no_longer_supported"}
AUTOMATIC = Hash({"allow_redirects": Choice("always never"), "enabled": Flag()}, required=("enabled",))
_ACCEPTANCE = Hash(
    {"accepted_at": Whole(), "type": Choice("offline online"), **harmless("offline online")},
    required=("type",),
)
METHODS: Mapping[str, Kind] = {
    "allowed_payment_method_types": _TYPES,
    "excluded_payment_method_types": ListOf(Text(), clearable=True),
    "payment_method": Text(),
    "payment_method_data": DATA,
    **harmless("payment_method_options"),
}
MANDATE: Mapping[str, Kind] = {
    "mandate_data": Hash({"customer_acceptance": _ACCEPTANCE}, required=("customer_acceptance",))
}
RETURN_URL = Url()


@dataclass(frozen=True, slots=True)
class FlagOrWord:
    """true, false, or one of Stripe's words that mean true."""

    words: str

    def read(self, raw: Raw, param: str) -> bool:
        text = text_of(raw, param)
        return True if text in self.words.split() else Flag().read(raw, param)


def method_of(call: Call, change: Change, customer: str | None, intent: str) -> PaymentMethod | None:
    """The method that the request names or describes, None where it does neither; raises Refusal."""
    if "payment_method_data" in call.params:
        return made(change, call.params["payment_method_data"], "payment_method_data")
    if "payment_method" not in call.params:
        return None
    method = found(change, call.params["payment_method"], "payment_method")
    return usable(change, method, customer, intent)


def options_of(params: Mapping[str, Any], method: PaymentMethod | None, old: IntentOptions) -> dict[str, Any]:
    """The options that say which methods are taken; without a word Stripe chooses (dynamic methods)."""
    fields: dict[str, Any] = {}
    if "payment_method_types" in params:
        fields |= {"types": tuple(params["payment_method_types"]), "automatic": None}
    elif params.get("automatic_payment_methods", {}).get("enabled"):
        fields["automatic"] = params["automatic_payment_methods"].get("allow_redirects", "always")
    for name in ("allowed", "excluded"):
        if f"{name}_payment_method_types" in params:
            fields[name] = tuple(params[f"{name}_payment_method_types"])
    if fields.get("allowed"):
        fields["types"] = fields["allowed"]
    taken = fields.get("types", old.types)
    if method is not None and declines.type_of(method) not in taken:
        if "payment_method_types" in params:
            raise wrong_type(method, taken)
        fields["types"] = (*taken, declines.type_of(method))
    return fields


def wrong_type(method: PaymentMethod, taken: tuple[str, ...]) -> refusal.Refusal:
    """The intent does not take methods of this kind."""
    kind = declines.type_of(method)
    message = (
        f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Please attach a "
        f"PaymentMethod of one of the following types: {', '.join(taken)}. Alternatively update the allowed "
        f'payment_method_types for this PaymentIntent to include "{kind}".'
    )
    return refusal.invalid(message, "payment_method")
