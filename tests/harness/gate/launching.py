"""A launched backend, the simulated Stripe behind a socket, and evidence: everything a gate asks."""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from patience import patience
from waitress.server import create_server

from rehearsal_harness.closing_servers import close_server
from rehearsal_harness.core.staging import stage
from rehearsal_harness.reports.digests import REFERENCE, target_digest
from rehearsal_harness.reports.evidence import digests_of, evidence_path, sealed
from rehearsal_harness.resources import features_for
from rehearsal_harness.stripe_api.app import create_stripe_app
from rehearsal_harness.stripe_api.client import stripe_client
from rehearsal_harness.stripe_api.holder import Holder
from rehearsal_server.app import app_of
from rehearsal_server.startup import context_from
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_dunning, read_manifest, read_rules

ROOT = Path(__file__).parents[3]
NOW = 1_795_000_000
DECISIONS = ROOT / "manifests" / "decisions"


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of a WSGI app on a free port of loopback."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        close_server(server, thread, 120)


def random_environ(manifest: Manifest, prices: dict[str, str]) -> dict[str, str]:
    """What init-env would write: random secrets of the right shape for test mode."""
    token = secrets.token_hex(24)
    values = {
        "stripe_secret_key": f"sk_test_{token}",
        "webhook_secret": f"whsec_{secrets.token_hex(16)}",
        "https_url": f"https://example.test/{secrets.token_hex(6)}",
        "signing_secret": secrets.token_hex(32),
        "api_token": secrets.token_hex(20),
    }
    return {each.name: values[each.shape] for each in manifest.secrets if each.shape in values} | prices


def evidence_of(manifest: Manifest, at: int = NOW) -> dict[str, Any]:
    """Evidence as a full rehearsal of the reference server writes it, every story proved."""
    features = features_for(Path(manifest.path), manifest.service)
    rules = [
        rule
        for path in sorted(features.glob("*.feature"))
        for rule in re.findall(r"^\s*Rule:\s*(.+?)\s*$", path.read_text("utf-8"), re.MULTILINE)
    ]
    numbers = dict.fromkeys(("events", "nodes", "deliveries", "schedules", "audited"), 1)
    delivered = sorted(manifest.webhook.enabled_events)
    return sealed(
        {
            "format": 1,
            "kind": "rehearsal",
            "service": manifest.service,
            "mode": "test",
            "verdict": "PROVED",
            "complete": True,
            "at": at,
            "seed": 1,
            "digests": digests_of(manifest, features),
            "target": {"kind": REFERENCE, "digest": target_digest(REFERENCE)},
            "stories": [
                {"rule": rule, "name": "example", "verdict": "PROVED", "reason": "", "broken": ""}
                | {"delivered": delivered}
                | numbers
                for rule in rules
            ],
            "properties": {},
            "checks": [],
        }
    )


@dataclass
class Launch:
    """A folder to run in, an environment, and what is behind it."""

    folder: Path
    manifest_path: Path
    environ: dict[str, str]
    holder: Holder
    manifest: Manifest = field(init=False)

    def __post_init__(self) -> None:
        self.manifest = read_manifest(self.manifest_path)

    @property
    def decisions(self) -> Path:
        return DECISIONS / f"{self.manifest.service}.example.yaml"

    def write_evidence(self, data: dict[str, Any] | None = None) -> Path:
        path = self.folder / evidence_path(self.manifest.service)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data or evidence_of(self.manifest), indent=2), "utf-8")
        return path


@pytest.fixture(name="launch")
def _launch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launch]:
    """The local billing server and the simulated Stripe, launched, set up and rehearsed."""
    path = ROOT / "manifests" / "nyra-billing-server.yaml"
    with launched(path, tmp_path, monkeypatch) as launch:
        yield launch


@contextmanager
def launched(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launch]:
    """One service, launched in a folder of its own."""
    manifest = read_manifest(path)
    monkeypatch.chdir(folder)
    at = int(time.time())  # the launched server lives by the real clock, so its Stripe does too
    world, prices = stage(read_rules(), read_dunning(), manifest.offers, at=at, seed=1)
    holder = Holder(world)
    environ = random_environ(manifest, prices)
    with patience(), served(create_stripe_app(holder)) as stripe:
        environ["STRIPE_API_BASE"] = stripe
        assert manifest.storage is not None
        assert manifest.hosted is not None
        environ[manifest.storage.env] = str(folder / "entitlements.store")
        with served(app_of(context_from(str(path), environ))) as backend:
            environ[manifest.hosted.base_url_env] = backend
            environ[manifest.hosted.email_env] = "ada@example.test"
            register(holder, manifest, backend)
            launch = Launch(folder, path, environ, holder)
            launch.write_evidence()
            yield launch


def register(holder: Holder, manifest: Manifest, backend: str) -> None:
    """The webhook endpoint, as the owner registers it."""
    stripe_client(holder).v1.webhook_endpoints.create(
        {
            "url": backend + manifest.webhook.path,
            "enabled_events": list(manifest.webhook.enabled_events),
            "api_version": manifest.webhook.api_version,
        }
    )


Gate = Callable[..., int]
