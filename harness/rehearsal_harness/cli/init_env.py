"""`rehearse init-env`: a new env file, whole or not at all, and never over one that is there."""

from __future__ import annotations

import argparse
from pathlib import Path

from rehearsal_harness.cli import PROVED
from rehearsal_harness.cli.operating import on_manifest
from rehearsal_harness.cli.out import say
from rehearsal_harness.operating.env_file import create, fresh_text
from rehearsal_specs.manifest import Manifest


def run(options: argparse.Namespace) -> int:
    """0 when the file was made."""

    def carry_out(path: Path, manifest: Manifest) -> int:
        create(options.env, fresh_text(manifest))
        say(f"{options.env} is made, readable by you only.  Signing secrets are generated; fill in the rest,")
        say(f"then: rehearse check {options.manifest} --env {options.env}")
        return PROVED

    return on_manifest(options, carry_out)
