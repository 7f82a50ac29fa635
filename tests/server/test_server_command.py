"""The billing-server command: what stops it, what it says, and that it serves."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import waitress

from rehearsal_server.__main__ import main
from rehearsal_server.operations.webhook import deliveries
from rehearsal_server.persistence import place_of

TIMEOUT_S = 120
NOT_INSTALLED = (
    "rehearsal_harness",
    "pytest",
    "pytest_bdd",
    "rich",
    "responses",
    "freezegun",
    "gherkin",
    "hypothesis",
)


@pytest.fixture(name="own")
def _own(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of a complete server."""
    return {**os.environ, **environ, "NYRA_ENTITLEMENTS_FILE": str(tmp_path / "facts.json")}


def command(manifest_path: Path | str, *options: str) -> list[str]:
    return [sys.executable, "-m", "rehearsal_server", *options, "--manifest", str(manifest_path)]


Refusal = Callable[..., list[str]]


@pytest.fixture(name="refusal")
def _refusal(
    own: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Refusal]:
    """What a server says that does not start: exit code 2, the lines, and no value of any secret in them."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it started")

    def refusal(*options: str) -> list[str]:
        monkeypatch.setattr(os, "environ", own)
        assert main(options) == 2
        said = capsys.readouterr()
        assert said.out == ""
        shown = [
            each
            for each in own.values()
            if each.startswith(("sk_", "whsec_", "signing-")) and each in said.err
        ]
        assert shown == []
        return said.err.splitlines()

    monkeypatch.setattr(waitress, "create_server", never)
    yield refusal
    deliveries.handlers, deliveries.propagate = [], True
    deliveries.setLevel(logging.NOTSET)


@pytest.fixture(name="serving")
def _serving(manifest_path: Path, own: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that listens, and its address."""
    arguments = command(manifest_path, "--port", "0")
    process = subprocess.Popen(arguments, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.communicate()


def test_it_serves_and_stops_when_told(serving: tuple[subprocess.Popen[str], str]) -> None:
    """On the loopback address only; SIGTERM ends it with exit code 0."""
    process, address = serving
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}/health", timeout=120) as answer:
        assert json.load(answer)["ok"] is True
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{address}/api/billing/webhook", b"x" * (2 * 2**20), timeout=120)
    assert (refused.value.code, json.load(refused.value)["error"]["code"]) == (413, "BODY_TOO_LARGE")
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0
    assert json.loads(output.splitlines()[-1])["decision"] == "BODY_TOO_LARGE"


def test_a_taken_port_is_said(
    serving: tuple[subprocess.Popen[str], str], manifest_path: Path, own: dict[str, str]
) -> None:
    """With what to change."""
    port = serving[1].rpartition(":")[2]
    done = subprocess.run(
        command(manifest_path, "--port", port),
        env=own | {"NYRA_ENTITLEMENTS_FILE": own["NYRA_ENTITLEMENTS_FILE"] + ".other"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    said = f"cannot listen on 127.0.0.1:{port} (--port, NYRA_BILLING_PORT): Address already in use"
    assert done.stderr.splitlines()[-1] == f"billing-server: {said}"


def test_a_missing_secret_is_named_with_its_purpose(
    manifest_path: Path, own: dict[str, str], refusal: Refusal
) -> None:
    """One line for each that the manifest calls fatal."""
    own["STRIPE_WEBHOOK_SECRET"] = " "
    del own["NYRA_LICENSE_SIGNING_SECRET"]
    lines = refusal("--manifest", str(manifest_path))
    assert [line.split()[1] for line in lines] == ["STRIPE_WEBHOOK_SECRET", "NYRA_LICENSE_SIGNING_SECRET"]


def test_a_short_signing_secret_is_refused(
    manifest_path: Path, own: dict[str, str], refusal: Refusal
) -> None:
    """HS256 with a guessable key protects nothing."""
    own["NYRA_LICENSE_SIGNING_SECRET"] = "s" * 31
    assert (
        "NYRA_LICENSE_SIGNING_SECRET is shorter than 32 bytes"
        in refusal("--manifest", str(manifest_path))[-1]
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("NYRA_BILLING_PORT", "http", "NYRA_BILLING_PORT is not a port number"),
        ("NYRA_BILLING_PORT", "70000", "port 70000 is not between 0 and 65535"),
        ("STRIPE_API_BASE", "stripe", "STRIPE_API_BASE must begin with https:// or http://"),
        ("NYRA_ENTITLEMENTS_FILE", "/proc/nowhere/facts.json", "NYRA_ENTITLEMENTS_FILE: "),
        ("NYRA_ENTITLEMENTS_FILE", "/", "NYRA_ENTITLEMENTS_FILE: "),
    ],
)
def test_a_bad_setting_is_named(
    manifest_path: Path, own: dict[str, str], name: str, value: str, said: str, refusal: Refusal
) -> None:
    """In the last line; warnings may come before."""
    own[name] = value
    assert said in refusal("--manifest", str(manifest_path))[-1]


def test_a_live_key_goes_only_where_it_is_encrypted(
    manifest_path: Path, own: dict[str, str], refusal: Refusal
) -> None:
    """A simulated Stripe gets test keys."""
    own |= {"STRIPE_SECRET_KEY": "sk_live_" + "0" * 24, "STRIPE_API_BASE": "http://127.0.0.1:1"}
    assert "STRIPE_SECRET_KEY is a live key" in refusal("--manifest", str(manifest_path))[-1]


@pytest.mark.parametrize(
    "demand", [("NYRA_BILLING_REQUIRE_PERSISTENT_STORAGE", "true"), ("NODE_ENV", "production")]
)
@pytest.mark.parametrize(
    "place", [None, "facts.json", "/tmp/facts.json"], ids=["unset", "relative", "temporary"]
)
def test_where_persistence_is_demanded_a_place_that_forgets_is_refused(
    manifest_path: Path, own: dict[str, str], demand: tuple[str, str], place: str | None, refusal: Refusal
) -> None:
    """Naming the variable and what demands it."""
    own[demand[0]] = demand[1]
    own.pop("NYRA_ENTITLEMENTS_FILE")
    if place is not None:
        own["NYRA_ENTITLEMENTS_FILE"] = place
    (said,) = refusal("--manifest", str(manifest_path))
    assert said.startswith("billing-server: NYRA_ENTITLEMENTS_FILE is ")
    assert "=".join(demand) in said


def test_a_mounted_absolute_place_is_accepted(tmp_path: Path) -> None:
    """Also where persistence is demanded; a link that leads into a temporary folder is not."""
    place, gone = tmp_path / "disk" / "facts.json", tmp_path / "gone"
    assert place_of(str(place), "NODE_ENV=production", temporary=(gone,)) == (place, "")
    gone.mkdir()
    (tmp_path / "link").symlink_to(gone)
    linked, said = place_of(str(tmp_path / "link" / "x"), "NODE_ENV=production", temporary=(gone,))
    assert (linked, said.partition(";")[0]) == (None, f"is under the temporary folder {gone}")


def test_without_a_demand_an_unset_place_is_a_file_in_the_current_folder() -> None:
    """And the operator is told."""
    place, said = place_of(None, None)
    assert (place, said) == (
        Path("entitlements.sqlite3"),
        "is not set: facts are kept in ./entitlements.sqlite3",
    )


@pytest.mark.parametrize(
    "content", [None, b"", b"\x00\xff", b"service: x\n"], ids=["missing", "empty", "binary", "bare"]
)
def test_a_manifest_that_is_not_right_is_a_diagnostic(
    own: dict[str, str], tmp_path: Path, content: bytes | None, refusal: Refusal
) -> None:
    """With its path."""
    path = tmp_path / "m.yaml"
    if content is not None:
        path.write_bytes(content)
    assert f"billing-server: {path}:" in refusal("--manifest", str(path))[0]


def test_a_catch_up_that_cannot_reach_stripe_says_so(manifest_path: Path, own: dict[str, str]) -> None:
    """Exit code 1, and what to do."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        own["STRIPE_API_BASE"] = f"http://127.0.0.1:{unused.getsockname()[1]}"
        done = subprocess.run(
            command(manifest_path, "reconcile"),
            env=own,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr.splitlines()[-1]
        == "billing-server: nothing was skipped, run it again: APIConnectionError"
    )


def test_the_server_and_its_specs_need_neither_harness_nor_test_tools(
    manifest_path: Path, own: dict[str, str]
) -> None:
    """They are imported and started where none of these can be imported."""
    program = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {NOT_INSTALLED}:
            raise ImportError(f"{{name}} is not installed here")
sys.meta_path.insert(0, Refuse())
import os
from rehearsal_server import __main__
from rehearsal_server.app import app_of
from rehearsal_server.startup import context_from
app_of(context_from({str(manifest_path)!r}, os.environ))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=own,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_facts_and_access_open_nothing_and_ask_nobody_for_the_time() -> None:
    """The pure part imports no module that could."""
    program = """
import sys
import rehearsal_server.access
wrong = {"socket", "sqlite3", "stripe", "falcon", "yaml", "datetime", "rehearsal_specs.reader"}
sys.exit(", ".join(sorted(wrong.intersection(sys.modules))) or 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stderr
