"""A manifest's server as a process of its own, and the simulated Stripe in front of it, each on a socket.

Decides: how both are started and stopped, and how a webhook is posted.  Does not know what is done with them.
Everything binds loopback; nothing is left running when the block ends.
"""

from __future__ import annotations

import hmac
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal_harness.closing_servers import close_server
from rehearsal_harness.core.actions import Action, Advance
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.staging import stage
from rehearsal_harness.core.world import Settings, World
from rehearsal_harness.stripe_api.holder import Holder
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_dunning, read_rules

if TYPE_CHECKING:
    import requests

TIMEOUT_S = 10
MARK = "listens on"


class LaunchError(Exception):
    """The server did not come up; the message is what it said."""


@dataclass
class SimulatedStripe:
    """Stripe on a port of its own, at the time of this machine; `ids` are the prices by `price_env`."""

    manifest: Manifest
    address: str
    holder: Holder
    ids: Mapping[str, str]
    _delivered: int = 0

    @property
    def world(self) -> World:
        """Everything that is at Stripe now."""
        return self.holder.world

    def happen(self, *actions: Action) -> None:
        """What people do at Stripe, a second after what was before."""
        for action in actions:
            world = step(self.holder.world, Advance(self.holder.world.now + 1))
            self.holder.world = step(world, action)

    def undelivered(self) -> list[dict[str, Any]]:
        """The events the endpoint is to be sent and was not yet, in true order."""
        events = list(self.world.events)
        fresh = [
            event for event in events[self._delivered :] if event.type in self.manifest.webhook.enabled_events
        ]
        self._delivered = len(events)
        return [render_event(event, self.manifest.webhook.api_version, self.world) for event in fresh]


@contextmanager
def simulated_stripe(manifest: Manifest) -> Iterator[SimulatedStripe]:
    """The simulated Stripe, set up with the manifest's offers, for as long as the block lasts."""
    import waitress  # type: ignore[import-untyped]

    from rehearsal_harness.stripe_api.app import create_stripe_app

    settings = Settings(api_version=manifest.webhook.api_version)
    world, ids = stage(
        read_rules(), read_dunning(), manifest.offers, at=int(time.time()), seed=1, settings=settings
    )
    holder = Holder(world)
    server = waitress.create_server(create_stripe_app(holder), host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, name="simulated-stripe")
    thread.start()
    try:
        yield SimulatedStripe(manifest, f"http://127.0.0.1:{server.effective_port}", holder, ids)
    finally:
        close_server(server, thread, TIMEOUT_S)


@dataclass
class Launched:
    """A server that listens at `url`; `said` is what it printed before."""

    url: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)


@contextmanager
def launched(
    manifest_path: Path, environ: Mapping[str, str], folder: Path, port: int = 0
) -> Iterator[Launched]:
    """`billing-server` for a manifest, in `folder`, on a free port; raises LaunchError with its reasons."""
    command = [sys.executable, "-m", "rehearsal_server", "serve", "--manifest", str(manifest_path.resolve())]
    log = folder / "server.log"
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            env={**_inherited(), **environ},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if MARK not in line:
            process.wait(TIMEOUT_S)
            raise LaunchError(log.read_text("utf-8").strip() or f"it ended with status {process.returncode}")
        drain = threading.Thread(target=_drain, args=(process,), daemon=True)
        drain.start()
        yield Launched(url=line.split()[-1], process=process)
    finally:
        process.terminate()
        try:
            process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(TIMEOUT_S)
        if process.stdout is not None:
            process.stdout.close()


def _inherited() -> dict[str, str]:
    """What a process needs of this one's environment: paths, not secrets."""
    names = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "TMPDIR", "TEMP")
    return {name: os.environ[name] for name in names if name in os.environ}


def _drain(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for _ in process.stdout:  # its delivery log; a full pipe would stop it
        pass


def signed(body: str, secret: str, at: int) -> str:
    """The Stripe-Signature header of a body.  Source: https://docs.stripe.com/webhooks#verify-manually."""
    digest = hmac.new(secret.encode(), f"{at}.{body}".encode(), sha256).hexdigest()
    return f"t={at},v1={digest}"


def post_event(url: str, event: Mapping[str, Any], secret: str) -> requests.Response:
    """Deliver one event, signed now.  Raises requests.RequestException."""
    import requests

    body = json.dumps(event, indent=2)
    headers = {"Stripe-Signature": signed(body, secret, int(time.time())), "Content-Type": "application/json"}
    return requests.post(url, data=body.encode(), headers=headers, timeout=TIMEOUT_S)
