"""`rehearse smoke`: one walk through the running service, step by step."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rehearsal_harness.cli import FINDING, PROVED
from rehearsal_harness.cli.operating import UsageError, on_manifest
from rehearsal_harness.cli.out import say
from rehearsal_harness.operating.smoke import Walk, environ_of
from rehearsal_harness.targets.launched import LaunchError, launched, simulated_stripe
from rehearsal_harness.targets.postgresql_server import NoPostgresql, postgresql_address
from rehearsal_specs.manifest import Manifest


def run(options: argparse.Namespace) -> int:
    """1 when a step found something else."""
    return on_manifest(options, _carry_out)


def _carry_out(path: Path, manifest: Manifest) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="rehearsal-smoke-") as folder,
        simulated_stripe(manifest) as stripe,
    ):
        environ = environ_of(manifest, stripe, Path(folder))
        assert manifest.storage is not None
        if manifest.storage.kind == "postgresql":
            try:
                environ[manifest.storage.env] = postgresql_address()
            except NoPostgresql as problem:
                raise UsageError(str(problem)) from None
        try:
            with launched(path, environ, Path(folder)) as server:
                say(f"{manifest.service} at {server.url}, with a simulated Stripe at {stripe.address}")
                return _walked(Walk(manifest, stripe, server, environ))
        except LaunchError as problem:
            say(f"  WRONG  start  the server does not start: {problem}")
            return FINDING


def _walked(walk: Walk) -> int:
    for step in walk.steps():
        if step.expected:
            say(f"  WRONG  {step.name:14}  found {step.found}; expected {step.expected}")
            return FINDING
        say(f"  ok     {step.name:14}  {step.found:34} {step.ms:7.0f} ms")
    return PROVED
