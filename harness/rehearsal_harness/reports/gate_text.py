"""A gate's report for people: verdict, blockers first, each with what to do next.

Decides order and words.  Does not know colours; nothing here is ever a secret, since inputs hold none.
"""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal_harness.core.gate import GateReport, RuleResult, State
from rehearsal_specs.manifest import Manifest

_MARK = {State.MET: "met", State.NOT_MET: "NOT MET", State.UNDETERMINED: "UNDETERMINED"}


def gate_text(manifest: Manifest, report: GateReport, command: str = "gate") -> str:
    """The whole report, without a last line break."""
    return "\n".join(_lines(manifest, report, command))


def _lines(manifest: Manifest, report: GateReport, command: str) -> Iterator[str]:
    yield f"{manifest.service} · {command} · {report.mode} mode"
    for heading, results in (("Blockers", report.blockers), ("Warnings", report.warnings)):
        if results:
            yield f"\n{heading}"
            for result in results:
                yield from _open(result)
    done = [each for each in report.results if each.state is State.MET]
    if done:
        yield "\nMet"
        for result in done:
            yield f"  {result.rule.title}  ({len(result.proofs)} proved)"
    if report.not_asked:
        yield f"\nNot asked by {command}: {len(report.not_asked)} needs of the hosted backend"
    if report.blockers:
        yield "\nRollback, if it is out already"
        yield from (f"  {number}. {step}" for number, step in enumerate(manifest.rollback, 1))
    counts = (
        f"{_counted(len(report.blockers), 'blocker')} · {_counted(len(report.warnings), 'warning')}"
        f" · {len(done)} met"
    )
    yield f"\n{report.verdict} · {report.mode} · {counts}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _open(result: RuleResult) -> Iterator[str]:
    yield f"  {_MARK[result.state]}  {result.rule.title}  [{result.rule.id}]"
    yield f"      why: {result.rule.why}"
    same: dict[tuple[str, str, str], list[str]] = {}
    for proof in result.unmet:
        found = proof.input
        same.setdefault((found.found, found.expected, found.next_step), []).append(str(proof.need))
    for (found_, expected, next_step), needs in same.items():
        yield f"      {needs[0]}: {found_}" if len(needs) == 1 else f"      {found_}"
        if len(needs) > 1:
            yield f"        for: {'; '.join(needs)}"
        if expected:
            yield f"        expected: {expected}"
        if next_step:
            yield f"        next: {next_step}"
