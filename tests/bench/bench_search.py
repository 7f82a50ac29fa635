"""Deliveries per second of a search beside a bare loop of the same run.

Decides: what "fast" is measured against: the same twelve events of one subscription, every subset of them,
each node given each event once; Falcon called as WSGI, HMAC, JSON, SQLite in memory, savepoints and a hash of
what is stored, and no rule at all.  Probes of the search are timed apart.  Prints ratios; asserts no time.
Bare loop and search take turns, so that a noisy machine slows both.  Run by `tox -e bench`.
"""

from __future__ import annotations

import argparse
import gc
import hmac
import io
import json
import marshal
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b, sha256
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import falcon

from rehearsal_harness.core.commands import Command, Probe
from rehearsal_harness.core.exploration import Exploration
from rehearsal_harness.core.findings import Counts
from rehearsal_harness.core.node import Move, Node
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.story import Arrive, Checkout, Dither, Pay, Story
from rehearsal_harness.rehearsal import Options, Rehearsal
from rehearsal_harness.targets.backend import REFERENCE, load_factory
from rehearsal_harness.targets.driver import drive, drive_search
from rehearsal_specs.reader import read_manifest

MANIFEST = Path(__file__).parents[2] / "manifests" / "nyra-billing-server.yaml"
SECRET = b"whsec_" + b"0" * 32
ADA = "Ada"


class Run(NamedTuple):
    """What one run did; `probes` were asked in `probing_s` of the `seconds`."""

    nodes: int
    deliveries: int
    seconds: float
    probes: int = 0
    probing_s: float = 0.0

    @property
    def rate(self) -> float:
        """Deliveries per second, probes counted apart."""
        return self.deliveries / (self.seconds - self.probing_s)


class Bare:
    """A backend without rules on a connection of its own: verify, decode, keep."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.execute = connection.execute
        self.execute("CREATE TABLE rows (id TEXT PRIMARY KEY, object TEXT, created INTEGER) WITHOUT ROWID")
        self.app = falcon.App()
        self.app.add_route("/webhook", self)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """One delivery."""
        body = req.stream.read(req.content_length)
        at, given = req.env["HTTP_STRIPE_SIGNATURE"].split(",")
        wanted = hmac.new(SECRET, at[2:].encode() + b"." + body, sha256).hexdigest()
        if not hmac.compare_digest(given[3:], wanted):
            raise falcon.HTTPBadRequest
        event = json.loads(body)
        self.execute("SAVEPOINT work")
        row = (event["id"], event["data"]["object"]["id"], event["created"])
        self.execute("INSERT INTO rows VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
        self.execute("RELEASE work")
        resp.data = b'{"received": true}'


def bare_loop(bodies: list[bytes]) -> Run:
    """Every subset of the events, depth first, each node given each event once."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    execute, bare = connection.execute, Bare(connection)
    signed = [f"t=1,v1={hmac.new(SECRET, b'1.' + body, sha256).hexdigest()}" for body in bodies]
    seen: set[bytes] = set()
    deliveries = 0

    def deliver(index: int) -> None:
        environ = _environ(bodies[index], signed[index])
        statuses: list[str] = []
        b"".join(bare.app(environ, lambda status, headers, exc_info=None: statuses.append(status)))
        assert statuses == ["200 OK"], statuses

    def explore(depth: int) -> None:
        nonlocal deliveries
        execute(f"SAVEPOINT node_{depth}")
        for index in range(len(bodies)):
            before = connection.total_changes
            deliver(index)
            deliveries += 1
            if connection.total_changes == before:
                continue
            key = blake2b(marshal.dumps(execute("SELECT * FROM rows").fetchall(), 2), digest_size=16).digest()
            if key not in seen:
                seen.add(key)
                explore(depth + 1)
            execute(f"ROLLBACK TO node_{depth}")
        execute(f"RELEASE node_{depth}")

    began = time.perf_counter()
    explore(0)
    return Run(len(seen) + 1, deliveries, time.perf_counter() - began)


def _environ(body: bytes, signature: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/webhook",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_STRIPE_SIGNATURE": signature,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


class Stopwatch:
    """A target whose probes are timed."""

    def __init__(self, execute: Callable[[Command], Any]) -> None:
        self._execute = execute
        self.probing_s = 0.0

    def execute(self, command: Command) -> Any:
        """The same answer as without a watch."""
        if type(command) is not Probe:
            return self._execute(command)
        began = time.perf_counter()
        answer = self._execute(command)
        self.probing_s += time.perf_counter() - began
        return answer


def twelve(events: int) -> Story:
    """A checkout (two events), and cancellations taken back a second apart (two for each change of mind)."""
    dither = Dither(person=ADA, times=(events - 2) // 2, apart_s=1)
    actions = (Checkout(person=ADA, device="laptop"), Pay(person=ADA, card="ok"), dither)
    arrive = (Arrive(), Arrive(late=True))
    return Story(name="bench", rule="", feature="", path="", line=1, actions=(*actions, *arrive))


def search(rehearsal: Rehearsal) -> Run:
    """One whole search of the reference server."""
    counts = Counts()
    target, start, moves, checker = rehearsal.fresh(counts)
    exploration, watch = Exploration(moves, checker, counts), Stopwatch(target.execute)
    began = time.perf_counter()
    outcome = drive_search(exploration, exploration.run(start), watch)
    seconds = time.perf_counter() - began
    assert outcome.finding is None, outcome.finding
    assert not outcome.incomplete, outcome.incomplete
    return Run(counts.nodes, counts.deliveries, seconds, counts.probes, watch.probing_s)


def bodies_of(rehearsal: Rehearsal) -> list[bytes]:
    """The deliveries of a story, as Stripe posts them."""
    target, node, moves, checker = rehearsal.fresh(Counts())
    node = _told(node, moves, target)
    version = node.world.settings.api_version
    return [
        json.dumps(render_event(event, version), indent=2).encode() for event in checker.deliverable(node)
    ]


def _told(node: Node, moves: Any, target: Any) -> Node:
    while Move("proceed") in list(moves.of(node)):
        node = drive(moves.go(node, b"", Move("proceed")), target).node
    return node


def table(events: int, pairs: list[tuple[Run, Run]]) -> Iterator[str]:
    """The measurements in Markdown."""
    bare, searched = pairs[0]
    rates = [median(pair[side].rate for pair in pairs) for side in (0, 1)]
    ratio = median(search.rate / bare.rate for bare, search in pairs)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"| {events} events of one subscription, every order, any duplicates | bare loop | rehearsal |"
    yield "|---|---|---|"
    yield "| verdict | – | PROVED |"
    yield f"| nodes | {bare.nodes:,} | {searched.nodes:,} |"
    yield f"| deliveries | {bare.deliveries:,} | {searched.deliveries:,} |"
    yield f"| probes, apart | – | {searched.probes:,} |"
    yield f"| seconds | {bare.seconds:.1f} | {searched.seconds:.1f} |"
    yield f"| deliveries per second, median of {len(pairs)} | {rates[0]:,.0f} | {rates[1]:,.0f} |"
    yield f"| ratio to the bare loop, median of {len(pairs)} pairs | 1 | {ratio:.2f} |"
    yield f"| peak memory of the whole process | | {peak_mb:.0f} MB |"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=12, choices=range(4, 15, 2))
    parser.add_argument("--pairs", type=int, default=3)
    asked = parser.parse_args()
    options = Options(store="sqlite")  # as the bare loop
    rehearsal = Rehearsal(read_manifest(MANIFEST), load_factory(REFERENCE), twelve(asked.events), options)
    bodies = bodies_of(rehearsal)
    assert len(bodies) == asked.events, len(bodies)
    bare_loop(bodies[:4])  # warm
    pairs: list[tuple[Run, Run]] = []
    for _ in range(asked.pairs):
        gc.collect()
        pairs.append((bare_loop(bodies), search(rehearsal)))
    print("\n".join(table(asked.events, pairs)))


if __name__ == "__main__":
    main()
