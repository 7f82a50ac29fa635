"""A bench with its control page on real sockets, for tests: JSON in, JSON out, and a backend beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import requests
from benches import AT
from patience import patience

from rehearsal_harness.resources import shipped
from rehearsal_harness.serving.app import create_bench_app
from rehearsal_harness.serving.backends import begin
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.services import declare
from rehearsal_harness.serving.serving import BACKEND_THREADS, Later, Listening, listen
from rehearsal_harness.serving.starting import bench_of
from rehearsal_specs.reader import read_manifest

TIMEOUT_S = 120


class Controlled(NamedTuple):
    """A bench, and the address of its page."""

    bench: Bench
    address: str

    def get(self, path: str) -> Any:
        """The JSON of a GET below /control/api/, which must be 200."""
        answer = requests.get(f"{self.address}/control/api/{path}", timeout=TIMEOUT_S)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: object = None) -> Any:
        """The JSON of a POST, which must be 200."""
        answer = self.posted(path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def posted(self, path: str, body: object = None) -> requests.Response:
        """The answer to a POST."""
        return requests.post(f"{self.address}/control/api/{path}", json=body, timeout=TIMEOUT_S)

    def refused(self, path: str, body: object) -> tuple[int, str, str, str]:
        """Status, where, what and expected of a refusal."""
        answer = self.posted(path, body)
        error = answer.json()["error"]
        return answer.status_code, error["where"], error["what"], error["expected"]

    def settle(self) -> None:
        """Wait until what is due has been delivered."""
        assert self.bench.outbox.wait_settled(self.bench.clock.now(), TIMEOUT_S)


@contextmanager
def controlled(*services: str, at: int = AT, threads: int = 8, store: str = "sqlite") -> Iterator[Controlled]:
    """A bench that stands still, with the shipped services of these names on free ports."""
    bench = bench_of(at=at, speed=0)
    opened: list[Listening] = []
    try:
        with patience(), tempfile.TemporaryDirectory() as folder:
            app = create_bench_app(bench)
            opened.append(listen(app, "127.0.0.1", 0, threads=threads, what="bench", option="--port"))
            bench.address = f"http://127.0.0.1:{opened[0].port}"
            for name in services:
                opened.append(_serve(bench, name, Path(folder), store))
            yield Controlled(bench, bench.address)
            bench.close()
            for each in opened[::-1]:
                each.close()
    finally:
        bench.close()


def _serve(bench: Bench, name: str, folder: Path, store: str) -> Listening:
    later = Later()
    listening = listen(later, "127.0.0.1", 0, threads=BACKEND_THREADS, what=name, option="--backend-port")
    manifest = read_manifest(shipped("manifests") / f"{name}.yaml")
    service = declare(bench, manifest, f"http://127.0.0.1:{listening.port}", folder, store)
    bench.services = (*bench.services, service)
    begin(bench, service, later)
    return listening
