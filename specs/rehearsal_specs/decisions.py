"""What only a person can settle: one file of decisions, read, checked, and never a secret among them.

Decides: which decisions there are (schema/decisions.json), when one is still open (a field that is null or
false), and what must not stand in such a file.  Does not know rules or modes: the gate asks for a decision by
its key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from rehearsal_specs.diagnostics import Diagnostic, SpecError, secret_prefix
from rehearsal_specs.schema_check import check
from rehearsal_specs.source import Document, Place, read_source

_SCHEMA = Path(__file__).parent / "schema" / "decisions.json"
_TOKEN = re.compile(r"(?<![\w./:@+-])[A-Za-z0-9+_=-]{32,}(?![\w./:@])")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision: its `fields`, where it stands (`path:line`), and the fields that are still `open`."""

    key: str
    fields: Mapping[str, object]
    place: str
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """One file.  `digest` is the SHA-256 of its bytes; a key that is not there is undecided."""

    path: str
    digest: str
    service: str
    by_key: Mapping[str, Decision]


@cache
def decision_fields() -> Mapping[str, tuple[str, ...]]:
    """Every decision there is, each with the fields that settle it."""
    return {key: tuple(each["required"]) for key, each in _properties().items() if "required" in each}


def decision_schema(key: str) -> Mapping[str, Any]:
    """The JSON schema of one decision, `$comment` included; raises KeyError."""
    found: Mapping[str, Any] = _properties()[key]
    return found


@cache
def _properties() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_SCHEMA.read_text("utf-8"))["properties"]
    return found


def read_decisions(path: str | Path) -> Decisions:
    """One file of decisions; raises SpecError.  What looks like a secret is named by its place only."""
    document = read_source(path)
    leaks = dict(_leaks(document))
    flaws = [*document.problems, *check(document, "decisions")]
    problems = [*leaks.values(), *(each for each in flaws if (each.line, each.column) not in leaks)]
    if problems:
        raise SpecError(problems)
    data = cast(dict[str, Any], document.data)
    decisions = {key: _decision(document, key, each) for key, each in data.items() if key != "service"}
    return Decisions(path=document.path, digest=document.digest, service=data["service"], by_key=decisions)


def _decision(document: Document, key: str, fields: dict[str, object]) -> Decision:
    settled = decision_fields()[key]
    return Decision(
        key=key,
        fields=fields,
        place=f"{document.path}:{document.keys[(key,)][0]}",
        open=tuple(name for name in settled if fields[name] is None or fields[name] is False),
    )


def looks_secret(text: str) -> bool:
    """Is it shaped like a key, a signing secret, a token or a card number?"""
    if secret_prefix(text):
        return True
    if any(_luhn(re.sub(r"\D", "", each)) for each in _DIGITS.findall(text)):
        return True
    return any(not _UUID.fullmatch(each) and _is_mixed(each) for each in _TOKEN.findall(text))


def _is_mixed(token: str) -> bool:
    """Letters and digits together, as in generated text; words joined by hyphens have no digits."""
    return any(each.isdigit() for each in token) and any(each.isalpha() for each in token)


def _luhn(number: str) -> bool:
    digits = [int(each) for each in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * each, 10)) for each in digits[1::2])) % 10 == 0


def _leaks(document: Document) -> Iterator[tuple[Place, Diagnostic]]:
    """By its place, each key and value that must not stand here."""
    allowed = "names, dates and amounts; a secret belongs in the host's secret store"
    for keys, place in {**document.values, **document.keys}.items():
        value = document.get(*keys)
        if isinstance(value, str | int) and looks_secret(str(value)):
            at = document.values[keys]
            yield at, document.at_value(keys, "a value that looks like a secret", allowed)
        if keys and looks_secret(str(keys[-1])):
            yield place, document.at_key(keys, "a key that looks like a secret", allowed)
