"""No output of the gate, in any form, holds a secret; and no wrong file or crash brings one out."""

from __future__ import annotations

import json
import secrets
from itertools import product
from pathlib import Path

import pytest
from launching import NOW, Launch
from test_gate_show import options, rehearse_live

from rehearsal_harness.cli import gate
from rehearsal_harness.gate import collecting

FORMS = ({"json": True}, {"json": False}, {"json": False, "github": True})


def everything_written(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file())


def values_of(launch: Launch) -> list[str]:
    """What must not be told: the value of each secret, whole and by its long parts."""
    named = {each.name for each in launch.manifest.secrets if each.shape != "price_id"}
    found = [launch.environ[name] for name in named]
    return [*found, *(each.rpartition("_")[2][-12:] for each in found)]


def odd_values(launch: Launch, seed: int) -> dict[str, str]:
    """Every secret wrong in another way, and still random."""
    odd = [
        "{}",
        "sk_live_{}",
        "whsec_{}",
        "https://ada:{}@example.test/",
        "price_{}",
        "http://{}.test",
        "<{}>",
    ]
    return {
        each.name: odd[(seed + index) % len(odd)].format(secrets.token_hex(24))
        for index, each in enumerate(launch.manifest.secrets)
    }


@pytest.mark.parametrize("seed", range(-1, 3))
def test_no_form_holds_a_secret(launch: Launch, capsys: pytest.CaptureFixture[str], seed: int) -> None:
    """Whatever the secrets are, right (-1) or wrong in some way: none is in any report."""
    if seed >= 0:
        launch.environ |= odd_values(launch, seed)
    launch.environ["NYRA_ALLOW_LIVE_BILLING_REHEARSAL"] = "true" if seed == 1 else "false"
    (launch.folder / "out").mkdir()
    files = {name: str(launch.folder / "out" / name) for name in ("junit", "sarif", "html", "attest")}
    for command, mode, form in product(("gate", "preflight"), ("test", "live"), FORMS):
        gate.run(options(launch, command=command, mode=mode, **form, **files), launch.environ, NOW)
        said = capsys.readouterr()
        told = said.out + said.err + everything_written(launch.folder)

        assert [each for each in values_of(launch) if each in told] == []


def test_a_live_rehearsal_holds_no_secret(launch: Launch, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither its output nor its evidence."""
    rehearse_live(launch)
    said = capsys.readouterr()
    told = said.out + said.err + everything_written(launch.folder)

    assert "signed event" in told
    assert [each for each in values_of(launch) if each in told] == []


def test_a_crash_holds_no_secret(
    launch: Launch, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collector that crashes with a secret in its message is told by the name of the error alone."""
    value = launch.environ["STRIPE_SECRET_KEY"]

    def crash(*_: object) -> None:
        raise KeyError(value)

    monkeypatch.setitem(collecting.SIMPLE, "secret", crash)
    status = gate.run(options(launch, command="preflight", allow_blocked=False), launch.environ, NOW)
    said = capsys.readouterr()

    assert status == 3
    assert "has crashed: KeyError; this is our mistake" in said.out
    assert value not in said.out + said.err


@pytest.mark.parametrize("place", ["decisions", "env", "state"])
def test_a_secret_in_a_file_is_told_by_its_place(
    launch: Launch, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    """Decisions, an env file that cannot be read as one, and what a run left behind."""
    value = f"sk_test_{secrets.token_hex(16)}"
    others = {}
    if place == "decisions":
        path = launch.folder / "decided.yaml"
        path.write_text(
            f"service: {launch.manifest.service}\nhost: {{secret_store: {value}, logs: x}}\n", "utf-8"
        )
        others = {"decisions": [str(path)]}
    elif place == "env":
        path = launch.folder / "x.env"
        path.write_bytes(b"A=" + value.encode() + b"\xff\n")
        others = {"env": str(path)}
    else:
        (launch.folder / ".rehearsal" / "note.txt").write_text(f"x {value}\n", "utf-8")
    status = gate.run(
        options(launch, command="preflight", allow_blocked=False, **others), launch.environ, NOW
    )
    said = capsys.readouterr()

    assert status == (1 if place == "state" else 2)
    assert value not in said.out + said.err
    if place == "state":
        rules = {each["id"]: each for each in json.loads(said.out)["rules"]}
        assert ".rehearsal/note.txt:1:3: stripe-key" in json.dumps(rules["secrets_outside_files"])
