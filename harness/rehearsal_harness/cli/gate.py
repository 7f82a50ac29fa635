"""`rehearse gate` and `rehearse preflight`: rules, inputs, verdict, and every form of the report.

Decides what is printed and written, and the exit status: 0 GO, 1 NO-GO, 2 usage or file error, 3
UNDETERMINED. Does not know how an input is found out or judged.  A gate creates nothing; `--write` alone
writes, and only the file that the manifest's deployability names.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from rehearsal_harness.cli import FINDING, PROVED, UNDETERMINED, USAGE, worst_status
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.core.gate import GateReport, GateVerdict, judge
from rehearsal_harness.gate.asking import Asking
from rehearsal_harness.gate.collecting import collect, is_hosted, needs_of
from rehearsal_harness.gate.opening import open_asking
from rehearsal_harness.resources import manifests_named
from rehearsal_harness.whole_files import READABLE, write_whole
from rehearsal_specs.diagnostics import Diagnostic, SpecError
from rehearsal_specs.reader import read_manifest
from rehearsal_specs.source import read_source

STATUS = {
    GateVerdict.GO: PROVED,
    GateVerdict.NO_GO: FINDING,
    GateVerdict.UNDETERMINED: UNDETERMINED,
}
Answers = list[tuple[Asking, GateReport]]


def run(options: argparse.Namespace, environ: Mapping[str, str] = os.environ, now: int | None = None) -> int:
    """The worst status of any manifest."""
    at = int(time.time()) if now is None else now
    try:
        questions = _questions(options, environ, at)
    except SpecError as problem:
        error(str(problem))
        return USAGE
    for name in (options.junit, options.sarif, options.html, options.attest):
        if name and not Path(name).absolute().parent.is_dir():
            error(f"{name}: its folder does not exist, so the file could not be written")
            return USAGE
    answers = [(asking, _judged(asking, options.command)) for asking in questions]
    statuses = [STATUS[report.verdict] for _, report in answers]
    _show(answers, options, at)
    if options.attest:
        statuses.append(_attest(answers, Path(options.attest)))
    if getattr(options, "write", False):
        statuses += [_write(asking, report) for asking, report in answers]
    status = worst_status(statuses)
    if getattr(options, "allow_blocked", False) and status in (FINDING, UNDETERMINED):
        error("--allow-blocked: what is open is listed and not held against anybody; this is no GO")
        return PROVED
    return status


def _questions(options: argparse.Namespace, environ: Mapping[str, str], at: int) -> list[Asking]:
    """One for each manifest; raises SpecError with everything that is wrong with any file."""
    paths, problems = manifests_named(options.manifests)
    manifests = []
    for path in paths:
        try:
            manifests.append(read_manifest(path))
        except SpecError as problem:
            problems += problem.diagnostics
    services = {each.service for each in manifests}
    questions = []
    for manifest in manifests:
        if not manifest.go_no_go:
            problems.append(Diagnostic(manifest.path, 1, 1, "there is no 'go_no_go' section", "some rules"))
        try:
            questions.append(
                open_asking(
                    manifest,
                    mode=options.mode,
                    environ=environ,
                    env_file=options.env or "",
                    decisions=options.decisions or (),
                    now=at,
                    services=services,
                )
            )
        except SpecError as problem:
            problems += problem.diagnostics
    if problems:
        raise SpecError(problems)
    return questions


def _judged(asking: Asking, command: str) -> GateReport:
    needs = needs_of(asking.manifest.go_no_go, asking.mode)
    left_out = {each for each in needs if is_hosted(each)} if command == "preflight" else set()
    inputs = collect(asking, needs - left_out)
    return judge(asking.manifest.go_no_go, inputs, asking.mode, asking.now, left_out)


def _show(answers: Answers, options: argparse.Namespace, at: int) -> None:
    from rehearsal_harness.reports import gate_machine
    from rehearsal_harness.reports.gate_text import gate_text

    reports = [(asking.manifest, report) for asking, report in answers]
    places = _places(answers) if options.sarif or options.github else {}
    if options.json:
        data = [gate_machine.gate_data(manifest, report, at) for manifest, report in reports]
        say(json.dumps(data[0] if len(data) == 1 else data, indent=2, ensure_ascii=False))
    else:
        say("\n\n".join(gate_text(manifest, report, options.command) for manifest, report in reports))
    if options.github:
        say(gate_machine.gate_github(reports, places).rstrip("\n"))
    if options.junit:
        _write_file(options.junit, gate_machine.gate_junit(reports))
    if options.sarif:
        from importlib.metadata import version

        sarif = gate_machine.gate_sarif(reports, places, version("billing-rehearsal"))
        _write_file(options.sarif, sarif)
    if options.html:
        _write_file(options.html, _page(answers, options.command, at))


def _page(answers: Answers, command: str, at: int) -> str:
    from rehearsal_harness.gate.proved import read_evidence
    from rehearsal_harness.reports.gate_page import gate_page
    from rehearsal_harness.reports.gate_view import Asked

    asked = []
    for asking, report in answers:
        evidence = read_evidence(asking, "rehearsal")
        asked.append(
            Asked(manifest=asking.manifest, report=report, evidence=evidence.data, refusal=evidence.refusal)
        )
    return gate_page(asked, command, at)


def _write_file(name: str, text: str) -> None:
    write_whole(Path(name), text.encode(), READABLE)


def _places(answers: Answers) -> dict[tuple[str, str], int]:
    """The line of each rule in its manifest."""
    return {
        (asking.manifest.path, rule.id): document.keys[("go_no_go", rule.id)][0]
        for asking, _ in answers
        for document in [read_source(asking.manifest.path)]
        for rule in asking.manifest.go_no_go
    }


def _attest(answers: Answers, path: Path) -> int:
    """Write one in-toto statement for each service, one a line; only of evidence that is believed."""
    from rehearsal_harness.gate.proved import read_evidence
    from rehearsal_harness.reports.evidence import statement

    lines = []
    for asking, _ in answers:
        evidence = read_evidence(asking, "rehearsal")
        if evidence.refusal:
            error(f"{evidence.path}: no statement is made of this evidence: {evidence.refusal}")
        else:
            lines.append(json.dumps(statement(evidence.data), sort_keys=True))
    _write_file(str(path), "".join(f"{line}\n" for line in lines))
    return PROVED if len(lines) == len(answers) else UNDETERMINED


def _write(asking: Asking, report: GateReport) -> int:
    from rehearsal_harness.gate.deployability import status_of, write_status

    name = asking.manifest.deployability_env
    place = asking.value(name) if name else ""
    if not place:
        why = f"{name} is not set" if name else "the manifest declares no deployability.env"
        error(f"{asking.manifest.path}: nothing was written: {why}, so no file is named for the verdict")
        return USAGE
    status = status_of(report.verdict, asking.mode)
    try:
        write_status(Path(place), status)
    except OSError as problem:
        error(f"{name}: the file could not be written: {problem.strerror}. Nothing was changed.")
        return USAGE
    error(f"{name}: deployability.status is {status}")
    return PROVED
