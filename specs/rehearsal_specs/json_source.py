"""JSON text, token by token, into a tree with positions.

Decides nothing about grammar: the standard library's parser refuses what is no JSON first, so the tokens
can be trusted.  Does not know schemas.  NaN and Infinity, which that parser lets through, are refused here
(RFC 8259).
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from rehearsal_specs.diagnostics import Diagnostic, SpecError
from rehearsal_specs.source import Place, TreeBuilder

_TOKEN = re.compile(r'(?P<open>[\[{])|(?P<close>[\]}])|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[^\s\[\]{}:,"]+)')
_LONGEST_INTEGER = 19


def build(text: str, tree: TreeBuilder) -> None:
    """Feed `tree` from `text`; raises SpecError where the text is no JSON."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        found = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise SpecError([Diagnostic(tree.path, error.lineno, error.colno, found)]) from None
    except (RecursionError, ValueError):
        pass  # nested too deeply, or an endless number: the tokens say where
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for token in _TOKEN.finditer(text):
        line = bisect_right(line_starts, token.start())
        at = (line, token.start() - line_starts[line - 1] + 1)
        _feed(tree, str(token.lastgroup), token.group(), at)


def _feed(tree: TreeBuilder, kind: str, token: str, at: Place) -> None:
    if kind == "open":
        tree.begin({} if token == "{" else [], at)
    elif kind == "close":
        tree.end()
    elif kind == "text" and tree.wants_key:
        tree.key(json.loads(token), at)
    elif kind == "word" and ("N" in token or "I" in token):
        raise SpecError([Diagnostic(tree.path, *at, f"{token} is not JSON", "a number")])
    elif kind == "word" and len(token) > _LONGEST_INTEGER:
        tree.scalar(token, at)
    else:
        value = json.loads(token)
        tree.scalar(int(value) if isinstance(value, float) and value.is_integer() else value, at)
