"""Benches for tests: a world that stands still, a backend that remembers, and an API call by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from patience import patience

from rehearsal_harness.core.requests import ApiRequest, ApiResponse, Form
from rehearsal_harness.serving.account import Account
from rehearsal_harness.serving.bench import MAIN_KEY, Bench
from rehearsal_harness.serving.starting import bench_of

AT = 4_000_000_000  # ahead of every wall clock, so that signatures are of this second


@contextmanager
def still_bench(at: int = AT) -> Iterator[Bench]:
    """A bench whose clock moves only when it is told to."""
    bench = bench_of(at=at, speed=0)
    bench.address = "http://127.0.0.1:12111"
    try:
        with patience():
            yield bench
    finally:
        bench.close()


def ask(account: Account, method: str, path: str, **params: str | Form) -> Any:
    """The body of the answer to one API request, which must be 200."""
    answer = asked(account, method, path, **params)
    assert answer.status == 200, answer.body
    return answer.body


def asked(account: Account, method: str, path: str, **params: str | Form) -> ApiResponse:
    """The answer to one API request."""
    headers = {"authorization": f"Bearer {MAIN_KEY}"}
    return account.run(ApiRequest(method=method, path=path, params=params, headers=headers))


class Inbox:
    """A backend on a socket: it keeps what it is sent and answers what `says` says, 200 by default."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.says: Callable[[int], tuple[int, dict[str, str]]] = lambda number: (200, {})
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.received.append((dict(self.headers), body))
                status, headers = inbox.says(len(inbox.received))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"seen")

            def log_message(self, format: str, *args: Any) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def events(self) -> list[dict[str, Any]]:
        """The events received, in the order they came."""
        return [json.loads(body) for _, body in self.received]

    def types(self) -> list[str]:
        """Their types."""
        return [event["type"] for event in self.events()]

    def close(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.server_close()
