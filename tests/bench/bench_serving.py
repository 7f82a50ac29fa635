"""`rehearse serve` over HTTP beside localstripe, in one run: the same client, the same loop, two servers.

Decides: what is compared: customers created per second in an empty account, at 3,000 and at 10,000 objects;
subscriptions created and paid per second; the time to the first answer.  Then, of `rehearse serve` alone, a
year of many customers in one click, with the slowest answer of pages and API meanwhile.  The client is the
standard library's, one connection that is kept open, one request after the other.  localstripe writes all it
has after each request, so it is grown to `--peer-most` objects only.  Prints ratios; asserts no time.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

KEY = "sk_test_" + "0" * 24
CARD = {"number": "42" * 8, "exp_month": "12", "exp_year": "2040", "cvc": "123"}
WAIT_S = 60.0
SETTLED_S = 1.0  # whatever a server still loads after its first answer
MANIFEST = "nyra-billing-server"


@dataclass(frozen=True)
class Kind:
    """A server to start: its name, its command for a port, and how it calls what a subscription is to."""

    name: str
    command: Callable[[int], list[str]]
    item: str


OURS = Kind(
    "rehearse serve",
    lambda port: [sys.executable, "-m", "rehearsal_harness.cli", "serve", "--port", str(port)],
    "price",
)
WITH_BACKEND = Kind(
    f"rehearse serve {MANIFEST}",
    lambda port: [*OURS.command(port), "--backend-port", "0", MANIFEST],
    "price",
)
PEER = Kind(
    "localstripe 1.15",
    lambda port: [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
    "plan",
)


class Server:
    """A server that answers; `first_answer_s` is the time from its start to its first answer."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.port = _free_port()
        began = time.perf_counter()
        self.process = subprocess.Popen(
            kind.command(self.port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.client = Client(self.port)
        self._wait(began)
        self.first_answer_s = time.perf_counter() - began

    def _wait(self, began: float) -> None:
        while True:
            try:
                self.client.get("/v1/customers?limit=1")
            except OSError:
                if self.process.poll() is not None or time.perf_counter() - began > WAIT_S:
                    raise SystemExit(f"{self.kind.name}: no answer on port {self.port}") from None
                self.client = Client(self.port)
                time.sleep(0.005)
            else:
                return

    def peak_mb(self) -> float:
        """The most memory that the process ever had; NaN where there is no /proc."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return float("nan")
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


@contextmanager
def serving(kind: Kind) -> Iterator[Server]:
    """A server of its own, for as long as it is needed."""
    server = Server(kind)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
        self._headers = {"Authorization": "Basic " + b64encode(f"{KEY}:".encode()).decode()}

    def get(self, path: str) -> Any:
        """The answer to a GET: JSON, or the text of a page."""
        return self._answer("GET", path, None, {})

    def post(self, path: str, form: dict[str, Any]) -> Any:
        """The answer to a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._answer("POST", path, urlencode(form), headers)

    def tell(self, path: str, value: Any) -> Any:
        """The answer to JSON."""
        return self._answer("POST", path, json.dumps(value), {"Content-Type": "application/json"})

    def _answer(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Any:
        self._http.request(method, path, body, {**self._headers, **headers})
        answer = self._http.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300].decode()}")
        is_json = (answer.headers.get("Content-Type") or "").startswith("application/json")
        return json.loads(text) if is_json else text


def customers(server: Server, first: int, count: int) -> float:
    """How many customers a second are created, of `count`."""
    began = time.perf_counter()
    for number in range(first, first + count):
        server.client.post("/v1/customers", {"email": f"c{number}@example.com", "name": "Ada"})
    return count / (time.perf_counter() - began)


def catalogue(server: Server) -> None:
    """A product with a monthly plan."""
    product = server.client.post("/v1/products", {"name": "Pro", "type": "service"})["id"]
    plan = {"id": "gold", "product": product, "amount": 1200, "currency": "usd", "interval": "month"}
    server.client.post("/v1/plans", plan)


def subscriptions(server: Server, count: int) -> float:
    """How many subscriptions a second are created and paid, each with a card and a customer of its own."""
    began = time.perf_counter()
    for number in range(count):
        token = server.client.post("/v1/tokens", {f"card[{name}]": value for name, value in CARD.items()})
        customer = server.client.post(
            "/v1/customers", {"email": f"s{number}@example.com", "source": token["id"]}
        )
        form = {"customer": customer["id"], f"items[0][{server.kind.item}]": "gold"}
        subscription = server.client.post("/v1/subscriptions", form)
        assert subscription["status"] == "active", subscription["status"]
    return count / (time.perf_counter() - began)


def grown(kind: Kind, sizes: list[int], count: int) -> dict[int, float]:
    """Customers created per second where there are so many already."""
    found = {}
    with serving(kind) as server:
        made = 0
        time.sleep(SETTLED_S)
        for size in sizes:
            customers(server, made, size - made)
            found[size] = customers(server, size, count)
            made = size + count
    return found


def paid(kind: Kind, count: int) -> float:
    """Subscriptions created and paid per second in a small account."""
    with serving(kind) as server:
        time.sleep(SETTLED_S)
        catalogue(server)
        subscriptions(server, 5)  # warm
        return subscriptions(server, count)


def compare(sizes: list[int], peer_most: int, count: int) -> Iterator[str]:
    """The table of both servers."""
    yield "| | rehearse serve | localstripe 1.15 | ratio |"
    yield "|---|--:|--:|--:|"
    ours, peer = grown(OURS, sizes, count), grown(PEER, [s for s in sizes if s <= peer_most], count)
    for size in sizes:
        theirs = peer.get(size)
        row = f"{theirs:,.0f} | {ours[size] / theirs:,.1f}" if theirs else "– | –"
        yield f"| customers created per second, at {size:,} objects | {ours[size]:,.0f} | {row} |"
    mine, theirs = paid(OURS, count), paid(PEER, count)
    rates = f"{mine:,.0f} | {theirs:,.0f} | {mine / theirs:,.1f}"
    yield f"| subscriptions created and paid per second | {rates} |"
    firsts = {kind: median(_first_answer_s(kind) for _ in range(3)) for kind in (OURS, PEER, WITH_BACKEND)}
    ratio = firsts[PEER] / firsts[OURS]
    yield f"| first answer, s, median of 3 | {firsts[OURS]:.2f} | {firsts[PEER]:.2f} | {ratio:.1f} |"
    yield f"| the same with a backend, s | {firsts[WITH_BACKEND]:.2f} | – | – |"


def _first_answer_s(kind: Kind) -> float:
    with serving(kind) as server:
        return server.first_answer_s


def year(count: int, months: int) -> Iterator[str]:
    """Many customers renew for a year in one click; a page and the API are asked meanwhile."""
    with serving(OURS) as server:
        catalogue(server)
        began = time.perf_counter()
        subscriptions(server, count)
        yield f"{count:,} customers subscribed over HTTP in {time.perf_counter() - began:.0f} s"
        began = time.perf_counter()
        now = server.client.get("/control/api/clock")["now"]
        server.client.tell("/control/api/clock", {"advance_s": (months * 365 // 12 + 1) * 86400})
        slowest_s, asked = 0.0, 0
        while (clock := server.client.get("/control/api/clock"))["moving"] is not None:
            for path in ("/", "/v1/customers?limit=10", "/v1/events?limit=10"):
                asked_at = time.perf_counter()
                server.client.get(path)
                slowest_s, asked = max(slowest_s, time.perf_counter() - asked_at), asked + 1
            time.sleep(0.05)
        seconds, days = time.perf_counter() - began, (clock["now"] - now) / 86400
        yield f"{days:,.0f} days of {count:,} customers, one click: {seconds:.1f} s"
        yield f"slowest of {asked:,} answers meanwhile: {slowest_s:.2f} s"
        yield f"peak memory: {server.peak_mb():,.0f} MB"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main() -> None:
    """Print a table, and what a year took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[0, 3_000, 10_000], help="none: no comparison"
    )
    parser.add_argument("--peer-most", type=int, default=3_000)
    parser.add_argument("--count", type=int, default=200, help="requests of each measurement")
    parser.add_argument("--customers", type=int, default=10_000, help="of the year; 0 leaves it out")
    parser.add_argument("--months", type=int, default=12)
    asked = parser.parse_args()
    os.environ["PYTHONUNBUFFERED"] = "1"
    if asked.sizes and find_spec("localstripe") is None:
        print("localstripe is not installed: run `tox -e bench`, or pip install 'localstripe~=1.15.0'")
    elif asked.sizes:
        for line in compare(asked.sizes, asked.peer_most, asked.count):
            print(line, flush=True)
    if asked.customers:
        for line in year(asked.customers, asked.months):
            print(line, flush=True)


if __name__ == "__main__":
    main()
