"""What a backend's JSON says, in text that any report can hold.

Decides: that a character which cannot be shown (a control character, half of a surrogate pair) is told as its
escape: what a backend answers is printed on terminals and written into XML and UTF-8 files.  Does not know
which keys are asked for.
Source: https://www.w3.org/TR/xml/#charsets
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def answer_of(raw: bytes) -> Mapping[str, Any]:
    """The JSON object that a body is, an empty one for anything else."""
    try:
        answer = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(answer, dict):
        return {}
    is_plain = raw.isascii() and b"\\" not in raw
    return answer if is_plain else _shown(answer)


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isprintable() else "".join(map(_escaped, value))
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, dict):
        return {_shown(key): _shown(each) for key, each in value.items()}
    return value


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()
