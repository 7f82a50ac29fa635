"""Which files are looked through, and where in them a secret lies.

Decides: in a git checkout the tracked files, outside of one every file below the folder; binary files are
passed over, since nobody can say where in one a secret is.  Does not know what a secret looks like.  A
finding is file, line, column and rule, never the value.
"""

from __future__ import annotations

import subprocess
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rehearsal_harness.secret_scan.allowing import AllowList
from rehearsal_harness.secret_scan.detectors import find_secrets

GIT_S = 10


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """A secret in a file; line and column count from 1."""

    path: str
    line: int
    column: int
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.rule}"


def files_below(folder: Path, without: Iterable[Path] = ()) -> list[Path]:
    """The tracked files below a folder, or all of them where git knows nothing; less those named."""
    left_out = {each.resolve() for each in without}
    tracked = _tracked(folder)
    found = sorted(folder.rglob("*")) if tracked is None else [folder / name for name in tracked]
    return [
        path
        for path in found
        if path.is_file()
        and not path.is_symlink()
        and path.resolve() not in left_out
        and (tracked is not None or ".git" not in path.relative_to(folder).parts)
    ]


def _tracked(folder: Path) -> list[str] | None:
    command = ["git", "-C", str(folder), "ls-files", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, timeout=GIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return [name for name in listed.stdout.split("\0") if name] if listed.returncode == 0 else None


def scan(paths: Iterable[Path], folder: Path, allowed: AllowList | None = None) -> list[Leak]:
    """Every secret in these files that the allow-list does not excuse; paths as seen from `folder`.

    Raises OSError where a file cannot be read: what was not looked at is not free of secrets.
    """
    found: list[Leak] = []
    for path in paths:
        text = _text(path.read_bytes())
        if text is None:
            continue
        shown = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
        for offset, rule in find_secrets(text):
            if allowed is None or not allowed.allows(shown, rule):
                line = text.count("\n", 0, offset) + 1
                found.append(Leak(shown, line, offset - text.rfind("\n", 0, offset), rule))
    return found


def _text(content: bytes) -> str | None:
    """What a file says, None for a binary one; a shell of Windows writes UTF-16, with its mark in front."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    return None if b"\0" in content else content.decode("utf-8", "replace")
