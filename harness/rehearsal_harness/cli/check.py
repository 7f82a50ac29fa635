"""`rehearse check`: may this service start in this environment?  Blockers first, and never a value."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from rehearsal_harness.cli import FINDING, PROVED
from rehearsal_harness.cli.operating import environ_of, on_manifest
from rehearsal_harness.cli.out import say
from rehearsal_harness.operating.checking import BLOCKER, problems
from rehearsal_specs.manifest import Manifest


def run(options: argparse.Namespace) -> int:
    """1 when something blocks, 0 for nothing or warnings only."""

    def carry_out(path: Path, manifest: Manifest) -> int:
        found = problems(manifest, environ_of(options), is_live=options.mode == "live")
        blockers = sum(each.severity == BLOCKER for each in found)
        if options.json:
            say(json.dumps([asdict(each) for each in found], indent=2))
        else:
            for each in found:
                say(str(each))
            counted = f"{blockers} blockers, {len(found) - blockers} warnings"
            say(f"{manifest.service}, {options.mode} mode: {counted}")
        return FINDING if blockers else PROVED

    return on_manifest(options, carry_out)
