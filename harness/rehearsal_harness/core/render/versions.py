"""An older API version: what the newest one renders, without what came later and with what went away.

Decides: in which order the changes of all versions since then are undone.  The renderers speak the newest
version only.  Does not know: what changed when (`version_changes`, `before_basil`), which version somebody
asked for (`requests`), nor which parameters it took (`requests.versions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..api_versions import ENDIVE_FIRST, KNOWN, SHAPES, not_known, shape_of
from ..errors import NotSimulated
from .before_basil import RESTORED_BEFORE, Restorer
from .links import NOTHING_LINKED, Links
from .version_changes import ABSENT_BEFORE, WORDS_BEFORE


@dataclass(slots=True)
class _Undone:
    """One version's changes of one object: first words, then what is put back, then what is taken out."""

    words: dict[str, Mapping[str, str]] = field(default_factory=dict)
    restore: Restorer | None = None
    absent: tuple[tuple[str, ...], ...] = ()


def check_version(version: str) -> None:
    """Raises NotSimulated for a version that is not simulated."""
    if version not in KNOWN:
        raise NotSimulated(f"API version {not_known(version)}")


def in_version(version: str, body: Any, links: Links = NOTHING_LINKED) -> Any:
    """`body`, rendered in the newest version and nobody else's, changed in place to `version`.

    `links` finds what an older version names and the newest does not.  An event inside `body` is left alone:
    it is told in one version for ever.
    """
    shape = shape_of(version)
    if shape != ENDIVE_FIRST:
        _walk(_plan(shape), body, links)
    return body


@cache
def _plan(shape: str) -> Mapping[str, tuple[_Undone, ...]]:
    """What is undone in each object to get to `shape`, newest change first."""
    later = [version for version in reversed(SHAPES) if version > shape]
    plan: dict[str, list[_Undone]] = {}
    for version in later:
        absent = ABSENT_BEFORE.get(version, {})
        restored = RESTORED_BEFORE.get(version, {})
        words = WORDS_BEFORE.get(version, {})
        for kind in {*absent, *restored, *(of for of, _ in words)}:
            undone = _Undone(
                words={key: renamed for (of, key), renamed in words.items() if of == kind},
                restore=restored.get(kind),
                absent=tuple(tuple(path.split(".")) for path in absent.get(kind, "").split()),
            )
            plan.setdefault(kind, []).append(undone)
    return {kind: tuple(steps) for kind, steps in plan.items()}


def _walk(plan: Mapping[str, tuple[_Undone, ...]], value: Any, links: Links) -> None:
    if isinstance(value, list):
        for each in value:
            if isinstance(each, dict | list):
                _walk(plan, each, links)
    elif isinstance(value, dict) and value.get("object") != "event":
        kind = value.get("object")
        if isinstance(kind, str) and not value.get("deleted"):
            for undone in plan.get(kind, ()):
                _undo(undone, value, links)
        for each in value.values():
            if isinstance(each, dict | list):
                _walk(plan, each, links)


def _undo(undone: _Undone, value: dict[str, Any], links: Links) -> None:
    for key, renamed in undone.words.items():
        if key in value:
            value[key] = renamed.get(value[key], value[key])
    if undone.restore is not None:
        undone.restore(value, links)
    for path in undone.absent:
        _remove(value, path)


def _remove(value: Any, path: tuple[str, ...]) -> None:
    for key in path[:-1]:
        value = value.get(key)
        if not isinstance(value, dict):
            return
    value.pop(path[-1], None)
