"""A desktop, its billing server and the simulated Stripe, each behind a real socket."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import waitress
from signed_manifest import KEYS_ENV
from stripe_says import signed

from rehearsal_harness.core.actions import Action, Advance
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.requests import save_default_portal
from rehearsal_harness.core.staging import stage
from rehearsal_harness.stripe_api.app import create_stripe_app
from rehearsal_harness.stripe_api.holder import Holder
from rehearsal_harness.targets.backend import fake_environ
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_dunning, read_manifest, read_rules

TIMEOUT_S = 120


def port_nobody_is_given() -> int:
    """A free port below those that a system gives to whoever asks for any: it stays free while a server is
    down."""
    for _ in range(100):
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("100 ports were taken")


class Stripe:
    """The simulated Stripe on a port of its own, at the time of this machine."""

    def __init__(self, manifest: Manifest) -> None:
        world, self.prices = stage(read_rules(), read_dunning(), manifest.offers, at=int(time.time()), seed=1)
        self.holder = Holder(save_default_portal(world))
        self._server = waitress.create_server(
            create_stripe_app(self.holder), host="127.0.0.1", port=0, threads=2
        )
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.effective_port}"

    def happen(self, *actions: Action) -> None:
        """What people do at Stripe, a second after what was before."""
        for action in actions:
            world = step(self.holder.world, Advance(self.holder.world.now + 1))
            self.holder.world = step(world, action)

    @property
    def session_id(self) -> str:
        """The checkout session that was made last."""
        return next(iter(self.holder.world.checkout_sessions.newest_first())).id

    def stop(self) -> None:
        self._server.close()
        self._server.task_dispatcher.shutdown()
        self._thread.join(TIMEOUT_S)


@dataclass
class Town:
    """The server as a process of its own, which can be stopped and started again on the same port."""

    manifest_path: Path
    folder: Path
    keys: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None
    _port: str = field(default_factory=lambda: str(port_nobody_is_given()))
    _delivered: int = 0

    def __post_init__(self) -> None:
        manifest = read_manifest(self.manifest_path)
        assert manifest.storage is not None
        self.stripe = Stripe(manifest)
        self.environ |= {**os.environ, **fake_environ(manifest, self.stripe.prices)}
        self.environ |= {
            "STRIPE_API_BASE": self.stripe.address,
            manifest.storage.env: str(self.folder / "facts"),
        }
        if self.keys:
            self.environ[KEYS_ENV] = self.keys
        self._secret = next(
            self.environ[each.name] for each in manifest.secrets if each.shape == "webhook_secret"
        )
        self._webhook_path = manifest.webhook.path
        self._enabled = manifest.webhook.enabled_events

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "rehearsal_server", *words, "--manifest", str(self.manifest_path)]

    def start(self) -> None:
        """The server listens; after a stop, at its old address."""
        self._process = subprocess.Popen(
            [*self.command("serve"), "--port", self._port],
            env=self.environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "listens on" in line, line

    def stop(self) -> None:
        """Nobody listens."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=TIMEOUT_S)
            self._process = None

    def close(self) -> None:
        self.stop()
        self.stripe.stop()

    def public_keys(self) -> Path:
        """The file that a desktop is built with."""
        done = subprocess.run(
            self.command("public-keys"), env=self.environ, capture_output=True, text=True, check=True
        )
        path = self.folder / "public-keys.json"
        path.write_text(done.stdout, "utf-8")
        return path

    def deliver(self) -> None:
        """Every webhook that was not delivered yet."""
        events = list(self.stripe.holder.world.events)
        for event in events[self._delivered :]:
            if event.type in self._enabled:
                self._post(render_event(event))
        self._delivered = len(events)

    def _post(self, event: dict[str, Any]) -> None:
        body = json.dumps(event)
        header = signed(body, int(time.time()), self._secret)
        request = urllib.request.Request(
            self.url + self._webhook_path,
            body.encode(),
            {"Stripe-Signature": header, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            assert answer.status == 200
