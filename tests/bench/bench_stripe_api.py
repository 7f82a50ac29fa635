"""Requests per second of the simulated Stripe behind a web server, from ten objects to ten thousand.

Decides: what is measured: one client in another process, one connection that is kept open, forms as a person
sends them.  The first and the last thousand creations are set side by side: a write must cost the same at
10,000 objects as at ten; so must a page of the newest ten.  Prints numbers; asserts none.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from multiprocessing import Process, Queue
from threading import Thread
from urllib.parse import urlsplit

KEY = "sk_test_" + "0" * 24
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}


def per_second(address: str, requests: list[tuple[str, str, str]]) -> float:
    """How many of these requests (method, path, body), one after the other, are answered in a second."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    begin = time.perf_counter()
    for method, path, body in requests:
        connection.request(method, path, body, HEADERS)
        answer = connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"{method} {path}: {answer.status} {answer.read()[:300]!r}")
        answer.read()
    took_s = time.perf_counter() - begin
    connection.close()
    return len(requests) / took_s


def creations(begin: int, count: int) -> list[tuple[str, str, str]]:
    """So many customers to create."""
    return [
        ("POST", "/v1/customers", f"email=c{number}%40example.com&name=Ada&metadata[n]={number}")
        for number in range(begin, begin + count)
    ]


def measure(address: str, objects: int, step: int = 1000) -> dict[str, list[float]]:
    """Creations per second for each `step` of `objects`, and pages of ten read per second after each."""
    pages = [("GET", "/v1/customers?limit=10", "")] * 200
    found: dict[str, list[float]] = {"creations": [], "pages": []}
    for begin in range(0, objects, step):
        found["creations"].append(round(per_second(address, creations(begin, step))))
        found["pages"].append(round(per_second(address, pages)))
    return found


def main(objects: int = 10_000) -> None:
    """Serve an empty account and measure it from another process."""
    import waitress

    from rehearsal_harness.core.world import World
    from rehearsal_harness.stripe_api.app import create_stripe_app
    from rehearsal_harness.stripe_api.holder import Holder
    from rehearsal_specs.reader import read_dunning, read_rules

    holder = Holder(World.start(read_rules(), read_dunning(), at=1_700_000_000), exchanges_most=1000)
    server = waitress.create_server(create_stripe_app(holder), host="127.0.0.1", port=0, threads=4)
    Thread(target=server.run, daemon=True).start()
    answers: Queue[dict[str, list[float]]] = Queue()
    client = Process(
        target=lambda: answers.put(measure(f"http://127.0.0.1:{server.effective_port}", objects))
    )
    client.start()
    found = answers.get()
    client.join()
    for name, numbers in found.items():
        print(f"{name} per second: {json.dumps(numbers)}; last over first {numbers[-1] / numbers[0]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
