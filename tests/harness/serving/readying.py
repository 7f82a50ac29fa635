"""A bench with one backend in a folder of its own, for the tests of the readiness page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import html5lib
import pytest
import requests
from benches import still_bench

from rehearsal_harness.resources import shipped
from rehearsal_harness.serving.app import create_bench_app
from rehearsal_harness.serving.backends import begin
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.services import declare
from rehearsal_harness.serving.serving import Later, listen
from rehearsal_specs.reader import read_manifest

NAME = "nyra-billing-server"
KEY = "sk_test_" + "4eC39HqLyj" * 2


@dataclass
class Desk:
    """A bench with one backend, both on sockets, in a folder with files of its own."""

    bench: Bench
    folder: Path

    @property
    def url(self) -> str:
        return f"{self.bench.address}/readiness/{NAME}"

    @property
    def file(self) -> Path:
        return self.folder / "manifests" / "decisions" / f"{NAME}.yaml"

    def look(self, mode: str = "test") -> str:
        answer = requests.get(self.url, params={"mode": mode}, timeout=120)
        assert answer.status_code == 200, answer.text
        html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer.text

    def decide(self, key: str, headers: dict[str, str] | None = None, **sent: str) -> requests.Response:
        page = self.look()
        digest = page.partition('name="digest" value="')[2].partition('"')[0]
        body = {"decision": key, "digest": digest, **sent}
        return requests.post(f"{self.url}/decisions", data=body, headers=headers, timeout=120)


@contextmanager
def a_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Served from `tmp_path`, which becomes the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "manifests" / f"{NAME}.yaml"
    (tmp_path / "manifests" / "decisions").mkdir(parents=True)
    shutil.copy(shipped("manifests") / path.name, path)
    example = f"{NAME}.example.yaml"
    shutil.copy(shipped("manifests") / "decisions" / example, path.parent / "decisions" / example)
    shutil.copytree(shipped("features") / NAME, tmp_path / "features" / NAME)
    with still_bench() as bench:
        later = Later()
        stripe = listen(create_bench_app(bench), "127.0.0.1", 0, threads=8, what="bench", option="--port")
        backend = listen(later, "127.0.0.1", 0, threads=4, what="backend", option="--backend-port")
        bench.address = f"http://127.0.0.1:{stripe.port}"
        manifest = read_manifest(path)
        service = declare(bench, manifest, f"http://127.0.0.1:{backend.port}", tmp_path / "facts", "")
        bench.services = (service,)
        begin(bench, service, later)
        try:
            yield Desk(bench, tmp_path)
        finally:
            backend.close()
            stripe.close()
