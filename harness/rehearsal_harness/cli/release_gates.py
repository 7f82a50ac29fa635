"""`rehearse release-gates`: try each gate, and keep what came of it; an interrupt keeps what is done."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from datetime import UTC, datetime

from rehearsal_harness.cli import FINDING, PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.operating.release_gates import Gate, Passed, gates_of, report
from rehearsal_harness.resources import manifests_named
from rehearsal_harness.whole_files import write_whole

TAIL_LINES = 15


def run(options: argparse.Namespace) -> int:
    """0 when every gate passes, 1 when one does not."""
    paths, problems = manifests_named(options.manifests or ["manifests"])
    wanted = gates_of(paths, options.only, options.skip)
    if problems or not wanted:
        error("\n".join(map(str, problems)) or "no gate is left; expected fewer --skip, or another --only")
        return USAGE
    started = datetime.now(UTC)
    file = options.folder / f"{started:%Y-%m-%dT%H%M%SZ}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    tried: list[Passed] = []
    for gate in wanted:
        tried.append(_tried(gate))
        kept = report(f"{started:%Y-%m-%dT%H:%M:%SZ}", tried, wanted)
        write_whole(file, (json.dumps(kept, indent=2) + "\n").encode())
    failed = sum(each.exit_code != 0 for each in tried)
    say(f"{len(tried) - failed} of {len(tried)} gates pass; {file}")
    return FINDING if failed else PROVED


def _tried(gate: Gate) -> Passed:
    from rich.console import Console

    first, *rest = gate.command
    module = ["-m", "rehearsal_harness.cli"] if first == "rehearse" else []
    begun = time.monotonic()
    with Console(stderr=True).status(f"{gate.name}: {' '.join(gate.command)}"):
        done = subprocess.run(
            [sys.executable, *module, *rest],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    seconds = round(time.monotonic() - begun, 1)
    verdict = "pass" if done.returncode == 0 else f"FAIL {done.returncode}"
    say(f"{verdict:8}{seconds:7.1f} s  {gate.name:17} {' '.join(gate.command)}")
    if done.returncode:
        for line in done.stdout.splitlines()[-TAIL_LINES:]:
            say(f"    {line}")
    return Passed(gate.name, gate.command, done.returncode, seconds)
