"""A bench as its users start it, and the Stripe CLI as they run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import stripe


@dataclass(frozen=True)
class Bench:
    """A running simulated Stripe, its main account's key, and the backends beside it, by service."""

    address: str
    main_key: str
    backends: dict[str, str]

    def client(self, key: str, **options: object) -> stripe.StripeClient:
        """The official client for Python, over HTTP, as the guide tells to make it."""
        return stripe.StripeClient(key, base_addresses={"api": self.address}, **options)  # type: ignore[arg-type]


@contextmanager
def a_bench(folder: Path, *manifests: str) -> Iterator[Bench]:
    """`rehearse serve` on free ports, in a process of its own."""
    command = [sys.executable, "-m", "rehearsal_harness.cli", "serve", *manifests, "--json"]
    with (folder / "serve.log").open("w") as log:
        serving = subprocess.Popen(
            [*command, "--port", "0", "--backend-port", "0"], stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert serving.stdout is not None
    try:
        said = serving.stdout.readline()
        assert said, (folder / "serve.log").read_text()
        told = json.loads(said)
        urls = {each["service"]: each["url"] for each in told["services"]}
        yield Bench(told["stripe"], told["key"], urls)
    finally:
        serving.terminate()
        serving.wait(30)
        serving.stdout.close()


@dataclass(frozen=True)
class Cli:
    """The official Stripe CLI and a home folder that nobody else uses."""

    binary: Path
    address: str
    home: Path

    def command(self, key: str, *words: str) -> list[str]:
        """What to run for `stripe WORDS`."""
        return [str(self.binary), *words, "--api-key", key, "--api-base", self.address, "--color", "off"]

    def environ(self) -> dict[str, str]:
        """Its environment: no telemetry, and nothing of the person who runs the tests."""
        return {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "STRIPE_CLI_TELEMETRY_OPTOUT": "1",
            "PATH": os.environ["PATH"],
        }

    def run(self, key: str, *words: str) -> tuple[int, str]:
        """The exit status and everything it said."""
        done = subprocess.run(
            self.command(key, *words), env=self.environ(), capture_output=True, text=True, timeout=60
        )
        return done.returncode, done.stdout + done.stderr

    def start(self, key: str, *words: str) -> subprocess.Popen[str]:
        """A command that goes on until it is ended; what it says can be read from its stdout."""
        return subprocess.Popen(
            self.command(key, *words),
            env=self.environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
