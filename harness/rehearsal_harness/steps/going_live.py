"""Steps about the gate: everything is settled, one thing is not, and what the gate says to that.

Decides: a story of the gate is judged at once and rehearses no backend.  Does not know how inputs are found
out in earnest: here each is as the story tells it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from rehearsal_harness.core.gate import GateReport, GateVerdict, Input, RuleResult, State, judge
from rehearsal_harness.steps.marks import JUDGED
from rehearsal_harness.steps.patterns import step
from rehearsal_specs.manifest import GoNoGo, Manifest, Need
from rehearsal_specs.reader import read_manifest

NOW = 1_780_272_000  # when the stories are told; only ages count
HOUR_S = 3_600
DATED = ("fresh_evidence", "story_proved", "event_handled")
SETTLED = Input(state=State.MET, found="settled")
OTHERWISE = Input(state=State.NOT_MET, found="not so", expected="settled", next_step="settle it")
UNKNOWN = Input(state=State.UNDETERMINED, found="nobody knows", expected="settled", next_step="find out")


class NotSaid(AssertionError):
    """The gate says something else than the story expects; the message says what."""


@dataclass(slots=True)
class Desk:
    """What lies before the gate: the service, the mode, the inputs, and the rule that the story is about."""

    manifest: Manifest | None = None
    mode: str = "live"
    inputs: dict[Need, Input] = field(default_factory=dict)
    about: str = ""

    @property
    def rules(self) -> tuple[GoNoGo, ...]:
        """The rules of the service; raises ValueError before the story has named one."""
        if self.manifest is None:
            raise ValueError("no service is named yet. Begin with: everything is settled for live money at …")
        return self.manifest.go_no_go

    def report(self) -> GateReport:
        """What the gate says now."""
        return judge(self.rules, self.inputs, self.mode, NOW)

    def rule(self, title: str) -> GoNoGo:
        """The rule called so; raises ValueError."""
        for rule in self.rules:
            if rule.title == title and rule.mode in (self.mode, "both"):
                return rule
        raise ValueError(f"no rule of {self.mode} mode is called '{title}'")

    def put(self, title: str, found: Input) -> None:
        """From now on, what the rule needs first is found so; it is what the story is about."""
        self.about = title
        self.inputs[self.rule(title).needs[0]] = found

    def result(self) -> RuleResult:
        """Of the rule that the story is about."""
        return next(each for each in self.report().results if each.rule.title == self.about)


@pytest.fixture(name="desk")
def _desk(request: pytest.FixtureRequest) -> Desk:
    request.node.stash[JUDGED] = True
    return Desk()


@step("everything is settled for {mode} money at {service}")
def everything_is_settled(request: pytest.FixtureRequest, desk: Desk, mode: str, service: str) -> None:
    folder = Path(str(request.node.path)).parents[2] / "manifests"
    desk.manifest, desk.mode = read_manifest(folder / f"{service}.yaml"), mode
    desk.inputs = {need: SETTLED for rule in desk.rules for need in rule.needs}


@step("the last rehearsal was {hours:d} hours ago")
def rehearsed_hours_ago(desk: Desk, hours: int) -> None:
    for need, found in desk.inputs.items():
        if need.kind in DATED:
            desk.inputs[need] = replace(found, as_of=NOW - hours * HOUR_S)


@step("it turns out not to be so: {title}")
def turns_out_otherwise(desk: Desk, title: str) -> None:
    desk.put(title, OTHERWISE)


@step("nobody knows any more: {title}")
def nobody_knows(desk: Desk, title: str) -> None:
    desk.put(title, UNKNOWN)


@step("the gate says {verdict}")
def gate_says(desk: Desk, verdict: str) -> None:
    found = desk.report().verdict
    _expect(found is GateVerdict(verdict), f"the gate says {found}")


@step("it names what is open, and what to do next")
def names_what_is_open(desk: Desk) -> None:
    found = desk.result()
    _expect(found in desk.report().blockers, f"'{desk.about}' is {found.state}")
    _expect(all(each.input.next_step for each in found.unmet), "a blocker does not say what to do next")


@step("it warns")
def it_warns(desk: Desk) -> None:
    _expect(desk.result() in desk.report().warnings, "the gate does not warn")


@step("once that is settled again, it says GO")
def settled_again(desk: Desk) -> None:
    desk.put(desk.about, SETTLED)
    report = desk.report()
    still = ", ".join(each.rule.title for each in report.blockers)
    _expect(report.verdict is GateVerdict.GO, f"the gate says {report.verdict}; open: {still}")


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotSaid(otherwise)
