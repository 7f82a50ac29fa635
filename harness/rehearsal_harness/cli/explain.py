"""`rehearse explain ID`: what a row, property, fault or event type says, why, and where that comes from."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from rehearsal_harness.cli import PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_specs.reader import read_event_types, read_faults, read_properties, read_rules


def run(options: argparse.Namespace) -> int:
    """0 when something has that id, 2 otherwise."""
    known = everything()
    found = known.get(options.id)
    if found is None:
        near = difflib.get_close_matches(options.id, known, n=5, cutoff=0.4)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        error(
            f"nothing is called '{options.id}' ({len(known)} rows, properties, faults and event types).{hint}"
        )
        return USAGE
    kind, value = found
    say(f"{options.id} ({kind})")
    for field in fields(value):
        shown = getattr(value, field.name)
        if field.name not in ("id", "name") and shown not in ("", None, False):
            say(f"  {_label(kind, field.name):<9} {', '.join(shown) if isinstance(shown, tuple) else shown}")
    return PROVED


def everything() -> Mapping[str, tuple[str, Any]]:
    """Everything that has an id, with what kind of thing it is."""
    known: dict[str, tuple[str, Any]] = {row.id: ("row", row) for row in read_rules().rows}
    known |= {key: ("property", value) for key, value in read_properties().items()}
    known |= {key: ("fault", value) for key, value in read_faults().items()}
    known |= {key: ("event type", value) for key, value in read_event_types().items()}
    return known


def _label(kind: str, name: str) -> str:
    return {"before": "from", "after": "to"}.get(name, name) if kind == "row" else name
