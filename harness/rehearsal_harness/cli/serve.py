"""`rehearse serve`: one terminal, one command, and a billing world that works offline.

Decides: what is started in which order, what people are told, and the exit status.  Does not know how the
bench works (`serving`).
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from rehearsal_harness.cli import PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.resources import manifests_named
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.manifest import Manifest

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from rehearsal_harness.serving.serving import Serving

    try:
        manifests = _read(options.manifests)
    except SpecError as problem:
        error(str(problem))
        return USAGE
    with _quiet(), _stopped_by_signal() as stop:
        serving = Serving()
        try:
            status = _serve(options, manifests, serving, stop)
        finally:
            closed = _close(serving)
    return max(status, closed)


def _serve(
    options: argparse.Namespace, manifests: list[Manifest], serving: Any, stop: threading.Event
) -> int:
    import sqlite3

    from rehearsal_harness.serving.serving import PortTaken
    from rehearsal_harness.serving.state_file import StateError

    try:
        _open(options, manifests, serving)
        while not stop.wait(1):
            pass
    except (PortTaken, StateError, _CannotServe) as problem:
        error(str(problem))
        return USAGE
    except sqlite3.Error as problem:
        error(f"{options.state}: cannot be written: {problem}. Make room, or name another file")
        return USAGE
    except KeyboardInterrupt:
        error("stopped")
    return PROVED


def _close(serving: Any) -> int:
    """Close everything; a second Ctrl-C does not wait for what a backend has yet to answer."""
    from rehearsal_harness.serving.state_file import StateError

    try:
        serving.close()
    except StateError as problem:
        error(str(problem))
        return USAGE
    except KeyboardInterrupt:
        error("stopped without waiting for deliveries under way")
    return PROVED


class _CannotServe(Exception):
    """A backend that must not start; the message says why."""


@dataclass(frozen=True, slots=True)
class _Plan:
    manifest: Manifest
    port: int
    store: str


def _read(words: list[str]) -> list[Manifest]:
    from rehearsal_specs.reader import read_manifest

    paths, problems = manifests_named(words)
    if problems:
        raise SpecError(problems)
    return [read_manifest(path) for path in paths]


def _open(options: argparse.Namespace, manifests: list[Manifest], serving: Any) -> None:
    from rehearsal_harness.serving.app import create_bench_app
    from rehearsal_harness.serving.serving import STRIPE_THREADS, listen
    from rehearsal_harness.serving.starting import bench_of

    folder = _folder(options, serving)
    words = {name: getattr(options, name) for name in ("at", "speed", "seed", "api_version", "state")}
    bench = bench_of(**words, held=True)
    app = create_bench_app(bench, LOOPBACK if options.host in LOOPBACK else ())
    stripe = serving.open(
        listen(
            app,
            options.host,
            options.port,
            threads=STRIPE_THREADS,
            what="the simulated Stripe",
            option="--port",
        )
    )
    bench.address = f"http://{_shown(options.host)}:{stripe.port}"
    bench.cli.socket.start(options.host)
    serving.keep_time(bench)
    if not options.json:
        _say_stripe(bench, options.host)
    app.pages()
    for plan in _plans(options, manifests):
        _open_backend(options, bench, plan, folder, serving)
    bench.webhooks.release()  # of a resumed bench some are due at once
    if options.json:
        say(json.dumps(_addresses(bench)))
    else:
        say(
            "\nCtrl-C stops everything"
            + ("" if options.state else "; nothing is kept (--state FILE keeps it)")
        )


def _open_backend(options: argparse.Namespace, bench: Any, plan: _Plan, folder: Path, serving: Any) -> None:
    from rehearsal_harness.serving.backends import begin
    from rehearsal_harness.serving.services import declare
    from rehearsal_harness.serving.serving import BACKEND_THREADS, Later, listen
    from rehearsal_harness.targets.reference import StartFailed

    later = Later()
    listening = serving.open(
        listen(
            later,
            options.host,
            plan.port,
            threads=BACKEND_THREADS,
            what=plan.manifest.service,
            option="--backend-port",
        )
    )
    url = f"http://{_shown(options.host)}:{listening.port}"
    service = declare(bench, plan.manifest, url, folder, plan.store)
    bench.services = (*bench.services, service)
    try:
        begin(bench, service, later)
    except StartFailed as problem:
        raise _CannotServe(f"{plan.manifest.path}: {problem}") from None
    if not options.json:
        say(f"{plan.manifest.service:<22} {url}")


def _plans(options: argparse.Namespace, manifests: list[Manifest]) -> list[_Plan]:
    taken: set[int] = set()
    plans = []
    for number, manifest in enumerate(manifests):
        lacks = manifest.lacks()
        if lacks:
            raise _CannotServe(f"{manifest.path}: it has no {', no '.join(lacks)}, so it cannot be served")
        port = manifest.default_port or 0
        if options.backend_port is not None:
            port = options.backend_port + number if options.backend_port else 0
        if port in taken:
            error(f"{manifest.path}: port {port} is another manifest's already; it gets a free one")
            port = 0
        taken |= {port} - {0}
        plans.append(_Plan(manifest, port, _store(options, manifest)))
    return plans


def _store(options: argparse.Namespace, manifest: Manifest) -> str:
    declared = manifest.storage.kind if manifest.storage else ""
    if not options.store and declared == "postgresql" and not os.environ.get("DATABASE_URL"):
        error(f"{manifest.path}: facts are kept in SQLite here, not PostgreSQL: DATABASE_URL is not set")
        return "sqlite"
    return str(options.store)


def _folder(options: argparse.Namespace, serving: Any) -> Path:
    """Where backends keep their facts: beside the state file, or nowhere for long."""
    if options.state:
        folder = Path(f"{options.state}.backends")
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    temporary = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    serving.also(lambda: shutil.rmtree(temporary, ignore_errors=True))
    return temporary


def _shown(host: str) -> str:
    """How a client on this machine writes the address."""
    return "127.0.0.1" if host in ("0.0.0.0", "localhost") else f"[{host}]" if ":" in host else host


def _say_stripe(bench: Any, host: str) -> None:
    from rehearsal_harness.core.api_versions import API_VERSION
    from rehearsal_harness.serving.bench import MAIN_KEY

    if host not in LOOPBACK:
        error(
            f"listening on {host}: anybody who reaches it can move the clock, read every simulated object and"
            " use the backends' admin routes; leave --host out to keep it to this machine"
        )
    say(f"{'simulated Stripe':<22} {bench.address}   key {MAIN_KEY}")
    version = bench.main.world.settings.api_version
    if version != API_VERSION:
        say(f"{'API version':<22} {version}")
    say(f"{'control page':<22} {bench.address}/")


def _addresses(bench: Any) -> dict[str, Any]:
    from rehearsal_harness.serving.bench import MAIN_KEY

    return {
        "stripe": bench.address,
        "key": MAIN_KEY,
        "api_version": bench.main.world.settings.api_version,
        "services": [{"service": each.manifest.service, "url": each.url} for each in bench.services],
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """Warnings are not told: its storage is meant to be forgotten, and it has a page for its deliveries."""
    loggers = [logging.getLogger(name) for name in ("rehearsal_server", "waitress.queue")]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)


@contextmanager
def _stopped_by_signal() -> Iterator[threading.Event]:
    """Set by SIGTERM, from now on: whoever starts a bench may end it before it is all there."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
