"""Commands that start a server: the walk through it, and what its storage does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import requests
from conftest_types import Command

from rehearsal_harness.operating.smoke import environ_of
from rehearsal_harness.resources import shipped
from rehearsal_harness.targets.launched import launched, simulated_stripe
from rehearsal_specs.manifest import Manifest

SERVICES = ("nyra-billing-server", "nyra-billing-api", "accounts-svc-plus")


@pytest.mark.parametrize("service", SERVICES)
def test_a_smoke_walks_from_health_to_portal(rehearse: Command, service: str) -> None:
    status, out, _ = rehearse("smoke", service)
    assert status == 0, out
    assert [line.split()[1] for line in out.splitlines()[1:]][:4] == [
        "health",
        "checkout",
        "payment",
        "webhooks",
    ]
    assert out.splitlines()[-1].split()[1].endswith("portal")


def test_a_server_that_cannot_start_is_a_finding_with_its_reason(rehearse: Command, folder: Path) -> None:
    """Production demands a persistent disk, and a smoke has a temporary folder."""
    text = (shipped("manifests") / "nyra-billing-server.yaml").read_text("utf-8")
    (folder / "m.yaml").write_text(
        text.replace("  NODE_ENV:\n", "  NODE_ENV:\n    default: production\n"), "utf-8"
    )
    status, out, _ = rehearse("smoke", "m.yaml")
    assert status == 1
    assert "WRONG  start  the server does not start" in out
    assert "NYRA_ENTITLEMENTS_FILE is under the temporary folder" in out


def test_a_name_that_names_nothing_is_said(rehearse: Command) -> None:
    status, _, err = rehearse("smoke", "no-such-service")
    assert (status, "no such file" in err) == (2, True)


def test_storage_is_tried_for_real(rehearse: Command, folder: Path) -> None:
    """The guard, a kill, and a second writer."""
    status, out, _ = rehearse("storage-test", "nyra-billing-server")
    tried = [line for line in out.splitlines() if line.startswith("  ")]
    assert status == 0, out
    assert len(tried) == 7
    assert all(line.startswith("  ok") for line in tried)


def test_init_env_then_check(rehearse: Command, folder: Path) -> None:
    """A new file blocks on what only Stripe knows; nothing in it is ever shown."""
    assert rehearse("init-env", "nyra-billing-server", "--env", "e")[0] == 0
    made = (folder / "e").read_text("utf-8")
    status, out, err = rehearse("check", "nyra-billing-server", "--env", "e")
    assert status == 1
    assert "blocker: STRIPE_SECRET_KEY is not set" in out
    secrets = [
        line.split("=", 1)[1] for line in made.splitlines() if "=" in line and not line.startswith("#")
    ]
    assert not [secret for secret in secrets if secret and secret in out + err]
    assert rehearse("init-env", "nyra-billing-server", "--env", "e")[0] == 2
    assert (folder / "e").read_text("utf-8") == made
    assert rehearse("init-env", "nyra-billing-server", "--env", "no/e")[0] == 2
    assert rehearse("check", "nyra-billing-server", "--env", "nothing")[0] == 2


def test_nothing_is_left_running(local: Manifest, folder: Path) -> None:
    """When the block ends the process is gone, and nobody listens."""
    path = shipped("manifests") / "nyra-billing-server.yaml"
    with (
        simulated_stripe(local) as stripe,
        launched(path, environ_of(local, stripe, folder), folder) as server,
    ):
        assert requests.get(f"{server.url}/health", timeout=120).status_code == 200
    assert server.process.poll() is not None
    for url in (server.url, stripe.address):
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=120)


def test_a_connection_that_is_kept_open_keeps_nothing_running(local: Manifest) -> None:
    """A client that never hangs up must not hold the command."""
    with requests.Session() as client:
        with simulated_stripe(local) as stripe:
            client.get(f"{stripe.address}/v1/products", timeout=120)
        assert "simulated-stripe" not in {each.name for each in threading.enumerate()}
