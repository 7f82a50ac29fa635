"""`rehearse validate`: is each manifest right?  Silent when it is."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from rehearsal_harness.cli import PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.resources import manifest_paths
from rehearsal_specs.diagnostics import Diagnostic, SpecError
from rehearsal_specs.reader import read_manifest


def run(options: argparse.Namespace) -> int:
    """0 when every manifest is right, 2 otherwise."""
    found: list[Diagnostic] = []
    empty = False
    for named in options.manifests:
        paths = manifest_paths(named)
        if not paths:
            empty = True
            error(f"{named}: no manifest directly in this folder. Expected *.yaml, *.yml or *.json.")
        for path in paths:
            try:
                read_manifest(path)
            except SpecError as problem:
                found += problem.diagnostics
    if options.json:
        say(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            error(str(each))
    return USAGE if found or empty else PROVED
