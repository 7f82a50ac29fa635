"""The lines of the documents that the go/no-go rules stand for, by id.

Decides what a line is: its document (three digits), its number there, its kind and its words.  Does not know
which rule stands for it: rules cite lines, in the manifests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.schema_check import check
from rehearsal_specs.source import read_source

_FILE = Path(__file__).parent / "checklists.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistLine:
    """One line that somebody wants to be true; `id` is `<document>-<line>`."""

    id: str
    kind: str
    text: str


@cache
def read_checklists() -> Mapping[str, ChecklistLine]:
    """Every line, by id, in the order of the documents; raises SpecError."""
    document = read_source(_FILE)
    problems = [*document.problems, *check(document, "checklists")]
    if problems:
        raise SpecError(problems)
    lines = cast(dict[str, dict[str, dict[str, Any]]], document.data)
    return {
        f"{seed}-{number}": ChecklistLine(id=f"{seed}-{number}", kind=kind, text=text)
        for seed, kinds in lines.items()
        for kind, texts in kinds.items()
        for number, text in texts.items()
    }
