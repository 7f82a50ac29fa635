"""A dashboard's answers, brought into the production block of a Worker's configuration.

Decides: which answer belongs where, what an answer must look like, and what is Applied, Waiting or Needs Fix.
Secrets never go this way, and neither does any other block.  Does not read or write files.  Keys:
https://developers.cloudflare.com/workers/wrangler/configuration/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rehearsal_harness.core.world import API_VERSIONS
from rehearsal_harness.operating.jsonc import Keys, Value, values_of
from rehearsal_specs.diagnostics import Diagnostic, nearest, quoted
from rehearsal_specs.source import Document

SECTION = "billingCloud"
PLACEHOLDER = "replace-with-cloudflare-d1-database-id"
BINDING = "DB"
_PRODUCTION: Keys = ("env", "production")
_SECRET = re.compile(r"(?:\b|_)(?:[sr]k_(?:live|test|org)_|whsec_)\w+|-----BEGIN|\beyJ[\w-]{10,}\.")
_SECRET_NAME = re.compile(r"(?i)secret|password|private_?key|signing|token$|api_?key")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Field:
    """One answer: its key, the label of its row, and what to do while it is missing."""

    key: str
    label: str
    todo: str


FIELDS = (
    Field(
        "allowedOrigin",
        "Production ALLOWED_ORIGIN",
        "Choose the site's domain and enter billingCloud.allowedOrigin in the dashboard.",
    ),
    Field(
        "d1DatabaseId",
        "Production billing D1 database_id",
        "Create the billing D1 database and enter billingCloud.d1DatabaseId in the dashboard.",
    ),
    Field(
        "stripeApiVersion",
        "Production STRIPE_API_VERSION",
        "Choose the pinned version and enter billingCloud.stripeApiVersion in the dashboard.",
    ),
)


@dataclass(slots=True)
class Synced:
    """The three lists of the page, and the text as it should be."""

    text: str
    applied: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    needs_fix: list[str] = field(default_factory=list)


def secrets_among(answers: Document) -> list[Diagnostic]:
    """Each answer that looks like a secret, by its place; its value is not repeated."""
    allowed = "non-secret values only; secrets go to `wrangler secret put`"
    found = [
        answers.at_value(keys, "this looks like a secret, or is named like one", allowed)
        for keys in answers.values
        if isinstance(value := answers.get(*keys), str) and value and _is_secret(keys, value)
    ]
    named = [keys for keys in answers.keys if _SECRET.search(str(keys[-1]))]
    return found + [answers.at_key(keys, "this key looks like a secret", allowed) for keys in named]


def _is_secret(keys: Keys, value: str) -> bool:
    name = next((each for each in reversed(keys) if isinstance(each, str)), "")
    return bool(_SECRET.search(value) or _SECRET_NAME.search(name))


def synced(answers: Document, path: str, text: str) -> Synced:
    """What the configuration `text` becomes; raises SpecError where it is no JSON with comments."""
    values = values_of(path, text)
    done = Synced(text)
    replaced: list[tuple[Value, str]] = []
    for each in FIELDS:
        answer = answers.get(SECTION, each.key)
        at = _place(values, each.key)
        current = values.get(at) if at else None
        if current is None or current.end == 0:
            done.needs_fix.append(f"{each.label}: {path} has no such value in env.production; add it there.")
        elif answer in (None, "", PLACEHOLDER):
            if current.value in ("", PLACEHOLDER):
                done.waiting.append(f"{each.label}: {each.todo}")
        elif wrong := _wrong(each.key, answer):
            line, column = answers.values[(SECTION, each.key)]
            done.needs_fix.append(f"{each.label}: {answers.path}:{line}:{column}: {wrong}")
        elif answer != current.value:
            replaced.append((current, str(answer)))
            done.applied.append(f"{each.label}: {quoted(str(current.value))} → {quoted(str(answer))}")
    done.needs_fix += _misspelt(answers)
    for old, new in sorted(replaced, key=lambda pair: -pair[0].start):
        done.text = done.text[: old.start] + json.dumps(new) + done.text[old.end :]
    return done


def _place(values: dict[Keys, Value], key: str) -> Keys | None:
    if key == "allowedOrigin":
        return (*_PRODUCTION, "vars", "ALLOWED_ORIGIN")
    if key == "stripeApiVersion":
        return (*_PRODUCTION, "vars", "STRIPE_API_VERSION")
    databases: Keys = (*_PRODUCTION, "d1_databases")
    for keys, found in values.items():
        if keys[:3] == databases and keys[4:] == ("binding",) and found.value == BINDING:
            return (*keys[:4], "database_id")
    return None


def _wrong(key: str, answer: object) -> str:
    """What is wrong with an answer, which is not repeated: a password may have been entered here."""
    if not isinstance(answer, str):
        return "this is no text; expected text in quotes."
    if key == "allowedOrigin" and not _is_https_origin(answer):
        return "this is no exact origin; expected https://host, without path or wildcard."
    if key == "d1DatabaseId" and not _UUID.fullmatch(answer):
        return "this is no D1 database id; expected the UUID that `wrangler d1 create` prints."
    if key == "stripeApiVersion" and answer not in API_VERSIONS:
        return f"this version cannot be rehearsed; known: {', '.join(API_VERSIONS)}."
    return ""


def _is_https_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
        is_named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_exact = value == f"https://{parts.netloc}" and value == value.lower()
    return is_named and is_exact and re.fullmatch(r"[a-z0-9.:\[\]-]+", parts.netloc) is not None


def _misspelt(answers: Document) -> Iterator[str]:
    known = [each.key for each in FIELDS]
    for name in answers.mapping(SECTION):
        near = "" if name in known else nearest(name, known)
        if near:
            line, column = answers.keys[(SECTION, name)]
            yield f"{answers.path}:{line}:{column}: {quoted(name)} is not read. Did you mean '{near}'?"
