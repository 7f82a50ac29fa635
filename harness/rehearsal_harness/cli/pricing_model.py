"""`rehearse pricing-model`: the margins of a price, and a dated snapshot of them."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from rehearsal_harness.cli import FINDING, PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.operating.pricing import (
    Inputs,
    Model,
    PricingError,
    cents,
    inputs_of,
    model_of,
    percent,
    snapshot_of,
    why_stale,
)
from rehearsal_harness.whole_files import write_whole
from rehearsal_specs.diagnostics import SpecError

FLAGS = ("price_cents", "unit_cost_cents", "cap_units", "fee_percent", "fee_fixed_cents", "refund_percent")


def run(options: argparse.Namespace) -> int:
    """0 when the snapshot was written, or may be rested on."""
    try:
        given = _given(options)
        if options.check:
            return _checked(options.snapshot, inputs_of(given) if given else None)
        model = model_of(inputs_of(given))
    except (PricingError, SpecError) as problem:
        error(str(problem))
        return USAGE
    snapshot = snapshot_of(model, int(time.time()))
    options.snapshot.parent.mkdir(parents=True, exist_ok=True)
    write_whole(options.snapshot, (json.dumps(snapshot, indent=2) + "\n").encode())
    if options.json:
        say(json.dumps(snapshot, indent=2))
    else:
        _show(model)
        say(f"snapshot {options.snapshot}, good for 30 days")
    return PROVED


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The inputs of the file, with the flags in front; raises PricingError and SpecError."""
    flags = {name: getattr(options, name) for name in FLAGS if getattr(options, name) is not None}
    if options.inputs is None:
        return flags
    from rehearsal_specs.source import read_source

    found = read_source(options.inputs).data
    if not isinstance(found, dict):
        raise PricingError(f"{options.inputs}: expected NAME: number lines")
    return {**found, **flags}


def _checked(path: Path, inputs: Inputs | None) -> int:
    try:
        snapshot = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        error(f"{path}: there is no snapshot. Make one: rehearse pricing-model --price-cents N …")
        return FINDING
    except ValueError:
        error(f"{path}: no JSON. Make it again: rehearse pricing-model --price-cents N …")
        return FINDING
    reason = why_stale(snapshot, int(time.time()), inputs)
    if reason:
        error(f"{path}: {reason}. Make it again: rehearse pricing-model --price-cents N …")
        return FINDING
    say(f"{path} is current, of {snapshot['taken_at']}")
    return PROVED


def _show(model: Model) -> None:
    inputs = model.inputs
    fee = f"{inputs.fee_percent} % + {inputs.fee_fixed_cents / 100:.2f}"
    usage = f"{inputs.cap_units} units at {inputs.unit_cost_cents} cents"
    say(f"price {inputs.price_cents / 100:.2f}, fee {fee}, refunds {inputs.refund_percent} %, cap {usage}")
    for each in model.margins:
        say(
            f"  {each.share * 100:3.0f} % of the cap   usage {cents(each.cost_cents):>10}   "
            f"left {cents(each.margin_cents):>10}   {percent(each.margin_percent):>6} %"
        )
    if model.break_even_units is None:
        say("  usage costs nothing, so no cap breaks even")
    else:
        say(f"  nothing is left at a cap of {model.break_even_units} units")
