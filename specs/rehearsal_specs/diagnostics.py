"""What is said to the author of a file that is wrong.

Decides the form of every complaint: where, what was found, what is allowed, which known name is nearest.
Does not know files or schemas.  Whoever raises SpecError blames the author's file, never the backend under
rehearsal (that is a finding) and never ourselves (that is a crash).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN_CHARACTERS = 60
_SECRET = re.compile(r"\b((?:sk|rk)_(?:live|test|org)_|whsec_)[A-Za-z0-9]{12,}")


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One complaint at one place; line and column count from 1.

    `hint` is the nearest known name, or empty.  Ordered by path, line and column.  str() is one line and
    shows no value that looks like a secret, wherever it came from.
    """

    path: str
    line: int
    column: int
    found: str
    allowed: str = ""
    hint: str = ""

    def __str__(self) -> str:
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        hint = f" Did you mean '{self.hint}'?" if self.hint else ""
        return _masked(f"{self.path}:{self.line}:{self.column}: {self.found}.{allowed}{hint}")


class SpecError(Exception):
    """The author's file is wrong.  `diagnostics` is sorted by position; str() gives one line for each."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        super().__init__("\n".join(str(each) for each in self.diagnostics))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like `name`, whatever its case; empty when none is near."""
    from difflib import get_close_matches

    by_folded = {each.casefold(): each for each in sorted(known, reverse=True)}
    near = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else ""


def secret_prefix(text: str) -> str:
    """The telling first characters (`sk_live_`) of a secret inside `text`; empty when there is none."""
    match = _SECRET.search(text)
    return match.group(1) if match else ""


def _masked(text: str) -> str:
    return _SECRET.sub(lambda match: f"{match.group(1)}…", text)


def quoted(text: str) -> str:
    """`text` in quotes on one line, cut to a readable length, with the value of any secret left out."""
    masked = _masked(text)
    if len(masked) > _SHOWN_CHARACTERS:
        masked = f"{masked[:_SHOWN_CHARACTERS]}…"
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in masked) + "'"
