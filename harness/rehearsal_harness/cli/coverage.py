"""`rehearse coverage`: what of Stripe is simulated, and what is not.

Decides: how it is printed: one line for each operation, event type and version; with a word only the lines
that contain it, and then the parameters too.  Does not know what is simulated (`stripe_api.coverage`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from textwrap import wrap

from rehearsal_harness.cli import PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.stripe_api.coverage import Coverage, Operation, coverage
from rehearsal_specs.reader import read_rules


def run(options: argparse.Namespace) -> int:
    """0, or 2 where nothing contains the word."""
    found = coverage(read_rules())
    if options.json:
        say(json.dumps(asdict(found), indent=2))
        return PROVED
    lines = _about(found, options.word) if options.word else _everything(found)
    for line in lines:
        say(line)
    if not lines:
        error(f"nothing simulated contains '{options.word}'; without a word everything is listed")
        return USAGE
    return PROVED


def _everything(found: Coverage) -> list[str]:
    return [
        f"{len(found.operations)} operations are simulated; `rehearse coverage WORD` shows their parameters:",
        *_indented(each.operation for each in found.operations),
        "",
        f"{len(found.missing_operations)} operations of the same resources are not "
        f"({found.sdk}); they answer 404, code not_simulated:",
        *_indented(found.missing_operations),
        "",
        f"{len(found.events)} event types, and the rows of the specification that emit them "
        "(`rehearse explain ROW`):",
        *_indented(f"{event_type}: {', '.join(rows)}" for event_type, rows in found.events.items()),
        "",
        f"{len(found.missing_events)} event types of the same objects are never emitted:",
        *_indented(found.missing_events),
        "",
        "API versions, by what looks alike; any other is refused by name:",
        *_indented(", ".join(reversed(versions)) for versions in found.versions.values()),
    ]


def _about(found: Coverage, word: str) -> list[str]:
    lines = [line for each in found.operations if word in each.operation for line in _detail(each)]
    lines += [f"{each}: not simulated" for each in found.missing_operations if word in each]
    lines += [f"{each}: {', '.join(rows)}" for each, rows in found.events.items() if word in each]
    lines += [f"{each}: never emitted" for each in found.missing_events if word in each]
    versions = (each for like in found.versions.values() for each in like)
    return lines + [f"{each}: an API version that is simulated" for each in versions if word in each]


def _detail(operation: Operation) -> list[str]:
    told = (
        ("simulated", operation.parameters),
        ("accepted and ignored", operation.ignored),
        ("refused by name", operation.refused),
    )
    lines = [operation.operation]
    for verdict, names in told:
        text = f"{verdict}: {', '.join(_folded(names))}"
        lines += wrap(text, 110, initial_indent="  ", subsequent_indent="    ") if names else []
    return lines


def _folded(names: Sequence[str]) -> list[str]:
    """Many names of one hash, or many values of one name, as one: `a[b | c | d]`, `a=b | c | d`.

    >>> _folded(["a[b]", "a[c]", "a[d]", "e"])
    ['a[b | c | d]', 'e']
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for name in names:
        stem, sign, last = name.rpartition("=" if "=" in name else "[")
        alone = not stem or "=" in stem
        groups.setdefault(("", name) if alone else (stem, sign), []).append(name if alone else last)
    folded: list[str] = []
    for (stem, sign), parts in groups.items():
        if stem and len(parts) > 2 and "" not in parts:
            end = "]" if sign == "[" else ""
            folded.append(f"{stem}{sign}{' | '.join(part.removesuffix(']') for part in parts)}{end}")
        else:
            folded += [f"{stem}{sign}{part}" if stem else part for part in parts]
    return folded


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
