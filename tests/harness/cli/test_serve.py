"""`rehearse serve`: what it prints, what answers where, and what it refuses."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from rehearsal_harness.cli import main, serve
from rehearsal_harness.resources import shipped
from rehearsal_harness.serving.state import StateFile

LONGEST_S = 120
KEY = "sk_test_" + "0" * 24
SERVER = str(shipped("manifests") / "nyra-billing-server.yaml")


@contextmanager
def served(folder: Path, *words: str, stop: signal.Signals = signal.SIGTERM) -> Iterator[dict[str, Any]]:
    """A bench as a process of its own, on free ports; what it printed."""
    command = [sys.executable, "-c", "from rehearsal_harness.cli import main; raise SystemExit(main())"]
    process = subprocess.Popen(
        [*command, "serve", "--json", "--port", "0", "--backend-port", "0", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(stop)
        process.wait(LONGEST_S)
        process.stdout.close()
    assert process.returncode == (0 if stop is signal.SIGTERM else -stop)


def refused(folder: Path, *words: str) -> str:
    """What `serve` says on standard error when it refuses with exit status 2."""
    command = [sys.executable, "-c", "from rehearsal_harness.cli import main; raise SystemExit(main())"]
    done = subprocess.run(
        [*command, "serve", *words], cwd=folder, capture_output=True, text=True, timeout=LONGEST_S
    )
    assert done.returncode == 2, done.stderr
    return done.stderr


def asked(bench: dict[str, Any], path: str) -> Any:
    """GET at the simulated Stripe, as the main account."""
    return requests.get(bench["stripe"] + path, auth=(KEY, ""), timeout=LONGEST_S).json()


def test_one_command_serves_stripe_and_a_backend_that_sells(tmp_path: Path) -> None:
    with served(tmp_path, SERVER) as bench:
        backend = bench["services"][0]["url"]
        wish = {"deviceId": "device-1", "email": "ada@example.test"}
        checkout = requests.post(f"{backend}/api/billing/checkout", json=wish, timeout=LONGEST_S).json()

        session = asked(bench, f"/v1/checkout/sessions/{checkout['sessionId']}")

        assert checkout["url"] == session["url"]
        assert session["url"].startswith(bench["stripe"])
        assert session["success_url"].startswith(bench["stripe"])


def test_a_backend_hears_of_what_happens(tmp_path: Path) -> None:
    with served(tmp_path, SERVER) as bench:
        endpoint = asked(bench, "/v1/webhook_endpoints")["data"][0]

        assert endpoint["url"].startswith(bench["services"][0]["url"])


def test_without_a_manifest_only_stripe_is_served(tmp_path: Path) -> None:
    with served(tmp_path) as bench:
        assert bench["services"] == []
        assert asked(bench, "/v1/customers")["data"] == []


def test_every_account_has_the_api_version_that_is_named(tmp_path: Path) -> None:
    """What names no version is answered in it, whatever the key."""
    with served(tmp_path, SERVER, "--api-version", "2020-08-27") as bench:
        other = requests.get(
            bench["stripe"] + "/v1/events", auth=("sk_test_" + "1" * 24, ""), timeout=LONGEST_S
        )
        event = asked(bench, "/v1/events")["data"][0]

        assert bench["api_version"] == event["api_version"] == other.headers["Stripe-Version"] == "2020-08-27"


def test_an_unknown_api_version_is_refused_with_the_nearest_names(tmp_path: Path) -> None:
    assert "nearest: 2024-06-20" in refused(tmp_path, "--api-version", "2024-06-02")
    assert "2026-08-26.dahlia, 2026-07-29.dahlia" in refused(tmp_path, "--api-version", "dahlia")


def test_where_an_address_leads_back_says_that_it_proves_nothing(tmp_path: Path) -> None:
    with served(tmp_path) as bench:
        page = requests.get(f"{bench['stripe']}/returned/SUCCESS_URL?session_id=cs_1", timeout=LONGEST_S)

        assert page.status_code == 200
        assert "proves no payment" in page.text


def test_a_port_that_is_taken_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        said = refused(tmp_path, "--port", port)

    assert f"127.0.0.1:{port}" in said
    assert "--port" in said


def test_the_backends_port_that_is_taken_is_named_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        said = refused(tmp_path, "--port", "0", "--backend-port", port, SERVER)

    assert f"127.0.0.1:{port}" in said
    assert "--backend-port" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--at", "yesterday"], "2026-06-01T00:00:00Z"),
        (["--at", "2026-06-01T00:00:00"], "2026-06-01T00:00:00Z"),
        (["--speed", "-1"], "expected 0 to 1000000"),
        (["--port", "70000"], "expected 0 to 65535"),
        (["nyra-biling-server"], "nyra-billing-server"),
    ],
)
def test_wrong_words_are_refused_with_what_was_expected(
    tmp_path: Path, words: list[str], expected: str
) -> None:
    assert expected in refused(tmp_path, *words)


def test_time_stands_still_where_it_was_told_to(tmp_path: Path) -> None:
    with served(tmp_path, "--at", "2026-06-01T00:00:00Z", "--speed", "0") as bench:
        made = requests.post(f"{bench['stripe']}/v1/customers", auth=(KEY, ""), timeout=LONGEST_S).json()

        assert made["created"] == 1_780_272_000


def test_a_foreign_page_cannot_change_the_bench(tmp_path: Path) -> None:
    with served(tmp_path) as bench:
        headers = {"Origin": "https://elsewhere.example"}

        answer = requests.post(f"{bench['stripe']}/returned/x", headers=headers, timeout=LONGEST_S)

        assert answer.status_code == 403


def test_a_foreign_host_name_is_refused(tmp_path: Path) -> None:
    with served(tmp_path) as bench:
        headers = {"Host": "rebound.example"}

        answer = requests.get(f"{bench['stripe']}/returned/x", headers=headers, timeout=LONGEST_S)

        assert answer.status_code == 403


def test_a_bench_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    words = (SERVER, "--state", "world.sqlite3")
    with served(tmp_path, *words, stop=signal.SIGKILL) as bench:
        made = requests.post(f"{bench['stripe']}/v1/customers", auth=(KEY, ""), timeout=LONGEST_S).json()
        prices = asked(bench, "/v1/prices")["data"]

    with served(tmp_path, *words) as bench:
        assert asked(bench, f"/v1/customers/{made['id']}")["created"] == made["created"]
        assert [each["id"] for each in asked(bench, "/v1/prices")["data"]] == [each["id"] for each in prices]
        endpoints = asked(bench, "/v1/webhook_endpoints")["data"]
        assert [each["url"].startswith(bench["services"][0]["url"]) for each in endpoints] == [True]


def test_a_second_ctrl_c_ends_it_without_waiting_for_a_backend_and_without_a_traceback(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", "from rehearsal_harness.cli import main; raise SystemExit(main())"]
    words = ["serve", "--json", "--port", "0", "--state", "world.sqlite3"]
    pipe = subprocess.PIPE
    process = subprocess.Popen([*command, *words], cwd=tmp_path, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    bench = json.loads(process.stdout.readline())
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes a delivery and never answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        form = {"url": url, "enabled_events[]": "*"}
        requests.post(f"{bench['stripe']}/v1/webhook_endpoints", form, auth=(KEY, ""), timeout=LONGEST_S)
        requests.post(f"{bench['stripe']}/v1/customers", auth=(KEY, ""), timeout=LONGEST_S)
        delivery, _ = silent.accept()
        with requests.get(f"{bench['stripe']}/control/stream", stream=True, timeout=LONGEST_S) as news:
            process.send_signal(signal.SIGINT)
            assert news.content  # all of it: it ends when the bench begins to close
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=LONGEST_S)
        delivery.close()

    assert "Traceback" not in said
    assert "stopped" in said
    assert process.returncode == 0


def test_a_file_without_room_is_named_and_not_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(StateFile, "keep", full)
    file = tmp_path / "world.sqlite3"

    assert main(["serve", "--port", "0", "--state", str(file)]) == 2

    said = capsys.readouterr().err
    assert str(file) in said
    assert "disk is full" in said


def test_a_process_is_as_it_was_when_the_bench_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """What calls the command in its own process keeps its warnings and its way of being stopped."""
    monkeypatch.setattr(serve, "_serve", lambda *_: noted.append(_process()) or 0)
    noted: list[Any] = []
    before = _process()

    assert main(["serve"]) == 0

    assert noted != [before]
    assert _process() == before


def _process() -> list[Any]:
    levels = [logging.getLogger(name).level for name in ("rehearsal_server", "waitress.queue")]
    return [*levels, signal.getsignal(signal.SIGTERM)]


def test_nothing_of_a_bench_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))

    with served(tmp_path, SERVER):
        assert list(temporary.iterdir()) != []

    deadline = time.monotonic() + LONGEST_S
    while list(temporary.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(temporary.iterdir()) == []
