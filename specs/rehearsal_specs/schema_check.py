"""Hold a document against a JSON Schema, and say in one line each what is wrong, and where.

Decides how a violation reads: unknown key at the key, wrong value at the value, missing key at its owner.
Does not know what the files are about; the schemas in `schema/` do, and their `description` is the
"Allowed" of a rule.  A key that is missing only because it was misspelt is reported once, at the
misspelling.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rehearsal_specs.diagnostics import Diagnostic, nearest, quoted
from rehearsal_specs.source import Document, Keys

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_FOLDER = Path(__file__).parent / "schema"
_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text (in quotes if it looks like something else)",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Violation:
    """What jsonschema found: `value` at `keys` breaks `rule`, whose setting in `schema` is `limit`."""

    rule: str
    limit: Any
    keys: Keys
    value: Any
    schema: dict[str, Any]
    of_a_key: bool

    def described(self, otherwise: str) -> str:
        """What the schema says is allowed."""
        return str(self.schema.get("description", otherwise))


def check(document: Document, schema_name: str) -> list[Diagnostic]:
    """Every violation of `schema/<schema_name>.json`, unsorted; empty when the document holds."""
    violations = list(_violations(document, schema_name))
    unknown: dict[Keys, Diagnostic] = {}
    for one in violations:
        if one.rule == "additionalProperties":
            unknown.update(_unknown(document, one))
    misspelt = {(*keys[:-1], diagnostic.hint) for keys, diagnostic in unknown.items()}
    missing: dict[Keys, Diagnostic] = {}
    wrong: list[Diagnostic] = []
    for one in violations:
        if one.rule in ("required", "dependentRequired"):
            missing.update(each for each in _missing(document, one) if each[0] not in misspelt)
        elif one.rule != "additionalProperties":
            wrong.append(_wrong(document, one))
    return [*unknown.values(), *missing.values(), *wrong]


def known_keys(schema_name: str) -> tuple[str, ...]:
    """The keys that the schema allows at the top of a file."""
    return tuple(_schema(schema_name)["properties"])


@cache
def _schema(name: str) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads((_FOLDER / f"{name}.json").read_text("utf-8")))


@cache
def _validator(name: str) -> Draft202012Validator:
    # The import costs more than everything else here: only when something is checked.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_schema(name))


def _violations(document: Document, schema_name: str) -> Iterator[_Violation]:
    for error in _validator(schema_name).iter_errors(document.data):
        yield _Violation(
            rule=str(error.validator),
            limit=error.validator_value,
            keys=tuple(error.absolute_path),
            value=error.instance,
            schema=cast(dict[str, Any], error.schema),
            of_a_key="propertyNames" in error.absolute_schema_path,
        )


def _unknown(document: Document, one: _Violation) -> Iterator[tuple[Keys, Diagnostic]]:
    known = list(one.schema["properties"])
    for key in one.value:
        if key not in known:
            keys = (*one.keys, key)
            found = f"unknown key {quoted(key)}"
            yield keys, document.at_key(keys, found, ", ".join(known), nearest(key, known))


def _missing(document: Document, one: _Violation) -> Iterator[tuple[Keys, Diagnostic]]:
    if one.rule == "required":
        wanted = dict.fromkeys(one.limit, "")
    else:
        present = {key: names for key, names in one.limit.items() if key in one.value}
        wanted = {name: f", which '{key}' needs" for key, names in present.items() for name in names}
    for name, because in wanted.items():
        if name not in one.value:
            found = f"{_label(one.keys)} lacks the key '{name}'{because}"
            yield (*one.keys, name), document.at_key(one.keys, found)


def _wrong(document: Document, one: _Violation) -> Diagnostic:
    if one.of_a_key:
        return document.at_key((*one.keys, one.value), f"the key {quoted(one.value)}", _allowed(one))
    if one.rule == "uniqueItems":
        second = next(index for index, item in enumerate(one.value) if item in one.value[:index])
        keys = (*one.keys, second)
        found = f"{_label(keys)} is {_shown(one.value[second])} once more"
        return document.at_value(keys, found, "each item once")
    found = f"{_label(one.keys)} is {_shown(one.value)}"
    return document.at_value(one.keys, found, _allowed(one), _hint(one))


def _allowed(one: _Violation) -> str:
    match one.rule:
        case "type":
            types = [one.limit] if isinstance(one.limit, str) else one.limit
            return " or ".join(_TYPES[each] for each in types)
        case "enum":
            return ", ".join(one.limit)
        case "const":
            return _plain(one.limit)
        case "minimum":
            return one.described(f"{one.limit} or more")
        case "maximum":
            return one.described(f"{one.limit} or less")
    return one.described("what the schema says")


def _hint(one: _Violation) -> str:
    if not isinstance(one.value, str):
        return ""
    if one.rule == "enum":
        return nearest(one.value, one.limit)
    if one.limit == "boolean":
        return nearest(one.value, ["true", "false"])
    return ""


def _label(keys: Keys) -> str:
    if not keys:
        return "the file"
    last = keys[-1]
    if isinstance(last, str):
        return quoted(last)
    return f"item {last + 1} of {quoted(str(keys[-2]))}" if len(keys) > 1 else f"item {last + 1}"


def _shown(value: object) -> str:
    if value is None or value in ({}, []):
        return "empty"
    if isinstance(value, str):
        return f"the text {quoted(value)}" if value else "empty text"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return _plain(value) if isinstance(value, bool) else f"the number {value}"


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
