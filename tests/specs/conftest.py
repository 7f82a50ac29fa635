"""What the tests of the contract share: the real manifest, and copies of it that are wrong in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.reader import read_manifest

MANIFEST = Path(__file__).parents[2] / "manifests" / "nyra-billing-server.yaml"
MARK = "»"

Complaints = Callable[..., list[str]]


@pytest.fixture(name="manifest_path")
def _manifest_path() -> Path:
    return MANIFEST


@pytest.fixture(name="complaints")
def _complaints(tmp_path: Path) -> Complaints:
    """What the reader says about a manifest with this content, one string each; the file is called m.yaml."""

    def complaints(content: str, name: str = "m.yaml") -> list[str]:
        path = tmp_path / name
        path.write_text(content, "utf-8")
        with pytest.raises(SpecError) as caught:
            read_manifest(path)
        lines = str(caught.value).splitlines()
        assert len(lines) == len(caught.value.diagnostics), "one line for each complaint"
        return [line.replace(str(path), name) for line in lines]

    return complaints


@pytest.fixture(name="complaints_after")
def _complaints_after(complaints: Complaints) -> Complaints:
    """What the reader says when passages of the real manifest are replaced, as (old, new) pairs.

    Each old passage must be there once.  A » in a new passage marks a place: `here` in the answers.
    """

    def complaints_after(*edits: tuple[str, str]) -> list[str]:
        text = MANIFEST.read_text("utf-8")
        for old, new in edits:
            assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
            text = text.replace(old, new)
        before = text.partition(MARK)[0]
        here = f"m.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}:"
        return [line.replace(here, "here:") for line in complaints(text.replace(MARK, ""))]

    return complaints_after
