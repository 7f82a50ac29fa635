"""Results as JSON, for machines: one report per run, one file per finding.

Decides: the shape of both files (specs/schema/report.json and finding.json hold them to it).  Does not know
the terminal.  Nothing secret can get in: both are made of counts, ids of the simulated Stripe, and the
manifest's own names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.core.replaying import Trace
from rehearsal_harness.core.story_data import story_to_data
from rehearsal_harness.rehearsal import Options, StoryResult
from rehearsal_harness.reports.digests import files_digest, target_digest, tree_digest
from rehearsal_harness.reports.files import FOLDER
from rehearsal_harness.resources import package_folder
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_properties, read_rules

FORMAT = 1
NAME_LENGTH_MAX = 160


def report(
    manifest: Manifest, results: Sequence[StoryResult], options: Options, app: str, wanted: str = ""
) -> dict[str, Any]:
    """Everything one manifest's rehearsal found, and the digests of what it rests on; `wanted` is the text
    that chose the stories.  But for `seconds`, equal seeds give equal reports.
    """
    rows = read_rules().rows
    reached = frozenset[str]().union(*(result.rows for result in results))
    return {
        "format": FORMAT,
        "verdict": worst(results),
        "service": manifest.service,
        "seed": options.seed,
        "start": options.start,
        "asked": {
            "story": wanted,
            "max_duplicates": options.max_duplicates,
            "budget_s": options.budget_s,
            "audit": options.audit,
            "store": options.store_of(manifest),
        },
        "evidence": {
            "manifest": {"path": manifest.path, "digest": manifest.digest},
            "specs": tree_digest(package_folder("rehearsal_specs")),
            "features": files_digest({Path(result.story.path) for result in results}),
            "target": {"kind": app, "digest": target_digest(app)},
        },
        "stories": [_story(result) for result in results],
        "assumed_rows": sorted(row.id for row in rows if row.assumed and row.id in reached),
        "rows_not_reached": sorted(row.id for row in rows if row.id not in reached),
        "seconds": {result.story.title: round(result.seconds, 3) for result in results},
    }


def worst(results: Sequence[StoryResult]) -> Verdict:
    """The verdict of a whole run; an empty run shows nothing."""
    verdicts = [result.verdict for result in results] or [Verdict.UNDETERMINED]
    return max(verdicts, key=lambda verdict: verdict.severity)


def _story(result: StoryResult) -> dict[str, Any]:
    counts, story = result.counts, result.story
    broken = result.finding.violation if result.finding else None
    return {
        "name": story.name,
        "rule": story.rule or story.feature,
        "verdict": result.verdict,
        "reason": result.reason,
        "events": counts.events,
        "nodes": counts.nodes,
        "deliveries": counts.deliveries,
        "probes": counts.probes,
        "schedules": counts.schedules,
        "audited": result.audited,
        "columns_left_out": list(result.left_out),
        "reached": sorted(result.reached),
        "broken": broken.property_id if broken else "",
    }


def finding_data(manifest: Manifest, result: StoryResult, options: Options, app: str) -> dict[str, Any]:
    """A finding with all that a replay needs."""
    finding = result.finding
    assert finding is not None  # only a refuted story has a finding's file
    broken = finding.violation
    return {
        "format": FORMAT,
        "service": manifest.service,
        "manifest": {"path": os.path.abspath(manifest.path), "digest": manifest.digest},
        "app": app,
        "property": broken.property_id,
        "sentence": read_properties()[broken.property_id].sentence,
        "at": broken.at,
        "subject": broken.subject,
        "expected": broken.expected,
        "observed": broken.observed,
        "shortest": finding.shortest,
        "found_with": finding.found_with,
        "seed": options.seed,
        "start": options.start,
        "max_duplicates": options.max_duplicates,
        "store": options.store_of(manifest),
        "story": story_to_data(result.story),
        "schedule": _schedule(result.trace),
        "other": _schedule(result.other),
    }


def _schedule(trace: Trace | None) -> list[dict[str, Any]]:
    lines = trace.lines if trace else []
    return [
        {
            "kind": line.move.kind,
            "event": line.move.event,
            "nth": line.move.nth,
            "at": line.clock,
            "what": line.what,
            "status": line.status,
        }
        for line in lines
    ]


def finding_path(service: str, result: StoryResult) -> Path:
    """Where a story's finding is kept: `.rehearsal/findings/<service>-<rule>-<example>.json`."""
    title = result.story.title
    words = re.sub(r"[^a-z0-9]+", "-", f"{service} {title}".lower()).strip("-")
    if len(words) > NAME_LENGTH_MAX or not title.isascii():
        words = f"{words[:NAME_LENGTH_MAX]}-{sha256(title.encode()).hexdigest()[:8]}"
    return FOLDER / "findings" / f"{words}.json"


def report_path(service: str = "") -> Path:
    """Where a run's report is kept; `service` tells the reports of several apart."""
    return FOLDER / (f"report-{service}.json" if service else "report.json")
