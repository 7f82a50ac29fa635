"""The business reader's version is complete: every rule is there, blockers as such."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from launching import NOW, ROOT

from rehearsal_harness.gate.opening import open_asking
from rehearsal_specs.reader import read_manifest

MANIFESTS = sorted((ROOT / "manifests").glob("*.yaml"))


def test_every_rule_is_told_in_a_feature() -> None:
    """Each blocker is shown to close the gate and to open it again, each warning not to."""
    told = "".join(path.read_text("utf-8") for path in (ROOT / "features" / "go_no_go").glob("*.feature"))
    rows = {each.strip() for each in re.findall(r"^\s*\|(.+)\|$", told, re.MULTILINE)}
    rules = [
        rule for path in sorted((ROOT / "manifests").glob("*.yaml")) for rule in read_manifest(path).go_no_go
    ]

    assert [each.title for each in rules if each.title not in rows] == []
    assert rows - {each.title for each in rules} == {"what"}


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_every_story_that_a_rule_needs_is_told(path: Path) -> None:
    """No rule waits for the proof of a story that no feature has."""
    open_asking(read_manifest(path), mode="test", environ={}, env_file="", decisions=(), now=NOW)
