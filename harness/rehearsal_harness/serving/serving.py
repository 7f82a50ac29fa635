"""Open the sockets of a bench, keep its time, and close everything again.

Decides: who listens where, and in which order things start: the simulated Stripe answers before any backend
is loaded.  Does not know options or words for people (`cli.serve`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from errno import EADDRINUSE
from typing import Any

from rehearsal_harness.closing_servers import close_server
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.targets.backend import WsgiApp

STRIPE_THREADS = 64  # each page that listens for news holds one
BACKEND_THREADS = 8
BODY_BYTES_MAX = 2**24
TICK_S = 0.2
STOP_S = 5
_LOG = logging.getLogger(__name__)


class PortTaken(OSError):
    """Nobody can listen there; the message names the address and what to do."""


@dataclass(slots=True)
class Listening:
    """A server on its socket, in a thread of its own."""

    server: Any
    thread: threading.Thread

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.effective_port)

    def close(self) -> None:
        """Stop answering; open connections are cut."""
        close_server(self.server, self.thread, STOP_S)


class Later:
    """A WSGI app that is made after its socket listens, so that its address is known while it is made."""

    def __init__(self) -> None:
        self.app: WsgiApp | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if self.app is None:
            start_response("503 Service Unavailable", [("Retry-After", "1"), ("Content-Length", "0")])
            return [b""]
        return self.app(environ, start_response)


def listen(app: Any, host: str, port: int, *, threads: int, what: str, option: str) -> Listening:
    """Serve a WSGI app from now on; raises PortTaken."""
    import waitress  # type: ignore[import-untyped]

    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            max_request_body_size=BODY_BYTES_MAX,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as problem:
        advice = f"is it served already? Choose another port with {option}"
        if problem.errno != EADDRINUSE:
            advice = "choose an address of this machine with --host, and a port that you may use"
        raise PortTaken(f"{what} cannot listen on {host}:{port}: {problem.strerror}; {advice}") from None
    thread = threading.Thread(target=server.run, name=what, daemon=True)
    thread.start()
    return Listening(server, thread)


def keep_time(bench: Bench, closing: threading.Event) -> None:
    """Let happen what the running clock reaches, until `closing` is set, whatever breaks: a full disk may
    have room again.  Each problem is logged once in a row."""
    told = ""
    while not closing.wait(TICK_S):
        try:
            bench.keep_time()
            told = ""
        except Exception as problem:
            if repr(problem) != told and not closing.is_set():
                _LOG.exception("what the clock has reached could not happen")
            told = repr(problem)


class Serving:
    """What is open; `close` closes it in the opposite order."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.closing = threading.Event()

    def open(self, listening: Listening) -> Listening:
        """Close this, too."""
        self._stack.callback(listening.close)
        return listening

    def also(self, close: Callable[[], object]) -> None:
        """Do this at the end, before what was opened earlier is closed."""
        self._stack.callback(close)

    def keep_time(self, bench: Bench) -> None:
        """Keep the bench's time in a thread of its own."""
        self._stack.callback(bench.close)
        threading.Thread(target=keep_time, args=(bench, self.closing), name="time", daemon=True).start()

    def close(self) -> None:
        """Close everything."""
        self.closing.set()
        self._stack.close()
