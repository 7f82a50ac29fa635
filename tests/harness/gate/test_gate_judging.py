"""The gate's judgement: each input closes exactly the rules that name it, and opens them again."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal_harness.core.gate import GateVerdict, Input, State, judge, without
from rehearsal_specs.manifest import GoNoGo, Manifest, Need
from rehearsal_specs.reader import read_manifest

MANIFESTS = [read_manifest(path) for path in sorted((Path(__file__).parents[3] / "manifests").glob("*.yaml"))]
NOW = 1_790_000_000
DAY_S = 86_400
MET = Input(state=State.MET, found="as it should be")
OTHERS = [State.NOT_MET, State.UNDETERMINED]


def rule(id_: str, *needs: Need, severity: str = "blocker", mode: str = "both") -> GoNoGo:
    return GoNoGo(
        id=id_, title=id_, mode=mode, severity=severity, needs=needs, why="", source="", fresh_s=DAY_S
    )


def needs_of(manifest: Manifest, mode: str) -> list[Need]:
    rules = [each for each in manifest.go_no_go if each.mode in (mode, "both")]
    return sorted({need for each in rules for need in each.needs})


CASES = [
    pytest.param(manifest, mode, need, id=f"{manifest.service}-{mode}-{need}")
    for manifest in MANIFESTS
    for mode in ("test", "live")
    for need in needs_of(manifest, mode)
]


@pytest.mark.parametrize(("manifest", "mode", "need"), CASES)
def test_one_input_flips_exactly_the_rules_that_name_it(manifest: Manifest, mode: str, need: Need) -> None:
    """Closed by one input, the rules that need it close and no others; opened again, all are met."""
    inputs = dict.fromkeys(needs_of(manifest, mode), MET)
    for state in OTHERS:
        flipped = judge(manifest.go_no_go, inputs | {need: Input(state=state, found="not so")}, mode, NOW)
        closed = {each.rule.id for each in flipped.results if each.state is not State.MET}

        assert closed == {each.rule.id for each in flipped.results if need in each.rule.needs}
        assert all(each.state is state for each in flipped.results if each.rule.id in closed)
    back = judge(manifest.go_no_go, inputs, mode, NOW)
    assert [each.rule.id for each in back.results if each.state is not State.MET] == []
    assert back.verdict is GateVerdict.GO


@pytest.mark.parametrize(("manifest", "mode", "need"), CASES)
def test_one_met_input_opens_exactly_the_rules_that_wait_for_nothing_else(
    manifest: Manifest, mode: str, need: Need
) -> None:
    """When nothing is met but one, only rules that need just that one are open."""
    closed = dict.fromkeys(needs_of(manifest, mode), Input(state=State.NOT_MET, found="not so"))
    report = judge(manifest.go_no_go, closed | {need: MET}, mode, NOW)

    met = {each.rule.id for each in report.results if each.state is State.MET}
    assert met == {each.rule.id for each in report.results if set(each.rule.needs) == {need}}


def test_not_met_weighs_more_than_undetermined() -> None:
    """A gate that is closed for one reason is closed, whatever else nobody knows."""
    one, two = Need("decision", "one"), Need("decision", "two")
    inputs = {one: Input(state=State.NOT_MET, found=""), two: Input(state=State.UNDETERMINED, found="")}

    assert judge([rule("a", one), rule("b", two)], inputs, "test", NOW).verdict is GateVerdict.NO_GO
    assert judge([rule("b", two)], inputs, "test", NOW).verdict is GateVerdict.UNDETERMINED


def test_what_nobody_looked_at_is_undetermined() -> None:
    """A need without an input is never a pass."""
    report = judge([rule("a", Need("decision", "one"))], {}, "test", NOW)

    assert report.verdict is GateVerdict.UNDETERMINED
    assert report.blockers[0].unmet[0].input.found == "nobody has looked"


def test_no_rules_are_no_pass() -> None:
    """A manifest without rules of this mode shows nothing."""
    assert judge([], {}, "test", NOW).verdict is GateVerdict.UNDETERMINED


def test_a_warning_closes_no_gate() -> None:
    """It is reported, and the verdict is GO."""
    need = Need("decision", "one")
    report = judge(
        [rule("a", need, severity="warning"), rule("b", Need("decision", "two"))],
        {need: Input(state=State.NOT_MET, found=""), Need("decision", "two"): MET},
        "test",
        NOW,
    )

    assert report.verdict is GateVerdict.GO
    assert [each.rule.id for each in report.warnings] == ["a"]


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        (NOW, State.MET),
        (NOW - DAY_S, State.MET),
        (NOW - DAY_S - 1, State.UNDETERMINED),
        (NOW + 300, State.MET),
        (NOW + 301, State.UNDETERMINED),
    ],
)
def test_what_is_old_or_dated_ahead_is_undetermined(as_of: int, state: State) -> None:
    """A day is fresh to the second, and five minutes ahead are a clock's error."""
    need = Need("fresh_evidence", "rehearsal")
    found = Input(state=State.MET, found="proved", as_of=as_of)

    assert judge([rule("a", need)], {need: found}, "test", NOW).results[0].state is state


def test_rules_of_another_mode_are_not_asked() -> None:
    """A live rule closes no test."""
    assert (
        judge(
            [rule("a", Need("x", "y"), mode="live"), rule("b", Need("decision", "two"))],
            {Need("decision", "two"): MET},
            "test",
            NOW,
        ).verdict
        is GateVerdict.GO
    )


def test_needs_that_are_left_out_count_for_nothing() -> None:
    """A rule keeps its other needs; one that has none is left out."""
    probe, other = Need("route", "GET /health"), Need("decision", "two")

    assert [
        (each.id, each.needs) for each in without([rule("a", probe), rule("b", probe, other)], [probe])
    ] == [("b", (other,))]
