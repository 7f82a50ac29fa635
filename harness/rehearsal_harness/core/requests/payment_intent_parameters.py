"""The parameters of payment intents, and which of them go together.

Source: https://docs.stripe.com/api/payment_intents.  What touches Connect, Radar, hooks and amounts in detail
is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import refusal
from .contact_parameters import SHIPPING
from .intent_parameters import AUTOMATIC, MANDATE, METHODS, RETURN_URL, FlagOrWord
from .metadata import Metadata
from .pages import PAGE_PARAMS
from .parameters import Choice, Email, Flag, Kind, Only, Span, Text, Whole, harmless, not_simulated

_LEAST_CENTS = 50  # https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
_AMOUNT = Whole(least=1, most=99_999_999)
_CAPTURE_METHOD = Choice("automatic automatic_async manual")
_USAGE = Choice("off_session on_session", clearable=True)
_TEXTS: Mapping[str, Kind] = {
    "description": Text(clearable=True),
    "receipt_email": Email(),
    "shipping": SHIPPING,
    "statement_descriptor": Text(most=22, clearable=True),
    "statement_descriptor_suffix": Text(most=22, clearable=True),
    "transfer_group": Text(),
}
_ELSEWHERE: Mapping[str, Kind] = not_simulated("amount_details hooks payment_details")
_PLATFORM: Mapping[str, Kind] = not_simulated("application_fee_amount transfer_data")
_CONFIRMING: Mapping[str, Kind] = {
    **MANDATE,
    "error_on_requires_action": Flag(),
    "off_session": FlagOrWord("one_off recurring"),
    "return_url": RETURN_URL,
    **harmless("use_stripe_sdk radar_options"),
    **not_simulated("confirmation_token mandate"),
}

CREATE: Mapping[str, Kind] = {
    **_TEXTS,
    **METHODS,
    **_CONFIRMING,
    **_ELSEWHERE,
    **_PLATFORM,
    "amount": _AMOUNT,
    "automatic_payment_methods": AUTOMATIC,
    "capture_method": _CAPTURE_METHOD,
    "confirm": Flag(),
    "confirmation_method": Choice("automatic manual"),
    "currency": Text(),
    "customer": Text(),
    "metadata": Metadata(),
    "setup_future_usage": _USAGE,
    **not_simulated("customer_account on_behalf_of payment_method_configuration"),
}
UPDATE: Mapping[str, Kind] = {
    **_TEXTS,
    **METHODS,
    **_ELSEWHERE,
    **_PLATFORM,
    "amount": _AMOUNT,
    "capture_method": _CAPTURE_METHOD,
    "currency": Text(),
    "customer": Text(),
    "metadata": Metadata(),
    "setup_future_usage": _USAGE,
    **not_simulated("customer_account payment_method_configuration"),
}
CONFIRM: Mapping[str, Kind] = {
    **METHODS,
    **_CONFIRMING,
    **_ELSEWHERE,
    "capture_method": _CAPTURE_METHOD,
    "receipt_email": Email(),
    "setup_future_usage": _USAGE,
    "shipping": SHIPPING,
    **not_simulated("amount_to_confirm"),
}
CAPTURE: Mapping[str, Kind] = {
    "amount_to_capture": _AMOUNT,
    "final_capture": Only("true"),
    "metadata": Metadata(),
    "statement_descriptor": Text(most=22),
    "statement_descriptor_suffix": Text(most=22),
    **_ELSEWHERE,
    **_PLATFORM,
}
CANCEL: Mapping[str, Kind] = {
    "cancellation_reason": Choice("abandoned duplicate fraudulent requested_by_customer")
}
LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "customer": Text(),
    **not_simulated("customer_account"),
}
RETRIEVE: Mapping[str, Kind] = {"client_secret": Text()}


def currency_of(text: str) -> str:
    """The currency in lower case; raises Refusal where it is none."""
    currency = text.lower()
    if len(currency) != 3 or not currency.isalpha():
        raise refusal.invalid(f"Invalid currency: {text[:20]}.", "currency")
    return currency


def check_amount(amount: int, currency: str) -> None:
    """Raises Refusal for less than a card takes."""
    if currency in ("usd", "eur") and amount < _LEAST_CENTS:
        sign = {"usd": "$0.50 usd", "eur": "€0.50 eur"}[currency]
        raise refusal.invalid(f"Amount must be at least {sign}", "amount", "amount_too_small")


def check_confirmation(params: Any, *, confirms: bool) -> None:
    """Some parameters mean something only where the request confirms; raises Refusal."""
    for name in ("off_session", "error_on_requires_action", "return_url", "mandate_data"):
        if not confirms and name in params and params[name] is not False:
            message = (
                f"The parameter {name} cannot be passed when creating a PaymentIntent unless confirm is set "
                "to true."
            )
            raise refusal.invalid(message, name)
    if params.get("off_session") and params.get("setup_future_usage"):
        message = (
            "The parameter setup_future_usage cannot be passed together with off_session, since the customer "
            "is not there to agree."
        )
        raise refusal.invalid(message, "setup_future_usage")


def check_return_url(params: Any, *, confirms: bool) -> None:
    """Methods that redirect need somewhere to come back to, unless none is taken; raises Refusal."""
    asked = params.get("automatic_payment_methods", {})
    redirects = asked.get("enabled") and asked.get("allow_redirects", "always") == "always"
    if confirms and redirects and "return_url" not in params and not params.get("off_session"):
        message = (
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because "
            "some of these payment methods might redirect your customer off of your page, you must provide a "
            "`return_url`. If you don't want to accept redirect-based payment methods, set "
            "`automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` "
            "to `never` when creating Setup Intents and Payment Intents."
        )
        raise refusal.invalid(message, "return_url")
