"""One strict reader of YAML and JSON that keeps every position.

Decides what a file may look like: UTF-8 text, one document, plain data, no key twice; only true, false,
null and decimal integers are not text, so `on:`, `NO`, `12:30` and dates mean what they show.  Does not
know any schema.  A file that cannot be read at all raises SpecError; a flaw that can be stepped over is kept
in `problems`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal_specs.diagnostics import Diagnostic, SpecError, nearest, quoted

Place = tuple[int, int]
Keys = tuple[str | int, ...]

LARGEST_BYTES = 4 * 1024 * 1024
DEEPEST = 40
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file's plain data, with the (line, column) of every value and key, by their path from the root.

    `digest` is the SHA-256 of the bytes; `problems` are flaws of form, such as a key given twice.
    """

    path: str
    digest: str
    data: object
    values: Mapping[Keys, Place]
    keys: Mapping[Keys, Place]
    problems: tuple[Diagnostic, ...]

    def at_value(self, keys: Keys, found: str, allowed: str = "", hint: str = "") -> Diagnostic:
        """A complaint about the value at `keys`."""
        return Diagnostic(self.path, *self.values[keys], found, allowed, hint)

    def at_key(self, keys: Keys, found: str, allowed: str = "", hint: str = "") -> Diagnostic:
        """A complaint about the key itself; about the value where there is no key (a list item, the root)."""
        return Diagnostic(self.path, *self.keys.get(keys, self.values[keys]), found, allowed, hint)

    def get(self, *keys: str | int) -> object:
        """The value at `keys`, or None when anything on the way is missing or of another type."""
        value = self.data
        for key in keys:
            if isinstance(value, dict) and isinstance(key, str):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value

    def mapping(self, *keys: str | int) -> dict[str, object]:
        """The mapping at `keys`; empty when there is none."""
        value = self.get(*keys)
        return value if isinstance(value, dict) else {}

    def texts(self, *keys: str | int) -> list[tuple[Keys, str]]:
        """The texts of the list at `keys`, each with its own path; empty when there is none."""
        value = self.get(*keys)
        items = value if isinstance(value, list) else []
        return [((*keys, index), item) for index, item in enumerate(items) if isinstance(item, str)]


@dataclass(slots=True)
class TreeBuilder:
    """Turns begin / scalar / end calls, in the order of the text, into plain data with positions."""

    path: str
    values: dict[Keys, Place] = field(default_factory=dict)
    keys: dict[Keys, Place] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    root: list[object] = field(default_factory=list)
    _stack: list[tuple[Keys, dict[str, object] | list[object]]] = field(default_factory=list)
    _key: str = ""
    _has_key: bool = False

    @property
    def wants_key(self) -> bool:
        """The next scalar is the key of a mapping."""
        return bool(self._stack) and not self._has_key and isinstance(self._stack[-1][1], dict)

    def key(self, name: str, at: Place) -> None:
        """The key of the value that follows."""
        keys, container = self._stack[-1]
        if name in container:
            first = self.keys[(*keys, name)][0]
            self.problem(at, f"the key {quoted(name)} is given twice, first in line {first}", "each key once")
        self._key, self._has_key = name, True
        self.keys[(*keys, name)] = at

    def scalar(self, value: object, at: Place) -> None:
        """A value without parts."""
        self._put(value, at)

    def begin(self, container: dict[str, object] | list[object], at: Place) -> None:
        """The start of a mapping or a list."""
        if self.wants_key:
            raise SpecError([Diagnostic(self.path, *at, "a mapping or list used as a key", "text as a key")])
        keys = self._put(container, at)
        self._stack.append((keys, container))
        if len(self._stack) > DEEPEST:
            raise SpecError([Diagnostic(self.path, *at, "nested too deeply", f"{DEEPEST} levels")])

    def end(self) -> None:
        """The end of the innermost mapping or list."""
        self._stack.pop()

    def problem(self, at: Place, found: str, allowed: str = "", hint: str = "") -> None:
        """A flaw that reading can step over."""
        self.problems.append(Diagnostic(self.path, *at, found, allowed, hint))

    def _put(self, value: object, at: Place) -> Keys:
        if not self._stack:
            self.root.append(value)
            keys: Keys = ()
        else:
            above, container = self._stack[-1]
            if isinstance(container, list):
                keys = (*above, len(container))
                container.append(value)
            else:
                keys = (*above, self._key)
                container[self._key] = value
                self._has_key = False
        self.values[keys] = at
        return keys


def read_source(path: str | Path) -> Document:
    """The file's data with positions; raises SpecError when there is nothing to be read.

    `.json` is read as JSON, everything else as YAML.
    """
    shown = str(path)
    content = _bytes_of(Path(path), shown)
    text = _text_of(content, shown)
    builder = TreeBuilder(shown)
    if shown.lower().endswith(".json"):
        from rehearsal_specs.json_source import build
    else:
        from rehearsal_specs.yaml_source import build
    build(text, builder)
    if not builder.root:
        raise SpecError([Diagnostic(shown, 1, 1, "the file holds nothing but comments", "a mapping")])
    return Document(
        path=shown,
        digest=hashlib.sha256(content).hexdigest(),
        data=builder.root[0],
        values=builder.values,
        keys=builder.keys,
        problems=tuple(builder.problems),
    )


def _bytes_of(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise SpecError([Diagnostic(shown, 1, 1, "no such file", hint=_neighbour(path))]) from None
    except IsADirectoryError:
        raise SpecError([Diagnostic(shown, 1, 1, "a folder", "one file")]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SpecError([Diagnostic(shown, 1, 1, f"the file cannot be read: {reason}")]) from None
    if len(content) > LARGEST_BYTES:
        raise SpecError([Diagnostic(shown, 1, 1, "the file is too large", f"{LARGEST_BYTES} bytes")])
    return content


def _neighbour(path: Path) -> str:
    """The nearest name among the files of the same folder."""
    try:
        name = nearest(path.name, [each.name for each in path.parent.iterdir() if each.is_file()])
    except OSError:
        return ""
    return str(path.parent / name) if name else ""


def _text_of(content: bytes, shown: str) -> str:
    if not content.strip():
        raise SpecError([Diagnostic(shown, 1, 1, "the file is empty", "a mapping")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        kind = "binary, not text" if b"\0" in content else "not UTF-8"
        raise SpecError([Diagnostic(shown, *place_in(before), f"the file is {kind}", "UTF-8 text")]) from None
    odd = _UNPRINTABLE.search(text)
    if odd:
        place = place_in(text[: odd.start()])
        found = "the file is binary, not text" if odd.group() == "\0" else f"the character {odd.group()!r}"
        raise SpecError([Diagnostic(shown, *place, found, "printable UTF-8 text")])
    return text


def place_in(before: str) -> Place:
    """The (line, column) that follows this text."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
