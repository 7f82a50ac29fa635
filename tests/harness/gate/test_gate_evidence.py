"""Evidence is believed only whole, fresh, of what is here now; everything else says why it is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from launching import NOW, ROOT, evidence_of

from rehearsal_harness.core.gate import GateVerdict, State, judge
from rehearsal_harness.gate.asking import Asking
from rehearsal_harness.gate.collecting import collect
from rehearsal_harness.reports.evidence import evidence_path, sealed, statement
from rehearsal_harness.resources import features_for
from rehearsal_specs.manifest import Manifest, Need
from rehearsal_specs.reader import read_manifest

FRESH = Need("fresh_evidence", "rehearsal")
STORY = Need("story_proved", "Failed invoice limits access")
EVENT = Need("event_handled", "invoice.paid")
Data = dict[str, Any]


@pytest.fixture(name="manifest", scope="module")
def _manifest() -> Manifest:
    return read_manifest(ROOT / "manifests" / "nyra-billing-server.yaml")


@pytest.fixture(name="asking")
def _asking(manifest: Manifest, tmp_path: Path) -> Asking:
    return Asking(
        manifest=manifest,
        features=features_for(Path(manifest.path), manifest.service),
        mode="test",
        environ={},
        decisions=(),
        now=NOW,
        folder=tmp_path,
    )


def put(asking: Asking, text: str) -> None:
    path = asking.folder / evidence_path(asking.manifest.service)
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")


def found(asking: Asking, data: Data | str) -> dict[Need, tuple[State, str]]:
    put(asking, data if isinstance(data, str) else json.dumps(data))
    inputs = collect(asking, [FRESH, STORY, EVENT])
    return {need: (each.state, each.found) for need, each in inputs.items()}


def with_other(of: Manifest, **other: str) -> Data:
    data = evidence_of(of)
    return sealed({**data, "digests": {**data["digests"], **other}})


def story(data: Data, **changes: Any) -> Data:
    stories = [each | (changes if each["rule"] == STORY.argument else {}) for each in data["stories"]]
    verdict = changes.get("verdict", data["verdict"])
    return sealed({**data, "stories": stories, "verdict": verdict})


REFUSED: dict[str, tuple[Callable[[Manifest], Data | str], str]] = {
    "not JSON": (lambda m: "{", "it cannot be read"),
    "empty": (lambda m: "", "it cannot be read: line 1, the file is empty"),
    "another form": (lambda m: '{"format": 1}', "it cannot be read"),
    "edited": (lambda m: evidence_of(m) | {"seed": 2}, "it was changed after it was written"),
    "another manifest": (lambda m: with_other(m, manifest="0" * 64), "it is of another manifest"),
    "other features": (lambda m: with_other(m, features="0" * 64), "it is of another features"),
    "another tool": (lambda m: with_other(m, tool="0" * 64, specs="1" * 64), "another specs, another tool"),
    "partial": (lambda m: sealed({**evidence_of(m), "complete": False}), "it is partial"),
    "a target that cannot say": (
        lambda m: sealed({**evidence_of(m), "target": {"kind": "x:y", "digest": None}}),
        "its backend cannot say what it is",
    ),
    "yesterday's server": (
        lambda m: sealed({**evidence_of(m), "target": {**evidence_of(m)["target"], "digest": "0" * 64}}),
        "its backend has changed since",
    ),
    "another service": (
        lambda m: sealed({**evidence_of(m), "service": "shop"}),
        "it is rehearsal evidence of shop",
    ),
}


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_believed_is_undetermined(
    asking: Asking, make: Callable[[Manifest], Data | str], said: str
) -> None:
    """Every need that rests on it is undetermined, with the reason."""
    for state, why in found(asking, make(asking.manifest)).values():
        assert state is State.UNDETERMINED
        assert said in why


def test_what_is_not_there_is_undetermined(asking: Asking) -> None:
    """No evidence, no pass; and the command that makes some is named."""
    (one,) = collect(asking, [FRESH]).values()

    assert (one.state, one.found) == (State.UNDETERMINED, "rehearsal evidence: there is none")
    assert one.next_step == f"rehearse run {asking.manifest.path}"


def test_good_evidence_is_believed(asking: Asking) -> None:
    """All three needs are met."""
    assert {state for state, _ in found(asking, evidence_of(asking.manifest)).values()} == {State.MET}


def test_old_evidence_is_refused_by_the_rule(asking: Asking) -> None:
    """Evidence of 25 hours ago leaves the gate undetermined."""
    put(asking, json.dumps(evidence_of(asking.manifest, at=NOW - 25 * 3_600)))
    rules = [each for each in asking.manifest.go_no_go if FRESH in each.needs]
    report = judge(rules, collect(asking, [FRESH]), "test", NOW)

    assert report.verdict is GateVerdict.UNDETERMINED
    assert "25 h old" in report.blockers[0].unmet[0].input.found


def test_a_refuted_story_closes_the_gate(asking: Asking) -> None:
    """The rule that it stands for is not met, and an event that only it delivered is handled by nobody."""
    seen = found(asking, story(evidence_of(asking.manifest), verdict="REFUTED", broken="access_agrees"))

    assert seen[FRESH][0] is State.NOT_MET
    assert "Failed invoice limits access" in seen[FRESH][1]
    assert seen[STORY] == (State.NOT_MET, "REFUTED: example")
    assert seen[EVENT][0] is State.MET


def test_an_undetermined_story_is_no_pass(asking: Asking) -> None:
    """Neither the whole nor the rule is met."""
    seen = found(asking, story(evidence_of(asking.manifest), verdict="UNDETERMINED"))

    assert seen[FRESH][0] is State.UNDETERMINED
    assert seen[STORY][0] is State.UNDETERMINED


def test_an_event_that_no_story_delivered_is_not_handled(asking: Asking) -> None:
    """A list of events is no proof."""
    data = evidence_of(asking.manifest)
    stories = [each | {"delivered": []} for each in data["stories"]]

    assert found(asking, sealed({**data, "stories": stories}))[EVENT] == (
        State.NOT_MET,
        "no story delivered it",
    )


def test_evidence_is_offered_as_an_in_toto_statement(manifest: Manifest) -> None:
    """Statement v1 with the test-result predicate: result, configuration, passed and failed tests by name."""
    data = evidence_of(manifest)
    said = statement(data)

    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert said["subject"][0]["digest"] == {"sha256": data["target"]["digest"]}
    assert said["predicate"]["result"] == "PASSED"
    assert len(said["predicate"]["passedTests"]) == len(data["stories"])
    assert said["predicate"]["failedTests"] == []
