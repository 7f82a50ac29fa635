"""Results as JUnit XML: one suite per feature of each service, one case per example.

Decides: REFUTED is a failure, UNDETERMINED an error, so that neither passes in any reader of the format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.rehearsal import StoryResult
from rehearsal_harness.reports.text import finding_lines


def junit(by_service: Mapping[str, Sequence[StoryResult]]) -> str:
    """The document as text."""
    suites = ElementTree.Element("testsuites", name=f"rehearsal of {', '.join(by_service)}")
    for service, results in by_service.items():
        for feature in dict.fromkeys(result.story.feature for result in results):
            _suite(suites, service, feature, [each for each in results if each.story.feature == feature])
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _suite(suites: ElementTree.Element, service: str, feature: str, cases: Sequence[StoryResult]) -> None:
    suite = ElementTree.SubElement(
        suites,
        "testsuite",
        name=feature,
        tests=str(len(cases)),
        failures=str(sum(case.verdict is Verdict.REFUTED for case in cases)),
        errors=str(sum(case.verdict is Verdict.UNDETERMINED for case in cases)),
        time=f"{sum(case.seconds for case in cases):.3f}",
    )
    for case in cases:
        _case(suite, service, case)


def _case(suite: ElementTree.Element, service: str, result: StoryResult) -> None:
    story = result.story
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=f"{service}.{story.feature}",
        name=story.title,
        time=f"{result.seconds:.3f}",
    )
    if result.verdict is Verdict.REFUTED:
        lines = finding_lines(result)
        ElementTree.SubElement(case, "failure", message=lines[0]).text = "\n".join(lines)
    elif result.verdict is Verdict.UNDETERMINED:
        ElementTree.SubElement(case, "error", message=f"UNDETERMINED: {result.reason}")
