"""`rehearse replay FILE`: follow the schedule of a finding again, and say whether it still breaks."""

from __future__ import annotations

import argparse
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from rehearsal_harness.cli import FINDING, PROVED, USAGE
from rehearsal_harness.cli.backend import NoBackend, backend_named
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.core.findings import Counts, Finding, Verdict
from rehearsal_harness.core.node import Move
from rehearsal_harness.core.replaying import disagreement
from rehearsal_harness.core.story_data import NotAStory, move_of_data, story_of_data
from rehearsal_harness.rehearsal import Options, Rehearsal, StoryResult
from rehearsal_harness.reports.text import finding_lines
from rehearsal_harness.targets.frozen import clock_for
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.reader import read_checked, read_manifest

OPTIONS = ("seed", "start", "max_duplicates", "store")


def run(options: argparse.Namespace) -> int:
    """1 when the finding breaks again, 0 when it no longer does, 2 when it cannot be followed."""
    try:
        data = read_checked(Path(options.finding), "finding")
        manifest = read_manifest(data["manifest"]["path"])
        app = options.app or data["app"]
        rehearsal = Rehearsal(
            manifest,
            backend_named(app),
            story_of_data(data["story"]),
            Options(**{name: data[name] for name in OPTIONS}),
        )
    except (SpecError, NoBackend) as problem:
        error(str(problem))
        return USAGE
    except NotAStory as problem:
        error(f"{options.finding}: {problem}")
        return USAGE
    if manifest.lacks():
        error(f"{manifest.path}: cannot be rehearsed: it declares no {', no '.join(manifest.lacks())}")
        return USAGE
    if manifest.digest != data["manifest"]["digest"]:
        error(f"note: {manifest.path} has changed since this finding was written")
    try:
        with clock_for(app, data["start"]) as rehearsal.follow_clock, redirect_stdout(sys.stderr):
            result = follow(rehearsal, data)
    except NoBackend as problem:
        error(str(problem))
        return USAGE
    if isinstance(result, str):
        error(f"{options.finding}: the schedule can no longer be followed: {result}")
        return USAGE
    if result.finding is None:
        say(f"no longer breaks: {data['property']}")
        return PROVED
    for line in finding_lines(result):
        say(line)
    return FINDING


def follow(rehearsal: Rehearsal, data: dict[str, Any]) -> StoryResult | str:
    """The result of the finding's schedule, or why it is impossible now."""
    moves, other = _moves(data["schedule"]), _moves(data["other"])
    trace = rehearsal.follow(moves)
    second = rehearsal.follow(other) if other else None
    if trace.impossible and trace.violation is None:
        return trace.impossible
    violation = trace.violation or (disagreement(second.seen, trace.seen) if second else None)
    result = StoryResult(
        story=rehearsal.story,
        verdict=Verdict.REFUTED if violation else Verdict.PROVED,
        counts=Counts(),
        seconds=0,
        trace=trace,
        other=second,
    )
    if violation is not None:
        result.finding = Finding(
            violation=violation,
            moves=moves,
            other=other,
            found_with=data["found_with"],
            shortest=data["shortest"],
        )
    return result


def _moves(schedule: list[dict[str, Any]]) -> tuple[Move, ...]:
    return tuple(move_of_data(each) for each in schedule)
