"""What a Checkout Session or a payment link says of the subscription to come.

Decides: what may be said of its trial.  Does not know: how it begins (`billing.subscription`).
Source: https://docs.stripe.com/payments/checkout/free-trials; a trial that ends at an instant is at least two
days long: https://docs.stripe.com/api/checkout/sessions/create.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..calendar import DAY_S
from . import refusal
from .operation import given, metadata_of

_SHORTEST_S = 2 * DAY_S


def subscription_of(data: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The fields of a session that `subscription_data` fills; raises Refusal.  `now` in unix seconds."""
    param = "subscription_data[trial_end]"
    if "trial_end" in data:
        if "trial_period_days" in data:
            message = "You may only specify one of these parameters: trial_end, trial_period_days."
            raise refusal.invalid(message, param)
        if data["trial_end"] < now + _SHORTEST_S:
            raise refusal.invalid("The `trial_end` date has to be at least 2 days in the future.", param)
    ending = data.get("trial_settings", {}).get("end_behavior", {})
    found = given(data, "trial_end trial_period_days") | given(ending, "missing_payment_method")
    if "description" in data:
        found["subscription_description"] = data["description"]
    return found | {"subscription_metadata": metadata_of(data)}
