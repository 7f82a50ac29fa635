"""The business reader's version is complete: every rule is there, blockers as such."""

from __future__ import annotations

import re

from launching import ROOT

from rehearsal_specs.reader import read_manifest


def test_every_rule_is_told_in_a_feature() -> None:
    """Each blocker is shown to close the gate and to open it again, each warning not to."""
    told = "".join(path.read_text("utf-8") for path in (ROOT / "features" / "go_no_go").glob("*.feature"))
    rows = {each.strip() for each in re.findall(r"^\s*\|(.+)\|$", told, re.MULTILINE)}
    rules = [
        rule for path in sorted((ROOT / "manifests").glob("*.yaml")) for rule in read_manifest(path).go_no_go
    ]

    assert [each.title for each in rules if each.title not in rows] == []
    assert rows - {each.title for each in rules} == {"what"}
