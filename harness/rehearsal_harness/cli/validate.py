"""`rehearse validate`: is each manifest right?  Silent when it is."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from rehearsal_harness.cli import PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.resources import manifests_named
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.reader import read_manifest


def run(options: argparse.Namespace) -> int:
    """0 when every manifest is right, 2 otherwise."""
    paths, found = manifests_named(options.manifests)
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
    return USAGE if found else PROVED
