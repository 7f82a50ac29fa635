"""The gate as a person runs it: GO in test mode, NO-GO in live mode with exactly the open blockers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

import pytest
from launching import NOW, Launch

from rehearsal_harness.cli import gate, live_rehearsal, main
from rehearsal_harness.core.gate import GateVerdict
from rehearsal_harness.operating.env_file import read_env_file

Run = Callable[..., tuple[int, dict[str, Any]]]


def options(launch: Launch, command: str = "gate", mode: str = "test", **others: Any) -> argparse.Namespace:
    given = {
        "command": command,
        "manifests": [str(launch.manifest_path)],
        "mode": mode,
        "env": None,
        "decisions": [str(launch.decisions)],
        "json": True,
        "github": False,
        "junit": None,
        "sarif": None,
        "html": None,
        "attest": None,
    }
    return argparse.Namespace(**{**given, **others})


def rehearse_live(launch: Launch, mode: str = "test") -> int:
    asked = argparse.Namespace(
        command="live-rehearsal", manifest=str(launch.manifest_path), mode=mode, env=None, json=False
    )
    return live_rehearsal.run(asked, launch.environ)


@pytest.fixture(name="ask")
def _ask(launch: Launch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit status and report of a gate over the launched service."""

    def ask(environ: dict[str, str] | None = None, **others: Any) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        status = gate.run(options(launch, **others), environ or launch.environ, NOW)
        return status, json.loads(capsys.readouterr().out)

    return ask


def blockers(report: dict[str, Any]) -> list[str]:
    assert set(report["blockers"]) == {
        each["id"] for each in report["rules"] if each["state"] != "MET" and each["severity"] == "blocker"
    }
    return sorted(report["blockers"])


def test_test_mode_is_go(launch: Launch, ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random secrets, simulated Stripe, local backend, fresh evidence, example decisions: GO."""
    monkeypatch.setattr("rehearsal_harness.cli.live_rehearsal.time.time", lambda: NOW)
    assert rehearse_live(launch) == 0
    status, report = ask()

    assert (blockers(report), report["verdict"], status) == ([], "GO", 0)


def test_the_env_file_of_init_env_is_go(
    launch: Launch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Generated secrets, and by hand what comes from Stripe; the file itself is no leak."""
    monkeypatch.setattr("rehearsal_harness.cli.live_rehearsal.time.time", lambda: NOW)
    assert rehearse_live(launch) == 0
    path = launch.folder / ".env"
    assert main(["init-env", str(launch.manifest_path), "--env", str(path)]) == 0
    generated = {name for name, value in read_env_file(path).items() if value}
    assert {"NYRA_LICENSE_SIGNING_SECRET", "NYRA_LICENSE_API_TOKEN"} <= generated
    rest = {name: value for name, value in launch.environ.items() if name not in generated}
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in rest.items())
    capsys.readouterr()

    status = gate.run(options(launch, env=str(path)), {}, NOW)
    assert (status, json.loads(capsys.readouterr().out)["blockers"]) == (0, [])


def test_live_mode_lists_exactly_the_open_blockers(launch: Launch, ask: Run) -> None:
    """Test key, simulated Stripe, nobody has decided, the guard is closed: NO-GO, and nothing was asked."""
    before = launch.holder.exchanges
    status, report = ask(mode="live")

    assert (report["verdict"], status) == ("NO-GO", 1)
    assert launch.holder.exchanges == before
    met = {each["id"] for each in report["rules"] if each["state"] == "MET"}
    assert met == {
        "monthly_price",
        "rehearsal_proved",
        "test_mode_checklist",
        "revocation",
        "webhook_events",
        "secrets_outside_files",
        "entitlement_events",
    }
    assert len(blockers(report)) == len(report["rules"]) - len(met)


def test_the_gate_without_hosted_evidence_is_undetermined(ask: Run) -> None:
    """Nobody knows whether webhooks arrive, so it is no GO."""
    status, report = ask()

    assert (blockers(report), report["verdict"], status) == (["webhook_verified"], "UNDETERMINED", 3)


def test_a_preflight_asks_nothing_of_the_hosted_backend(launch: Launch, ask: Run) -> None:
    """With a backend that is not there, it is GO all the same, and says what it left out."""
    status, report = ask(command="preflight", allow_blocked=False)

    assert (report["verdict"], status) == ("GO", 0)
    assert "route: GET /health" in report["not_asked"]


def test_allow_blocked_says_so_and_passes(launch: Launch, capsys: pytest.CaptureFixture[str]) -> None:
    """What is open is listed; the exit status is 0; nobody could take it for a GO."""
    del launch.environ["STRIPE_WEBHOOK_SECRET"]
    asked = options(launch, command="preflight", allow_blocked=True)

    assert gate.run(asked, launch.environ, NOW) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["blockers"] == ["secrets_in_place"]
    assert "this is no GO" in said.err


@pytest.mark.parametrize(
    ("change", "closed", "said"),
    [
        (
            {"STRIPE_SECRET_KEY": "sk_" + "live_" + "0" * 24},
            "secrets_in_place",
            "a live key, ",
        ),
        ({"NYRA_LICENSE_SIGNING_SECRET": "short"}, "secrets_in_place", "shorter than 32 bytes"),
        ({"NYRA_BILLING_RETURN_URL": "http://example.test"}, "domain_and_backend_url", "not https"),
        (
            {"NYRA_STRIPE_PRICE_PRO_MONTHLY": "price_nobody"},
            "product_and_price",
            "names no price",
        ),
        ({"STRIPE_API_BASE": "http://127.0.0.1:9"}, "portal_cancellation", "Stripe could not be asked"),
    ],
)
def test_a_wrong_value_closes_the_rule_that_looks_at_it(
    launch: Launch, ask: Run, change: dict[str, str], closed: str, said: str
) -> None:
    """And the report says what is wrong without the value."""
    _, report = ask(command="preflight", allow_blocked=False, environ=launch.environ | change)
    rule = next(each for each in report["rules"] if each["id"] == closed)

    assert rule["state"] != "MET"
    assert said in json.dumps(rule)


def test_what_stripe_says_closes_and_opens(launch: Launch, ask: Run) -> None:
    """An endpoint that lacks an event, and one that is switched off."""
    from rehearsal_harness.stripe_api.client import stripe_client

    client = stripe_client(launch.holder)
    (endpoint,) = client.v1.webhook_endpoints.list().data
    client.v1.webhook_endpoints.update(endpoint.id, {"enabled_events": ["invoice.paid"], "disabled": True})
    _, report = ask(command="preflight", allow_blocked=False)
    proofs = {
        proof["need"]: proof["found"]
        for each in report["rules"]
        for proof in each["proofs"]
        if proof["state"] == "NOT_MET"
    }

    assert report["verdict"] == "NO-GO"
    assert set(proofs) == {"webhook_endpoint: enabled", "webhook_endpoint: events"}
    assert "it lacks checkout.session.completed" in proofs["webhook_endpoint: events"]


def test_equal_inputs_give_equal_reports(launch: Launch, capsys: pytest.CaptureFixture[str]) -> None:
    """Byte for byte, but for the one field that holds the time."""
    texts = []
    for now in (NOW, NOW + 60):
        gate.run(options(launch, command="preflight", allow_blocked=False), launch.environ, now)
        texts.append(capsys.readouterr().out)

    assert texts[0].replace(str(f'"at": {NOW},'), f'"at": {NOW + 60},', 1) == texts[1]


def test_write_closes_what_is_not_go(
    launch: Launch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    """A manifest that names no file is told so; nothing is written."""
    assert gate.run(options(launch, write=True), launch.environ, NOW) == 2
    assert "declares no deployability.env" in capsys.readouterr().err


def test_verdicts_have_their_statuses() -> None:
    """0 GO, 1 NO-GO, 3 UNDETERMINED."""
    assert gate.STATUS == {GateVerdict.GO: 0, GateVerdict.NO_GO: 1, GateVerdict.UNDETERMINED: 3}
