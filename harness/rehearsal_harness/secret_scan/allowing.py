"""The allow-list: what looks like a secret and is none, each with a reason.

Decides: `.secret-scan.yaml` or `.ci/secret-scan.yaml` in the folder that is scanned; an entry names a file
and a rule, both exactly. Does not know values: a list of them would be a list of secrets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.schema_check import check
from rehearsal_specs.source import read_source

ALLOW_FILES = (".secret-scan.yaml", ".ci/secret-scan.yaml")


@dataclass(slots=True)
class AllowList:
    """Pairs of path and rule that are excused; `used` are those that excused something."""

    entries: frozenset[tuple[str, str]] = frozenset()
    used: set[tuple[str, str]] = field(default_factory=set)

    def allows(self, path: str, rule: str) -> bool:
        """Is this rule excused in this file?"""
        if (path, rule) not in self.entries:
            return False
        self.used.add((path, rule))
        return True

    @property
    def unused(self) -> list[tuple[str, str]]:
        """The entries that excused nothing: they may go."""
        return sorted(self.entries - self.used)


def read_allow_list(folder: Path) -> AllowList:
    """The allow-list of a folder, an empty one where there is no file; raises SpecError."""
    path = next((folder / name for name in ALLOW_FILES if (folder / name).is_file()), None)
    if path is None:
        return AllowList()
    document = read_source(path)
    problems = [*document.problems, *check(document, "secret_scan")]
    if problems:
        raise SpecError(problems)
    entries = document.get("allow")
    assert isinstance(entries, list)  # the schema has said so
    return AllowList(frozenset((each["path"], each["rule"]) for each in entries))
