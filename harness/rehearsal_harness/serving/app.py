"""One socket for everything a person or a program asks of the bench: Stripe's API, its pages, and our own.

Decides: which part answers an address, and that the API need not wait for the pages to be loaded.  Does not
know what either says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from threading import Lock
from typing import Any, NoReturn

from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.stripe_api.app import create_stripe_app
from rehearsal_harness.targets.backend import WsgiApp

LOOPBACK = ("127.0.0.1", "localhost", "::1")
API = ("/v1/", "/v2/")  # these need a key, which no browser adds by itself


class BenchApp:
    """The app of a bench; `hosts` are the names its pages answer to, empty for any."""

    def __init__(self, bench: Bench, hosts: Collection[str]) -> None:
        self._bench, self._hosts = bench, hosts
        self._stripe = create_stripe_app(bench.by_key, _hang_up)
        self._pages: WsgiApp | None = None
        self._loading = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ.get("PATH_INFO", "").startswith(API):
            return self._stripe(environ, start_response)
        return self.pages()(environ, start_response)

    def pages(self) -> WsgiApp:
        """The pages, loaded once: by who serves them, or by the first who asks."""
        with self._loading:
            if self._pages is None:
                from rehearsal_harness.serving.pages_app import create_pages_app

                self._pages = create_pages_app(self._bench, self._hosts)
            return self._pages


def create_bench_app(bench: Bench, hosts: Collection[str] = LOOPBACK) -> BenchApp:
    """The app of a bench, which is named to whoever may reach it."""
    return BenchApp(bench, hosts)


def _hang_up() -> NoReturn:
    """End the connection without a word, as waitress does for whoever is gone."""
    from waitress.channel import ClientDisconnected  # type: ignore[import-untyped]

    raise ClientDisconnected
