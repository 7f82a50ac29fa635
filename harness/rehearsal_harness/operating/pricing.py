"""What is left of a monthly price: Stripe's fee, refunds, and what each customer's usage costs.

Decides: the arithmetic of a plan with a hosted cap, and when a snapshot of it is too old to rest on.  Pure:
the clock is passed in.  Amounts are cents; fractions are exact decimals until they are shown, then rounded
half up.  A refund gives the whole price back; Stripe keeps its fee (https://docs.stripe.com/refunds).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

STALE_S = 30 * 86_400
SHARES = (Decimal(0), Decimal("0.5"), Decimal(1))
FORM = 1


class PricingError(ValueError):
    """An input or a snapshot is wrong; the message names the field and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """A plan.  `unit_cost_cents` is what one unit of hosted usage costs, `cap_units` how many are included.

    `fee_percent` and `fee_fixed_cents` are Stripe's; `refund_percent` of payments are given back.
    """

    price_cents: int
    unit_cost_cents: Decimal
    cap_units: int
    fee_percent: Decimal = Decimal("2.9")
    fee_fixed_cents: int = 30
    refund_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What is left of one month of a customer who uses `share` of the cap."""

    share: Decimal
    cost_cents: Decimal
    margin_cents: Decimal
    margin_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The margins at 0, 50 and 100 % of the cap, and the cap at which the last of them is nothing.

    `break_even_units` is None where usage costs nothing, and 0 where the price alone does not carry the fee.
    """

    inputs: Inputs
    margins: tuple[Margin, ...]
    break_even_units: int | None


def model_of(inputs: Inputs) -> Model:
    """The model; raises PricingError."""
    _check(inputs)
    price = Decimal(inputs.price_cents)
    fee = price * inputs.fee_percent / 100 + inputs.fee_fixed_cents
    left = price - fee - price * inputs.refund_percent / 100
    margins = []
    for share in SHARES:
        cost = inputs.unit_cost_cents * inputs.cap_units * share
        margin = left - cost
        margins.append(
            Margin(share=share, cost_cents=cost, margin_cents=margin, margin_percent=margin * 100 / price)
        )
    even = None if inputs.unit_cost_cents == 0 else max(0, int(left / inputs.unit_cost_cents))
    return Model(inputs=inputs, margins=tuple(margins), break_even_units=even)


def inputs_of(raw: Mapping[str, Any]) -> Inputs:
    """Inputs from plain data; raises PricingError naming the field."""
    known = {field.name: field for field in fields(Inputs)}
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise PricingError(f"'{unknown[0]}' is unknown; known are {', '.join(known)}")
    missing = [name for name in ("price_cents", "unit_cost_cents", "cap_units") if raw.get(name) is None]
    if missing:
        flag = f"--{missing[0].replace('_', '-')} N"
        raise PricingError(f"{missing[0]} is missing: add {flag}, or give a file of inputs with --inputs")
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if value is not None:
            values[name] = _number(name, value, whole=known[name].type == "int")
    inputs = Inputs(**values)
    _check(inputs)
    return inputs


def _number(name: str, value: Any, *, whole: bool) -> int | Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise PricingError(f"{name} is no number") from None
    if not number.is_finite() or (whole and number != int(number)):
        raise PricingError(f"{name} is {'no whole' if whole else 'no finite'} number")
    return int(number) if whole else number


def _check(inputs: Inputs) -> None:
    for field in fields(Inputs):
        if getattr(inputs, field.name) < 0:
            raise PricingError(f"{field.name} is below 0")
    for name in ("fee_percent", "refund_percent"):
        if getattr(inputs, name) > 100:
            raise PricingError(f"{name} is above 100")
    if inputs.price_cents == 0:
        raise PricingError("price_cents is 0; a price is 1 or more")


def cents(value: Decimal) -> str:
    """An amount of cents as dollars: 12.34; halves go up."""
    return str((value / 100).quantize(Decimal("0.01"), ROUND_HALF_UP))


def percent(value: Decimal) -> str:
    """One decimal place; halves go up."""
    return str(value.quantize(Decimal("0.1"), ROUND_HALF_UP))


def digest_of(inputs: Inputs) -> str:
    """Which inputs a snapshot rests on."""
    return sha256(json.dumps(_plain(inputs), sort_keys=True).encode()).hexdigest()


def snapshot_of(model: Model, now: int) -> dict[str, Any]:
    """JSON-ready data: the model, its date and the digest of its inputs."""
    return {
        "form": FORM,
        "taken_at": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "inputs": _plain(model.inputs),
        "inputs_digest": digest_of(model.inputs),
        "margins": [
            {
                "share_percent": str(each.share * 100),
                "margin_cents": str(each.margin_cents.quantize(Decimal("0.01"))),
            }
            for each in model.margins
        ],
        "break_even_units": model.break_even_units,
    }


def why_stale(snapshot: Mapping[str, Any], now: int, inputs: Inputs | None = None) -> str:
    """Why nobody should rest on this snapshot at `now` (unix seconds); "" when one may."""
    try:
        taken = int(datetime.fromisoformat(snapshot["taken_at"]).timestamp())
        stated = inputs_of(snapshot["inputs"])
        digest = snapshot["inputs_digest"]
    except (LookupError, TypeError, ValueError):
        return "it is no pricing snapshot"
    if digest != digest_of(stated):
        return "its inputs are not those that its digest names"
    if inputs is not None and digest != digest_of(inputs):
        return "the inputs have changed since"
    if taken > now:
        return "it is dated in the future"
    if now - taken > STALE_S:
        return f"it is {(now - taken) // 86_400} days old; at most {STALE_S // 86_400} are allowed"
    return ""


def _plain(inputs: Inputs) -> dict[str, Any]:
    """One spelling for equal numbers: 2.90 and 2.9 are the same fee."""
    return {
        name: str(value.normalize()) if isinstance(value, Decimal) else value
        for name, value in asdict(inputs).items()
    }
