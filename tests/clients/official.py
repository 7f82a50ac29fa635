"""A bench as its users start it, the Stripe CLI as they run it, and somebody's endpoint for webhooks."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import stripe

WAIT_S = 120


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
        serving.wait(120)
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
            self.command(key, *words), env=self.environ(), capture_output=True, text=True, timeout=120
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


class Backend:
    """A webhook endpoint of somebody's: what it was sent, with its signature."""

    def __init__(self) -> None:
        self.received: queue.Queue[tuple[str, str]] = queue.Queue()
        inbox = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                inbox.put((body, self.headers["Stripe-Signature"]))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def event(self, secret: str) -> stripe.Event:
        """The next event, verified by the official SDK."""
        body, signature = self.received.get(timeout=WAIT_S)
        return stripe.Webhook.construct_event(body, signature, secret)  # type: ignore[no-untyped-call, no-any-return]

    def close(self) -> None:
        """Answer no more."""
        self.server.shutdown()
        self.server.server_close()
