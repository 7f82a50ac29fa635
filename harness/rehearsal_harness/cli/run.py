"""`rehearse run`: every story of every manifest, with progress, a verdict, and files that replay what was
found.

Decides: what is printed and written, and that every file is looked at before any story is rehearsed.  Does
not know how a story is rehearsed: pytest collects the features, the plugin in steps/ rehearses each example.
Everything written goes under .rehearsal/ but for what was asked elsewhere.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal_harness.cli import FINDING, PROVED, UNDETERMINED, USAGE, worst_status
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.resources import features_for, manifests_named, shipped
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_manifest

if TYPE_CHECKING:
    from rehearsal_harness.cli.progress import Progress, Screen
    from rehearsal_harness.rehearsal import Options, StoryResult


@dataclass(slots=True)
class Run:
    """One manifest's rehearsal: what is rehearsed, and what came of it.  `interrupted`: by a person;
    `problem`: what is wrong with the feature files, one line each; `is_without`: no example was asked for.
    """

    manifest: Manifest
    features: Path
    report_path: Path
    results: list[StoryResult] = field(default_factory=list)
    interrupted: bool = False
    problem: str = ""
    is_without: bool = False
    seconds: float = 0.0


def run(options: argparse.Namespace) -> int:
    """The worst status of any manifest."""
    manifests = _manifests(options.manifests)
    if options.junit and not Path(options.junit).absolute().parent.is_dir():
        error(f"{options.junit}: its folder does not exist, so the JUnit file could not be written")
        return USAGE
    if manifests is None:
        return USAGE
    from rehearsal_harness.cli.backend import NoBackend, backend_named
    from rehearsal_harness.cli.together import workers_for
    from rehearsal_harness.reports.junit import junit
    from rehearsal_harness.reports.machine import report_path
    from rehearsal_harness.targets.backend import REFERENCE

    try:
        backend_named(options.app or REFERENCE)
    except NoBackend as problem:
        error(str(problem))
        return USAGE
    several = len(manifests) > 1
    runs = [
        Run(
            each,
            features_for(Path(each.path), each.service),
            report_path(each.service if several else ""),
        )
        for each in manifests
    ]
    workers = workers_for(len(runs), options.jobs)
    told = _at_once(runs, options, workers) if workers > 1 else _one_by_one(runs, options)
    done = list(told)
    if options.junit:
        results = {each.manifest.service: each.results for each, _ in done}
        Path(options.junit).write_text(junit(results), encoding="utf-8")
    # Of several services one may have the story: the others say that they have not, and that is no mistake.
    return worst_status([status for each, status in done if not each.is_without] or [USAGE])


def _manifests(named: Sequence[str]) -> list[Manifest] | None:
    """The manifests to rehearse; None when there is anything wrong with any, which has been said."""
    here = Path("manifests")
    paths, problems = manifests_named(named or [str(here if here.is_dir() else shipped("manifests"))])
    said = [str(each) for each in problems]
    by_service: dict[str, Manifest] = {}
    for path in paths:
        try:
            manifest = read_manifest(path)
        except SpecError as problem:
            said.append(str(problem))
            continue
        twin = by_service.setdefault(manifest.service, manifest)
        if twin is not manifest:
            said.append(f"{path}: '{manifest.service}' is also declared by {twin.path}")
        if manifest.lacks():
            said.append(f"{path}: cannot be rehearsed: it declares no {', no '.join(manifest.lacks())}")
        elif not features_for(path, manifest.service).is_dir():
            said.append(
                f"{path}: no stories. Expected features/{manifest.service}/*.feature beside its folder."
            )
    for each in said:
        error(each)
    return None if said else list(by_service.values())


def carry_out(run: Run, asked: argparse.Namespace, progress: Progress) -> Run:
    """The same run with what came of it; nothing is shown but progress."""
    from rehearsal_harness.cli.backend import backend_named
    from rehearsal_harness.cli.features import FeatureErrors, rehearse_features
    from rehearsal_harness.targets.audit import audit
    from rehearsal_harness.targets.backend import REFERENCE
    from rehearsal_harness.targets.databases import missing_packages
    from rehearsal_harness.targets.driver import real_seconds

    app, options, began = asked.app or REFERENCE, _options(asked), real_seconds()
    if lacking := missing_packages(options.store_of(run.manifest)):
        run.problem = f"{run.manifest.path}: {lacking}"
        return run
    run.report_path.parent.mkdir(exist_ok=True)  # what cannot be written is said before the work, not after
    try:
        run.results, run.interrupted = rehearse_features(
            run.manifest, run.features, asked.story, app, backend_named(app), options, progress
        )
        if not run.interrupted:
            progress.note("audit")
            audit(run.manifest.path, app, options, run.results)
    except FeatureErrors as problem:
        run.problem = str(problem)
    except KeyboardInterrupt:  # the audit's
        run.interrupted = True
    run.seconds = real_seconds() - began
    if not run.results and not run.interrupted and not run.problem:
        run.is_without = bool(asked.story)
        wanted = f" whose rule or name contains '{asked.story}'" if asked.story else ""
        run.problem = (
            f"{run.features}: no example{wanted}. Expected feature files with `Example:`s below `Rule:`s."
        )
    return run


def _options(asked: argparse.Namespace) -> Options:
    from rehearsal_harness.rehearsal import Options

    return Options(
        seed=asked.seed,
        max_duplicates=asked.max_duplicates,
        budget_s=asked.budget,
        audit=asked.audit,
        store=asked.store,
    )


def _one_by_one(runs: Sequence[Run], asked: argparse.Namespace) -> Iterator[tuple[Run, int]]:
    from rehearsal_harness.cli.progress import progress_line

    for run in runs:
        screen = _screen(run, asked)
        with progress_line() as progress:
            carry_out(run, asked, progress)
        yield run, _tell(run, screen, asked)
        if run.interrupted:
            return


def _at_once(runs: Sequence[Run], asked: argparse.Namespace, workers: int) -> Iterator[tuple[Run, int]]:
    from rehearsal_harness.cli.progress import progress_line
    from rehearsal_harness.cli.together import together

    with progress_line() as progress:
        progress.note(f"{len(runs)} services, {workers} at once")
        done = list(together(runs, asked, workers, progress.note))
    for run in done:
        yield run, _tell(run, _screen(run, asked), asked)


def _screen(run: Run, asked: argparse.Namespace) -> Screen:
    from rehearsal_harness.cli.progress import Screen
    from rehearsal_harness.targets.backend import REFERENCE

    return Screen(run.manifest, asked.app or REFERENCE, _options(asked), quiet=asked.json)


def _tell(run: Run, screen: Screen, asked: argparse.Namespace) -> int:
    """Show the results and keep them; their exit status."""
    if run.problem:
        error(run.problem)
        return USAGE
    from rehearsal_harness.reports.machine import report, worst
    from rehearsal_harness.targets.backend import REFERENCE

    app, options = asked.app or REFERENCE, _options(asked)
    data = report(run.manifest, run.results, options, app, asked.story)
    if run.interrupted:
        data["verdict"] = max(data["verdict"], worst([]), key=lambda verdict: verdict.severity)
    if asked.json:
        say(json.dumps(data, indent=2))
    else:
        screen.results(run.results, verbose=asked.verbose)
        screen.summary(
            data["verdict"], run.results, run.report_path, run.seconds, interrupted=run.interrupted
        )
    _write(run, data, options, app)
    if not asked.story:  # some stories are no evidence of a service
        _write_evidence(run, options, app, str(data["verdict"]))
    return {"PROVED": PROVED, "REFUTED": FINDING}.get(data["verdict"], UNDETERMINED)


def _write(run: Run, data: dict[str, Any], options: Options, app: str) -> None:
    from rehearsal_harness.reports.files import write_json
    from rehearsal_harness.reports.machine import finding_data, finding_path

    for result in run.results:
        path = finding_path(run.manifest.service, result)
        if result.finding is not None:
            write_json(path, finding_data(run.manifest, result, options, app))
        elif result.verdict == "PROVED":
            path.unlink(missing_ok=True)  # found earlier, and mended since
    write_json(run.report_path, data)


def _write_evidence(run: Run, options: Options, app: str, verdict: str) -> None:
    from rehearsal_harness.reports.evidence import evidence_path, rehearsal_evidence
    from rehearsal_harness.reports.files import write_json

    storage = run.manifest.storage
    on_its_store = storage is None or options.store_of(run.manifest) == storage.kind
    evidence = rehearsal_evidence(
        run.manifest,
        run.features,
        run.results,
        app=app,
        seed=options.seed,
        at=int(time.time()),
        complete=not run.interrupted and options.max_duplicates < 0 and on_its_store,
        verdict=verdict,
    )
    write_json(evidence_path(run.manifest.service), evidence)
