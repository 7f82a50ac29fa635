"""One decision changed in a file of decisions, and nothing else of it.

Decides: where the file is, that a value which looks like a secret never reaches a disk, and that nothing is
written X"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import yaml

from rehearsal_harness.resources import HERE
from rehearsal_harness.whole_files import READABLE, write_whole
from rehearsal_specs.decisions import Decisions, looks_secret, read_decisions
from rehearsal_specs.diagnostics import Diagnostic, SpecError
from rehearsal_specs.manifest import Manifest

_ONE_LINE = 1_000_000
_writing = threading.Lock()


class ChangedMeanwhile(Exception):
    """The file is no longer the one that the form was made from."""


@dataclass(frozen=True, slots=True)
class DecisionsFile:
    """Where the decisions of a service are: `refusal` says why they cannot be edited, empty when they can."""

    path: Path
    service: str
    refusal: str = ""

    @property
    def digest(self) -> str:
        """Of the file as it is, empty where there is none."""
        return sha256(self.path.read_bytes()).hexdigest() if self.path.is_file() else ""

    def read(self) -> Decisions | None:
        """What is decided; None where there is no file; raises SpecError."""
        return read_decisions(self.path) if self.path.is_file() else None

    def decide(self, key: str, fields: Mapping[str, object], digest: str) -> int:
        """Write one decision; how many comments inside it were lost.

        `digest` is that of the file the form was made from.  Raises SpecError, with the file as it was,
        ChangedMeanwhile, and OSError.
        """
        secret = [name for name, value in fields.items() if looks_secret(str(value))]
        if secret:
            allowed = "names, dates and amounts; a secret belongs in the host's secret store"
            found = f"{key}.{', '.join(secret)}: a value that looks like a secret; nothing was kept of it"
            raise SpecError([Diagnostic(str(self.path), 1, 1, found, allowed)])
        with _writing:
            if self.digest != digest:
                raise ChangedMeanwhile
            text, lost = with_decision(self._text(), key, fields)
            self._check(text)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, text.encode(), READABLE)
        return lost

    def _text(self) -> str:
        example = self.path.with_name(f"{self.service}.example.yaml")
        for each in (self.path, example):
            if each.is_file():
                return each.read_text("utf-8")
        return f"service: {_written(self.service)}\n"

    def _check(self, text: str) -> None:
        """Raises SpecError, as if the text stood in its place already."""
        with tempfile.TemporaryDirectory() as folder:
            draft = Path(folder) / self.path.name
            draft.write_text(text, "utf-8")
            try:
                read_decisions(draft)
            except SpecError as error:
                raise SpecError([replace(each, path=str(self.path)) for each in error.diagnostics]) from None


def decisions_file(manifest: Manifest) -> DecisionsFile:
    """The file beside the manifest."""
    path = Path(manifest.path).parent / "decisions" / f"{manifest.service}.yaml"
    is_packed = path.resolve().is_relative_to(HERE / "shipped")
    refusal = "this manifest is part of the installed program; copy it into a folder of yours first"
    return DecisionsFile(path, manifest.service, refusal if is_packed else "")


def with_decision(text: str, key: str, fields: Mapping[str, object]) -> tuple[str, int]:
    """The text with this decision in place of the old one, or at its end; and the comments that were lost."""
    root = yaml.compose(text, yaml.SafeLoader)
    written = _written(dict(fields))
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for name, value in pairs:
        if name.value == key:
            begin, end = name.end_mark.index, _end(value)
            lost = sum(line.lstrip().startswith("#") for line in text[begin:end].splitlines())
            return f"{text[:begin]}: {written}{text[end:]}", lost
    return f"{text.rstrip()}\n{key}: {written}\n", 0


def _end(node: yaml.Node) -> int:
    """Where a value ends; a block's own end would swallow the comments after it."""
    is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value
    if not is_block:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _written(value: object) -> str:
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=_ONE_LINE
    )
    return text.removesuffix("\n").removesuffix("\n...")
