"""Decisions as forms: one for each decision that a rule of the manifest needs.

Decides: which field a form has for what the schema allows, and what a word in it means: an empty one is
null, which is "not yet".  Does not know files or HTML.  Source: specs/schema/decisions.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal_specs.decisions import Decisions, decision_schema
from rehearsal_specs.manifest import Manifest

_SPELT = {"ai": "AI", "url": "URL", "urls": "URLs", "d1": "D1", "cents": "(cents)", "at": "on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input: `kind` is flag, number, date or text; `value` as it is written into it."""

    name: str
    label: str
    kind: str
    hint: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One decision; `open` names the fields that nobody has settled."""

    key: str
    title: str
    comment: str
    fields: tuple[Field, ...]
    open: tuple[str, ...]


def forms_of(manifest: Manifest, decisions: Decisions | None) -> list[Form]:
    """In the order of the rules."""
    return [_form(key, decisions) for key in decided_by_people(manifest)]


def decided_by_people(manifest: Manifest) -> list[str]:
    """The keys of the decisions that some rule needs, each once."""
    keys: dict[str, None] = {}
    for rule in manifest.go_no_go:
        for need in rule.needs:
            if need.kind in ("decision", "support_round_trip"):
                keys[need.argument] = None
            elif need.kind == "legal_review":
                keys[f"{need.argument}_review"] = None
    return list(keys)


def _form(key: str, decisions: Decisions | None) -> Form:
    schema = decision_schema(key)
    given = decisions.by_key.get(key) if decisions else None
    values = given.fields if given else {}
    return Form(
        key=key,
        title=_words(key),
        comment=schema["$comment"],
        fields=tuple(
            _field(name, each, values.get(name), name in schema["required"])
            for name, each in schema["properties"].items()
        ),
        open=given.open if given else tuple(schema["required"]),
    )


def _field(name: str, schema: Mapping[str, Any], value: object, is_required: bool) -> Field:
    kind = _kind(schema)
    hint = schema.get("description", "").split(", or null")[0]
    hints = [hint] if hint != "text" and kind != "date" else []
    hints += [] if is_required else ["may stay empty"]
    return Field(name=name, label=_words(name), kind=kind, hint="; ".join(hints), value=_shown(value))


def _kind(schema: Mapping[str, Any]) -> str:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "boolean" in types:
        return "flag"
    if "integer" in types:
        return "number"
    return "date" if "[0-9]{4}-[0-9]{2}-[0-9]{2}" in schema.get("pattern", "") else "text"


def _shown(value: object) -> str:
    return "yes" if value is True else "" if value in (None, False) else str(value)


def _words(name: str) -> str:
    words = [_SPELT.get(each, each) for each in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def decided(key: str, sent: Mapping[str, str]) -> dict[str, object]:
    """The decision that a form means; what it means is not checked here."""
    schema = decision_schema(key)
    found: dict[str, object] = {}
    for name, each in schema["properties"].items():
        text = sent.get(name, "").strip()
        if text or name in schema["required"]:
            found[name] = _meant(_kind(each), text)
    return found


def _meant(kind: str, text: str) -> object:
    if kind == "flag":
        return text == "yes"
    if not text:
        return None
    digits = text.lstrip("-")
    return (
        int(text) if kind == "number" and digits.isascii() and digits.isdigit() and len(text) < 16 else text
    )
