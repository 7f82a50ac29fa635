"""`rehearse storage-test`: what a service's storage does when it matters."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rehearsal_harness.cli import FINDING, PROVED
from rehearsal_harness.cli.operating import UsageError, on_manifest
from rehearsal_harness.cli.out import say
from rehearsal_harness.operating.storage_test import StorageTest
from rehearsal_harness.targets.backend import fake_environ
from rehearsal_harness.targets.postgresql_server import NoPostgresql, postgresql_address
from rehearsal_specs.manifest import Manifest


def run(options: argparse.Namespace) -> int:
    """1 when a try found something else."""

    def carry_out(path: Path, manifest: Manifest) -> int:
        assert manifest.storage is not None
        address = ""
        if manifest.storage.kind == "postgresql":
            try:
                address = postgresql_address()
            except NoPostgresql as problem:
                raise UsageError(str(problem)) from None
        options.folder.mkdir(parents=True, exist_ok=True)
        prices = {offer.price_env: f"price_{offer.id}" for offer in manifest.offers}
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            test = StorageTest(
                manifest, path, fake_environ(manifest, prices), Path(folder).resolve(), address
            )
            return _tried(test, manifest.storage.kind)

    return on_manifest(options, carry_out)


def _tried(test: StorageTest, kind: str) -> int:
    wrong = 0
    for each in test.tries():
        wrong += bool(each.expected)
        verdict = "WRONG" if each.expected else "ok   "
        say(
            f"  {verdict}  {each.name:24}  {each.found}"
            + (f"; expected {each.expected}" if each.expected else "")
        )
    say(f"storage of kind {kind}: {wrong} wrong" if wrong else f"storage of kind {kind}: all is well")
    return FINDING if wrong else PROVED
