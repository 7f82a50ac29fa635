"""The `billing_cycle_anchor` that a new subscription is given, as an instant or as a day.

Decides: which second a configured day means, and which anchors are refused.
Source: https://docs.stripe.com/billing/subscriptions/billing-cycle#new-subscriptions: an hour, minute or
second that is not given is that of the creation; the anchor comes before the next natural billing date.
A day that the month before the first full period does not have, and an anchor after a trial, are not
simulated.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..billing.periods import period, recurring_of
from ..objects import AnchorConfig, Price
from . import refusal
from .operation import Call
from .parameters import Hash, Kind, Whole

ANCHORS: Mapping[str, Kind] = {
    "billing_cycle_anchor": Whole(),
    "billing_cycle_anchor_config": Hash(
        {
            "day_of_month": Whole(least=1, most=31),
            "hour": Whole(most=23),
            "minute": Whole(most=59),
            "month": Whole(least=1, most=12),
            "second": Whole(most=59),
        },
        required=("day_of_month",),
    ),
}
_CONFIG = "billing_cycle_anchor_config"


def read_anchor(call: Call, prices: tuple[Price, ...]) -> dict[str, Any]:
    """The terms `anchor` (a unix second) and `anchor_config`, if any were sent; raises Refusal."""
    sent = [name for name in ANCHORS if name in call.params]
    if not sent:
        return {}
    if len(sent) > 1:
        message = f"You may only specify one of these parameters: {', '.join(sent)}."
        raise refusal.invalid(message, sent[0])
    (name,) = sent
    if call.params.keys() & {"trial_end", "trial_period_days"}:
        raise refusal.not_simulated(name, "with a trial")
    recurring = recurring_of(prices)
    config = AnchorConfig(**call.params[name]) if name == _CONFIG else None
    if config is not None and recurring.interval not in ("month", "year"):
        raise refusal.not_simulated(name, f"for an interval of one {recurring.interval}")
    anchor = call.params[name] if config is None else _instant(call.world.now, config)
    if anchor <= call.world.now:
        raise refusal.invalid("billing_cycle_anchor must be in the future.", name)
    natural = period(recurring, call.world.now, 0)[1]
    if anchor > natural:
        message = f"{name} cannot be later than next natural billing date ({natural}) for plan"
        raise refusal.invalid(message, name)
    return {"anchor": anchor, "anchor_config": config}


def _instant(now: int, config: AnchorConfig) -> int:
    """The next second of that day and time after `now`."""
    begun = datetime.fromtimestamp(now, UTC)
    clock = {name: getattr(config, name) for name in ("hour", "minute", "second")}
    time = {name: value for name, value in clock.items() if value is not None}
    for months in range(13):
        year, month = begun.year + (begun.month - 1 + months) // 12, (begun.month - 1 + months) % 12 + 1
        if config.month not in (None, month):
            continue
        if config.day_of_month > monthrange(year, month)[1]:
            raise refusal.not_simulated(
                f"{_CONFIG}[day_of_month]", f"in a month without day {config.day_of_month}"
            )
        found = int(begun.replace(year=year, month=month, day=config.day_of_month, **time).timestamp())
        if found > now:
            return found
    raise AssertionError("a year has every month")
