"""Where each value lies in a JSON text with comments, so that one can be replaced and nothing else.

Decides: comments and commas before a closing bracket are blanks; what is left has to be JSON, and the
standard library says so.  Does not know any file's keys.  Grammar: RFC 8259.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from rehearsal_specs.diagnostics import Diagnostic, SpecError

Keys = tuple[str | int, ...]

_TEXT = r'"(?:[^"\\\n]|\\.)*"'
_BLANK = re.compile(rf"(?P<text>{_TEXT})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_COMMA = re.compile(rf"(?P<text>{_TEXT})|,(?=\s*[\]}}])")
_TOKEN = re.compile(rf'(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<text>{_TEXT})|(?P<word>[^\s\[\]{{}}:,"]+)')


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and the characters of the text that it is: `text[start:end]`; end of a container is 0."""

    value: object
    start: int
    end: int


def values_of(path: str, text: str) -> dict[Keys, Value]:
    """Every value by its path from the root; containers have the value None.  Raises SpecError."""
    plain = _COMMA.sub(_blanked, _BLANK.sub(_blanked, text))
    try:
        json.loads(plain, object_pairs_hook=_each_key_once)
    except json.JSONDecodeError as problem:
        found = f"this is not JSON with comments: {problem.msg[:1].lower()}{problem.msg[1:]}"
        raise SpecError([Diagnostic(path, problem.lineno, problem.colno, found)]) from None
    except (RecursionError, ValueError) as problem:
        raise SpecError([Diagnostic(path, 1, 1, str(problem) or "nested too deeply")]) from None
    return _walked(plain)


def _blanked(match: re.Match[str]) -> str:
    return match["text"] or re.sub(r"[^\n]", " ", match[0])


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key '{twice}' is given twice in one object")
    return found


def _walked(plain: str) -> dict[Keys, Value]:
    found: dict[Keys, Value] = {}
    above: list[tuple[Keys, bool]] = []  # of each open container: its path, and whether it is an object
    key: str | None = None
    count: list[int] = []
    for token in _TOKEN.finditer(plain):
        if token["close"]:
            above.pop()
            count.pop()
            continue
        inside_object = bool(above) and above[-1][1]
        if inside_object and key is None:
            key = json.loads(token[0])
            continue
        keys: Keys = ()
        if above:
            keys = (*above[-1][0], str(key) if inside_object else count[-1])
            count[-1] += 1
        key = None
        if token["open"]:
            found[keys] = Value(None, token.start(), 0)
            above.append((keys, token[0] == "{"))
            count.append(0)
        else:
            found[keys] = Value(json.loads(token[0]), *token.span())
    return found
