"""`rehearse run`: every story of every manifest, with progress, a verdict, and files that replay what was
found.

Decides: what is printed and written.  Does not know how a story is rehearsed: pytest collects the features,
the plugin in steps/ rehearses each example.  Everything written goes under .rehearsal/ but for what was asked
elsewhere.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal_harness.cli import FINDING, PROVED, UNDETERMINED, USAGE, worst_status
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.resources import features_for, manifest_paths, shipped

if TYPE_CHECKING:
    from rehearsal_harness.core.findings import Verdict
    from rehearsal_harness.rehearsal import Options, StoryResult
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_manifest


def run(options: argparse.Namespace) -> int:
    """The worst status of any manifest."""
    paths = _paths(options.manifests)
    if paths is None:
        return USAGE
    manifests: list[Manifest] = []
    for path in paths:
        try:
            manifest = read_manifest(path)
        except SpecError as problem:
            error(str(problem))
            return USAGE
        if manifest.lacks():
            error(f"{path}: cannot be rehearsed: it declares no {', no '.join(manifest.lacks())}")
            return USAGE
        manifests.append(manifest)
    return worst_status([_rehearse(manifest, options) for manifest in manifests])


def _paths(named: Sequence[str]) -> list[Path] | None:
    if not named:
        here = Path("manifests")
        named = [str(here if here.is_dir() else shipped("manifests"))]
    paths: list[Path] = []
    for each in named:
        found = manifest_paths(each)
        if not found:
            error(f"{each}: no manifest directly in this folder. Expected *.yaml, *.yml or *.json.")
            return None
        paths += found
    return paths


def _rehearse(manifest: Manifest, asked: argparse.Namespace) -> int:
    from rehearsal_harness.cli.features import FeatureErrors, rehearse_features
    from rehearsal_harness.cli.progress import Screen
    from rehearsal_harness.rehearsal import Options
    from rehearsal_harness.targets.audit import audit
    from rehearsal_harness.targets.backend import REFERENCE, UnknownBackend, load_factory

    app = asked.app or REFERENCE
    options = Options(
        seed=asked.seed, max_duplicates=asked.max_duplicates, budget_s=asked.budget, audit=asked.audit
    )
    features = features_for(Path(manifest.path), manifest.service)
    if not features.is_dir():
        error(
            f"{manifest.path}: no stories. Expected features/{manifest.service}/*.feature beside its folder."
        )
        return USAGE
    if asked.junit and not Path(asked.junit).absolute().parent.is_dir():
        error(f"{asked.junit}: its folder does not exist, so the JUnit file could not be written")
        return USAGE
    screen = Screen(manifest, app, options, quiet=asked.json)
    try:
        load_factory(app)
        with screen.progress() as progress:
            results, interrupted = rehearse_features(manifest, features, asked.story, app, options, progress)
            progress.note("audit")
            audit(manifest.path, app, options, results)
    except (UnknownBackend, FeatureErrors) as problem:
        error(str(problem))
        return USAGE
    if not results and not interrupted:
        wanted = f" whose rule or name contains '{asked.story}'" if asked.story else ""
        error(f"{features}: no example{wanted}. Expected feature files with `Example:`s below `Rule:`s.")
        return USAGE
    verdict = _write(manifest, results, options, app, asked, interrupted=interrupted)
    if not asked.json:
        screen.results(results, verbose=asked.verbose)
        screen.summary(verdict, results, interrupted=interrupted)
    return {"PROVED": PROVED, "REFUTED": FINDING}.get(verdict, UNDETERMINED)


def _write(
    manifest: Manifest,
    results: Sequence[StoryResult],
    options: Options,
    app: str,
    asked: argparse.Namespace,
    *,
    interrupted: bool,
) -> Verdict:
    """Findings, report and what else was asked for; the verdict of the whole."""
    from rehearsal_harness.reports.junit import junit
    from rehearsal_harness.reports.machine import (
        FOLDER,
        finding_data,
        finding_path,
        report,
        worst,
        write_json,
    )

    for result in results:
        path = finding_path(manifest.service, result)
        if result.finding is not None:
            write_json(path, finding_data(manifest, result, options, app))
        elif result.verdict == "PROVED":
            path.unlink(missing_ok=True)  # found earlier, and mended since
    data = report(manifest, results, options, app)
    if interrupted:
        data["verdict"] = max(data["verdict"], worst([]), key=lambda verdict: verdict.severity)
    write_json(FOLDER / "report.json", data)
    if asked.junit:
        Path(asked.junit).write_text(junit(manifest.service, results), encoding="utf-8")
    if asked.json:
        say(json.dumps(data, indent=2))
    verdict: Verdict = data["verdict"]
    return verdict
