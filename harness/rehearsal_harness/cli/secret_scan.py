"""`rehearse secret-scan`: is a secret in a tracked file?  Where, and of which kind; never which."""

from __future__ import annotations

import argparse

from rehearsal_harness.cli import FINDING, PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_specs.diagnostics import SpecError


def run(options: argparse.Namespace) -> int:
    """0 when none is, 1 when one is."""
    from rehearsal_harness.secret_scan import files_below, read_allow_list, scan

    folder = options.folder.resolve()
    if not folder.is_dir():
        error(f"{options.folder}: this is no folder; expected the root of a checkout")
        return USAGE
    try:
        allowed = read_allow_list(folder)
    except SpecError as problem:
        error(str(problem))
        return USAGE
    files = files_below(folder)
    leaks = scan(files, folder, allowed)
    for leak in leaks:
        say(str(leak))
    say(f"{len(files)} files, {len(leaks)} secrets")
    return FINDING if leaks else PROVED
