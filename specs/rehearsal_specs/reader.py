"""The front door: files in, frozen values out, or SpecError with every complaint sorted by position.

Decides the order of the checks: form, schema, cross-checks, rules, and that flaws are reported at once.
Does not know what a manifest or a table means.  The tables of this package are read once and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from rehearsal_specs.diagnostics import Diagnostic, SpecError, nearest, quoted
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.manifest_checks import check_references
from rehearsal_specs.manifest_values import manifest_of
from rehearsal_specs.rule_checks import check_rules
from rehearsal_specs.schema_check import check
from rehearsal_specs.source import Document, Keys, read_source
from rehearsal_specs.tables import (
    Dunning,
    EventType,
    Fault,
    Property,
    PropertyKind,
    RetryTable,
    Rules,
    SpecRow,
)

_PACKAGE = Path(__file__).parent
_DUNNING = "dunning.yaml"


def read_manifest(path: str | Path) -> Manifest:
    """The manifest of one service; raises SpecError."""
    document = read_source(path)
    problems = [*document.problems, *check(document, "manifest")]
    places = {(each.line, each.column) for each in problems}
    references = check_references(document, read_event_types())
    problems += [each for each in references if (each.line, each.column) not in places]
    if not problems:  # else one misspelt declaration would be reported again at every rule that needs it
        problems += check_rules(document)
    if problems:
        raise SpecError(problems)
    return manifest_of(document.path, document.digest, cast(dict[str, Any], document.data))


@cache
def read_rules() -> Rules:
    """What Stripe does, from every table in `stripe/`."""
    return _rules([read_source(path) for path in packaged_tables()])


def packaged_tables() -> list[Path]:
    """The tables that come with the package.  They are checked by its tests, and not at each start."""
    return sorted(path for path in (_PACKAGE / "stripe").glob("*.yaml") if path.name != _DUNNING)


def rules_of(paths: list[Path]) -> Rules:
    """The rows of these tables, one for each (object, from, when) and each id; raises SpecError."""
    documents = [read_source(path) for path in paths]
    problems = list(_row_problems(documents))
    for document in documents:
        problems += [*document.problems, *check(document, "spec_table")]
    if problems:
        raise SpecError(problems)
    return _rules(documents)


def _rules(documents: list[Document]) -> Rules:
    tables = [(document, cast(list[Any], document.get("rows"))) for document in documents]
    return Rules(_row(document, raw) for document, rows in tables for raw in rows)


def _row(document: Document, raw: dict[str, Any]) -> SpecRow:
    return SpecRow(
        id=raw["id"],
        object=str(document.get("object")),
        before=raw["from"],
        when=raw["when"],
        after=raw["to"],
        emits=tuple(raw["emits"]),
        why=raw["why"],
        source=raw.get("source", ""),
        assumed=raw.get("assumed", False),
    )


def _row_problems(documents: list[Document]) -> Iterator[Diagnostic]:
    """Rows that say the same thing twice, or emit what is no event type."""
    known = read_event_types()
    ids: dict[object, str] = {}
    causes: dict[object, str] = {}
    for document in documents:
        rows = document.get("rows")
        for index in range(len(rows) if isinstance(rows, list) else 0):
            keys: Keys = ("rows", index)
            here = f"{document.path}:{document.values[keys][0]}"
            row = document.mapping(*keys)
            if row.get("id") is not None and ids.setdefault(row["id"], here) != here:
                found = f"the id {quoted(str(row['id']))} is taken, see {ids[row['id']]}"
                yield document.at_value((*keys, "id"), found, "each id once")
            cause = (document.get("object"), row.get("from"), row.get("when"))
            if None not in cause and causes.setdefault(cause, here) != here:
                found = f"a second row for '{row['when']}' from '{row['from']}', see {causes[cause]}"
                yield document.at_value(keys, found, "one row for each from and when")
            for at, name in document.texts(*keys, "emits"):
                if name not in known:
                    found = f"the event type {quoted(name)} is not known"
                    yield document.at_value(at, found, "a type of events.yaml", nearest(name, known))


@cache
def read_event_types() -> Mapping[str, EventType]:
    """Every event type, by name."""
    return {
        name: EventType(
            name=name, object=raw["object"], meaning=raw["meaning"], needed_by=tuple(raw["needed_by"])
        )
        for name, raw in _packaged("events.yaml").items()
    }


@cache
def read_properties() -> Mapping[str, Property]:
    """Every sentence that a rehearsal proves, by id."""
    return {
        id_: Property(
            id=id_,
            kind=PropertyKind(raw["kind"]),
            sentence=raw["sentence"],
            why=raw["why"],
            source=raw["source"],
        )
        for id_, raw in _packaged("properties.yaml").items()
    }


@cache
def read_faults() -> Mapping[str, Fault]:
    """Everything a wire may do to a delivery, by id."""
    return {
        id_: Fault(
            id=id_,
            kind=raw["kind"],
            sentence=raw["sentence"],
            default=raw["default"],
            why=raw["why"],
            source=raw["source"],
        )
        for id_, raw in _packaged("faults.yaml")["faults"].items()
    }


@cache
def read_retry_tables() -> Mapping[str, RetryTable]:
    """When a delivery that failed is tried again, by mode (`live`, `test`)."""
    return {
        id_: RetryTable(
            id=id_,
            delays_s=tuple(minutes * 60 for minutes in raw["delays_minutes"]),
            assumed=raw.get("assumed", False),
            why=raw["why"],
            source=raw["source"],
        )
        for id_, raw in _packaged("faults.yaml")["retries"].items()
    }


@cache
def read_dunning() -> Dunning:
    """How a failed renewal is collected again."""
    raw = _packaged(f"stripe/{_DUNNING}")
    return Dunning(
        retry_days=tuple(raw["retry_days"]),
        final_action=raw["final_action"],
        assumed=raw.get("assumed", False),
        why=raw["why"],
        source=raw["source"],
    )


def _packaged(name: str) -> dict[str, Any]:
    """The plain data of a file that comes with the package; the package's tests check its form."""
    return cast(dict[str, Any], read_source(_PACKAGE / name).data)


def read_checked(path: str | Path, schema_name: str) -> dict[str, Any]:
    """The plain data of any file that has a schema in `schema/`, such as a finding; raises SpecError."""
    document = read_source(path)
    problems = [*document.problems, *check(document, schema_name)]
    if problems:
        raise SpecError(problems)
    return cast(dict[str, Any], document.data)
