"""What the tests of the operator's commands share: a simulated Stripe on a socket, a folder to stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal_harness.cli import main
from rehearsal_harness.resources import shipped
from rehearsal_harness.targets.launched import SimulatedStripe, simulated_stripe
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_manifest

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="site")
def _site() -> Manifest:
    return read_manifest(shipped("manifests") / "aipowerprogress.yaml")


@pytest.fixture(name="local")
def _local() -> Manifest:
    return read_manifest(shipped("manifests") / "nyra-billing-server.yaml")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: Manifest, site: Manifest) -> Path:
    """An empty folder to stand in, and an environment without any of the services' names."""
    monkeypatch.chdir(tmp_path)
    for manifest in (local, site):
        for name in [each.name for each in (*manifest.secrets, *manifest.variables)]:
            monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture(name="stripe")
def _stripe(local: Manifest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedStripe]:
    """An account without anything of ours, at STRIPE_API_BASE, with a test key."""
    from dataclasses import replace

    with simulated_stripe(replace(local, offers=())) as stripe:
        monkeypatch.setenv("STRIPE_API_BASE", stripe.address)
        monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_" + "0" * 24)
        yield stripe


@pytest.fixture(name="rehearse")
def _rehearse(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command: its exit status, standard output and standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(words)
        except SystemExit as stop:  # argparse
            status = int(stop.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run
