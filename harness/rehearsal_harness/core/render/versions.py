"""An older API version: what the newest one renders, without what came later.

Decides: which keys an object does not have in an older version, and which words were other words then.  The
renderers speak the newest version only.  Does not know: which version somebody asked for (`requests`), nor
which parameters it took (`requests.versions`).
Rule: the types of stripe-python 14.4.1, which is of 2026-02-25.clover, against those of 16.1.0; the words of
`ui_mode` also in https://docs.stripe.com/changelog/dahlia.  Stripe may show an older version a key that it
calls backward compatible; no reader of that version can count on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import NotSimulated
from ..world import API_VERSION, API_VERSIONS, CLOVER

_LATER_TYPES = "allowed_payment_method_types managed_payments"

# version -> object -> paths inside it of keys that came later
_ABSENT: Mapping[str, Mapping[str, str]] = {
    CLOVER: {
        "billing_portal.configuration": (
            "features.subscription_cancel.cancellation_reason.feedback_options features.subscription_pause"
        ),
        "billing_portal.session": "flow.customer_update flow.subscription_pause",
        "charge": (
            "payment_method_details.card.electronic_commerce_indicator "
            "payment_method_details.card.transaction_link_id"
        ),
        "checkout.session": f"{_LATER_TYPES} integration_identifier",
        "dispute": (
            "evidence_details.submission_method intended_submission_method "
            "payment_method_details.card.network"
        ),
        "invoice": "amount_paid_off_stripe",
        "invoiceitem": "proration_details.credited_items quantity_decimal",
        "line_item": "quantity_decimal",
        "payment_intent": f"{_LATER_TYPES} payment_record",
        "payment_link": (
            "managed_payments payment_method_options subscription_data.invoice_settings.account_tax_ids "
            "subscription_data.invoice_settings.custom_fields "
            "subscription_data.invoice_settings.description subscription_data.invoice_settings.footer"
        ),
        "product": "tax_details",
        "refund": "customer customer_account payment_method",
        "setup_intent": _LATER_TYPES,
        "subscription": (
            "billing_schedules cancellation_details.feedback_option invoice_settings.custom_fields "
            "invoice_settings.description invoice_settings.footer managed_payments "
            "trial_settings.end_behavior.billing_cycle_anchor"
        ),
        "subscription_item": "current_trial",
    },
}
# version -> (object, key) -> newest word -> the word it was
_WORDS: Mapping[str, Mapping[tuple[str, str], Mapping[str, str]]] = {
    CLOVER: {("checkout.session", "ui_mode"): {"hosted_page": "hosted"}},
}


def check_version(version: str) -> None:
    """Raises NotSimulated for a version that is not simulated."""
    if version not in API_VERSIONS:
        known = ", ".join(API_VERSIONS)
        raise NotSimulated(f"API version {version[:40]}; known: {known}")


def in_version(version: str, body: Any) -> Any:
    """`body`, rendered in the newest version and nobody else's, changed in place to `version`.

    An event inside it is left alone: it is told in one version for ever.
    """
    if version != API_VERSION:
        _walk(_ABSENT[version], _WORDS[version], body)
    return body


def _walk(absent: Mapping[str, str], words: Mapping[tuple[str, str], Mapping[str, str]], value: Any) -> None:
    if isinstance(value, list):
        for each in value:
            _walk(absent, words, each)
    elif isinstance(value, dict) and value.get("object") != "event":
        kind = value.get("object")
        if isinstance(kind, str):
            for path in absent.get(kind, "").split():
                _remove(value, path.split("."))
            for (_, key), renamed in ((at, each) for at, each in words.items() if at[0] == kind):
                value[key] = renamed.get(value[key], value[key])
        for each in value.values():
            _walk(absent, words, each)


def _remove(value: Any, path: list[str]) -> None:
    for key in path[:-1]:
        value = value.get(key)
        if not isinstance(value, dict):
            return
    value.pop(path[-1], None)
