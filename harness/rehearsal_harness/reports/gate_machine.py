"""A gate's report for machines: JSON, JUnit, SARIF, and annotations of GitHub's.

Decides the four forms.  Does not know the terminal.  Equal inputs give equal bytes, but for `at` in the JSON.
Sources: SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/),
https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from rehearsal_harness.core.gate import GateReport, RuleResult, State
from rehearsal_specs.manifest import Manifest

FORMAT = 1
Reports = Sequence[tuple[Manifest, GateReport]]


def gate_data(manifest: Manifest, report: GateReport, at: int) -> dict[str, Any]:
    """The whole report; held to specs/schema/gate_report.json."""
    return {
        "format": FORMAT,
        "service": manifest.service,
        "mode": report.mode,
        "verdict": str(report.verdict),
        "at": at,
        "manifest": {"path": manifest.path, "digest": manifest.digest},
        "blockers": [each.rule.id for each in report.blockers],
        "warnings": [each.rule.id for each in report.warnings],
        "rules": [_rule(each) for each in report.results],
        "not_asked": [str(each) for each in report.not_asked],
        "rollback": list(manifest.rollback),
    }


def _rule(result: RuleResult) -> dict[str, Any]:
    rule = result.rule
    return {
        "id": rule.id,
        "title": rule.title,
        "state": str(result.state),
        "severity": rule.severity,
        "why": rule.why,
        "source": rule.source,
        "cites": list(rule.cites),
        "proofs": [
            {
                "need": str(each.need),
                "state": str(each.input.state),
                "found": each.input.found,
                "expected": each.input.expected,
                "next": each.input.next_step,
                "as_of": each.input.as_of,
            }
            for each in result.proofs
        ],
    }


def _told(result: RuleResult) -> str:
    """What is open and what to do next, on one line for each need."""
    lines = []
    for proof in result.unmet:
        parts = [f"{proof.need}: {proof.input.found}"]
        parts += [f"expected: {proof.input.expected}"] if proof.input.expected else []
        parts += [f"next: {proof.input.next_step}"] if proof.input.next_step else []
        lines.append("; ".join(parts))
    return "\n".join(lines)


def gate_junit(reports: Reports) -> str:
    """One test suite for each service, one test for each rule: NOT_MET fails, UNDETERMINED is an error."""
    root = ElementTree.Element("testsuites", name="gate")
    for manifest, report in reports:
        tags = {State.NOT_MET: "failure", State.UNDETERMINED: "error"}
        is_open = [each for each in report.results if each.is_open_blocker]
        counts = {tag: sum(tags[each.state] == tag for each in is_open) for tag in tags.values()}
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=f"{manifest.service} {report.mode}",
            tests=str(len(report.results)),
            failures=str(counts["failure"]),
            errors=str(counts["error"]),
            skipped="0",
        )
        for result in report.results:
            case = ElementTree.SubElement(
                suite, "testcase", classname=f"gate.{manifest.service}.{report.mode}", name=result.rule.title
            )
            if result.is_open_blocker:
                tag = ElementTree.SubElement(case, tags[result.state], message=result.rule.id)
                tag.text = _told(result)
            elif result.state is not State.MET:
                ElementTree.SubElement(case, "system-out").text = f"warning: {_told(result)}"
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def gate_sarif(reports: Reports, places: Mapping[tuple[str, str], int], version: str) -> str:
    """Each open rule as a result at its line of the manifest; `places` maps (path, rule id) to lines."""
    results, rules = [], {}
    for manifest, report in reports:
        for result in (*report.blockers, *report.warnings):
            rule = result.rule
            rules[rule.id] = {
                "id": rule.id,
                "shortDescription": {"text": rule.title},
                "fullDescription": {"text": rule.why},
            }
            results.append(
                {
                    "ruleId": rule.id,
                    "level": "error" if result.is_open_blocker else "warning",
                    "message": {"text": f"{rule.title}. {_told(result)}"},
                    "locations": [_location(manifest.path, places.get((manifest.path, rule.id), 1))],
                }
            )
    driver = {"name": "rehearse gate", "version": version, "rules": [rules[key] for key in sorted(rules)]}
    run = {"tool": {"driver": driver}, "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _location(path: str, line: int) -> dict[str, Any]:
    uri = path.replace("\\", "/")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}


def gate_github(reports: Reports, places: Mapping[tuple[str, str], int]) -> str:
    """One annotation for each open rule, and a notice of the verdict for each service."""
    lines = []
    for manifest, report in reports:
        for result in (*report.blockers, *report.warnings):
            level = "error" if result.is_open_blocker else "warning"
            line = places.get((manifest.path, result.rule.id), 1)
            where = (
                f"file={_escaped(manifest.path, True)},line={line},title={_escaped(result.rule.title, True)}"
            )
            lines.append(f"::{level} {where}::{_escaped(_told(result))}")
        verdict = f"{manifest.service}: {report.verdict} in {report.mode} mode"
        lines.append(f"::notice title=gate::{_escaped(verdict)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str, is_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text
