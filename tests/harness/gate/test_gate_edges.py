"""What a gate meets: nobody answers, two files disagree, a switch is off, a backend is broken."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from launching import NOW, ROOT, Launch, launched
from test_gate_show import options, rehearse_live

from rehearsal_harness.cli import gate, live_rehearsal, main
from rehearsal_harness.core.gate import GateVerdict, State
from rehearsal_harness.gate import at_stripe, hosted, live
from rehearsal_harness.gate.asking import Asking
from rehearsal_harness.gate.collecting import collect
from rehearsal_harness.gate.deployability import status_of, write_status
from rehearsal_harness.resources import features_for
from rehearsal_specs.decisions import read_decisions
from rehearsal_specs.manifest import Need
from rehearsal_specs.reader import read_manifest
from rehearsal_specs.schema_check import check
from rehearsal_specs.source import read_source

MANIFESTS = sorted((ROOT / "manifests").glob("*.yaml"))


def asking_of(launch: Launch, **others: Any) -> Asking:
    decisions = [read_decisions(launch.decisions)]
    asking = Asking(
        manifest=launch.manifest,
        features=features_for(launch.manifest_path, launch.manifest.service),
        mode="test",
        environ=launch.environ,
        decisions=decisions,
        now=NOW,
        folder=launch.folder,
    )
    return replace(asking, **others)


@pytest.fixture(name="silence")
def _silence() -> Iterator[str]:
    """An address that takes calls and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_nobody_waits_longer_than_stated(
    launch: Launch, silence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backend and a Stripe that never answer leave their needs undetermined, with the time-out."""
    for module in (hosted, at_stripe):
        monkeypatch.setattr(module, "TIMEOUT_S", 1)
    launch.environ |= {"NYRA_BILLING_BASE_URL": silence, "STRIPE_API_BASE": silence}
    began = time.monotonic()
    inputs = collect(asking_of(launch), [Need("route", "GET /health"), Need("portal", "cancellation")])

    assert {each.state for each in inputs.values()} == {State.UNDETERMINED}
    assert [each.found for each in inputs.values()] == [
        "GET /health no answer within 1 s",
        "no answer of Stripe's within 1 s",
    ]
    assert time.monotonic() - began < 60, "it was cut off, however busy this machine is"


def test_live_mode_touches_no_network_before_its_guard(
    launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one connection is tried while the guard is closed."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    needs = {need for rule in launch.manifest.go_no_go for need in rule.needs}
    inputs = collect(asking_of(launch, mode="live"), needs)
    asked = [each for need, each in inputs.items() if need.kind in ("route", "portal", "product_and_price")]

    assert asked
    assert {each.state for each in asked} == {State.UNDETERMINED}
    assert {each.found for each in asked} == {
        "NYRA_ALLOW_LIVE_BILLING_REHEARSAL is not true, so nothing was asked"
    }


def test_contradictory_decisions_are_both_named(launch: Launch, tmp_path: Path) -> None:
    """Two files that settle one price differently: neither counts."""
    other = tmp_path / "other.yaml"
    other.write_text(
        "service: nyra-billing-server\nmonthly_price: {amount_cents: 2600, currency: usd}\n", "utf-8"
    )
    decisions = [read_decisions(launch.decisions), read_decisions(other)]
    (found,) = collect(asking_of(launch, decisions=decisions), [Need("decision", "monthly_price")]).values()

    assert found.state is State.NOT_MET
    assert f"{launch.decisions}:5 and {other}:2 decide amount_cents" in found.found


def test_an_address_on_another_domain_contradicts_the_domain(launch: Launch, tmp_path: Path) -> None:
    """Within one file too."""
    file = tmp_path / "other.yaml"
    file.write_text(
        "service: nyra-billing-server\ndomain: {name: a.test, backend_url: 'https://b.test'}\n", "utf-8"
    )
    asking = asking_of(launch, decisions=[read_decisions(file)])
    (found,) = collect(asking, [Need("decision", "domain")]).values()

    assert found.found == f"domain.name and domain.backend_url in {file}:2 are of two domains"


def test_decisions_of_several_services_may_be_named_at_once(
    launch: Launch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each manifest takes its own; a file that belongs to none of them is a mistake."""
    examples = [str(each) for each in sorted(launch.decisions.parent.glob("*.example.yaml"))]
    named = [str(each) for each in MANIFESTS]
    asked = options(launch, command="preflight", allow_blocked=False, manifests=named, decisions=examples)
    gate.run(asked, launch.environ, NOW)
    reports = json.loads(capsys.readouterr().out)
    price = {each["service"]: each["blockers"] for each in reports}

    assert len(reports) == len(MANIFESTS)
    assert all("monthly_price" not in blockers for blockers in price.values())
    assert gate.run(options(launch, decisions=examples), launch.environ, NOW) == 2
    assert "decisions of the service 'accounts-svc-plus'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"NYRA_REHEARSAL_EMAIL": ""}, "NYRA_REHEARSAL_EMAIL is not set"),
        ({"NYRA_BILLING_BASE_URL": ""}, "NYRA_BILLING_BASE_URL is not set"),
        ({"STRIPE_SECRET_KEY": "sk_" + "live_" + "0" * 24}, "STRIPE_SECRET_KEY is a live key"),
        ({"NYRA_BILLING_BASE_URL": "http://billing.test"}, "NYRA_BILLING_BASE_URL is set, and not https"),
    ],
)
def test_a_live_rehearsal_needs_what_it_needs(
    launch: Launch, capsys: pytest.CaptureFixture[str], change: dict[str, str], said: str
) -> None:
    """Exit status 2, the name of what is missing, and nothing is asked or written."""
    launch.environ |= change

    assert rehearse_live(launch) == 2
    assert said in capsys.readouterr().err
    assert not (launch.folder / ".rehearsal" / "evidence" / "nyra-billing-server.hosted.json").exists()


def test_a_live_rehearsal_in_live_mode_waits_for_its_guard(
    launch: Launch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says the name of the guard."""
    assert rehearse_live(launch, mode="live") == 2
    assert "NYRA_ALLOW_LIVE_BILLING_REHEARSAL is not true" in capsys.readouterr().err


def test_a_checkout_is_created_only_when_allowed(launch: Launch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without NYRA_BILLING_REHEARSAL_EXECUTE=true Stripe holds no session afterwards, with it one."""
    assert rehearse_live(launch) == 0
    assert list(launch.holder.world.checkout_sessions) == []
    launch.environ["NYRA_BILLING_REHEARSAL_EXECUTE"] = "true"
    assert rehearse_live(launch) == 0

    assert len(list(launch.holder.world.checkout_sessions)) == 1
    assert "checkout on POST /api/billing/checkout: answered 200, leads to " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "mode", "is_stripes"),
    [
        ("https://checkout.stripe.com/c/pay/cs_1", "live", True),
        ("http://127.0.0.1:12111/c/pay/cs_1", "test", True),
        ("http://127.0.0.1:12111/c/pay/cs_1", "live", False),
        ("http://127.0.0.1:8788/c/pay/cs_1", "test", False),
        ("https://checkout.stripe.com.example.test/", "test", False),
        ("http://[", "test", False),
        (7, "test", False),
    ],
)
def test_a_checkout_leads_to_stripe_or_to_the_simulated_one(
    launch: Launch, monkeypatch: pytest.MonkeyPatch, url: object, mode: str, is_stripes: bool
) -> None:
    """The simulated one has pages of its own; in live mode they are nobody's."""
    launch.environ |= {"STRIPE_API_BASE": "http://127.0.0.1:12111", "NYRA_BILLING_REHEARSAL_EXECUTE": "true"}
    monkeypatch.setattr(live, "_post", lambda *_: (200, json.dumps({"url": url})))
    (check,) = live._checkout(asking_of(launch, mode=mode))

    assert (check["verdict"] == "PROVED") is is_stripes


def test_the_gate_creates_nothing_at_stripe(launch: Launch, capsys: pytest.CaptureFixture[str]) -> None:
    """It only reads."""
    before, writes = launch.holder.world, launch.holder.writes()
    gate.run(options(launch), launch.environ, NOW)

    assert launch.holder.world == before
    assert launch.holder.writes() == writes


def test_the_verdict_is_written_where_the_server_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A gate that is not GO for live money closes, whole file at once, and says so."""
    with launched(ROOT / "manifests" / "nyra-billing-api.yaml", tmp_path, monkeypatch) as launch:
        place = tmp_path / "deployability.json"
        place.write_text('{"deployability": {"status": "GO_LIVE_MONEY"}}', "utf-8")
        launch.environ["NYRA_BILLING_DEPLOYABILITY_FILE"] = str(place)
        status = gate.run(options(launch, mode="live", write=True), launch.environ, NOW)

    assert status == 1
    assert json.loads(place.read_text("utf-8")) == {"deployability": {"status": "NO_GO_LIVE_MONEY"}}
    assert "deployability.status is NO_GO_LIVE_MONEY" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".deploy")] == []


@pytest.mark.parametrize("mode", ["test", "live"])
@pytest.mark.parametrize("verdict", list(GateVerdict))
def test_only_a_live_go_opens(verdict: GateVerdict, mode: str) -> None:
    """A GO of test mode says nothing about live money."""
    opens = status_of(verdict, mode) != "NO_GO_LIVE_MONEY"

    assert opens == (verdict is GateVerdict.GO and mode == "live")


def test_a_status_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    """The old file stays as it was."""
    with pytest.raises(OSError, match="No such file"):
        write_status(tmp_path / "no" / "where.json", "X")


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_every_service_has_example_decisions(path: Path) -> None:
    """They are readable, of that service, and hold each decision that its rules need."""
    decisions = read_decisions(path.parent / "decisions" / f"{path.stem}.example.yaml")
    manifest = read_manifest(path)
    needed = {each.argument for rule in manifest.go_no_go for each in rule.needs if each.kind == "decision"}
    needed |= {
        f"{each.argument}_review"
        for rule in manifest.go_no_go
        for each in rule.needs
        if each.kind == "legal_review"
    }

    assert decisions.service == manifest.service
    assert needed == set(decisions.by_key)


def test_the_reports_have_their_forms(launch: Launch, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON by its schema, JUnit that counts, SARIF at the lines of the rules, annotations."""
    del launch.environ["STRIPE_WEBHOOK_SECRET"]
    files = {name: str(launch.folder / name) for name in ("junit", "sarif", "attest")}
    gate.run(options(launch, **files), launch.environ, NOW)
    report = launch.folder / "report.json"
    report.write_text(capsys.readouterr().out, "utf-8")
    data = json.loads(report.read_text("utf-8"))
    suite = ElementTree.parse(files["junit"]).getroot()[0]
    sarif = json.loads(Path(files["sarif"]).read_text("utf-8"))["runs"][0]
    gate.run(options(launch, json=False, github=True), launch.environ, NOW)
    said = capsys.readouterr().out

    assert check(read_source(report), "gate_report") == []
    assert data["blockers"] == ["secrets_in_place", "webhook_verified"]
    assert (suite.get("failures"), suite.get("errors")) == ("1", "1")
    assert len(suite) == len(data["rules"])
    lines = [each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in sarif["results"]]
    text = launch.manifest_path.read_text("utf-8").splitlines()
    assert [text[line - 1].strip() for line in lines] == [f"{each['ruleId']}:" for each in sarif["results"]]
    assert said.count("::error file=") == 2
    assert f",line={lines[0]},title=Secrets are set%2C of" in said
    assert "STRIPE_WEBHOOK_SECRET: STRIPE_WEBHOOK_SECRET is not set" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gate", "nowhere.yaml", "--mode", "test"], "no such file"),
        (["gate", "{m}", "--mode", "test", "--decisions", "no.yaml"], "no.yaml:1:1: no such file"),
        (["preflight", "{m}", "--mode", "test", "--env", "no.env"], "there is no such file"),
        (["gate", "{m}", "--mode", "test", "--junit", "no/x.xml"], "its folder does not exist"),
        (["gate", "{other}", "--mode", "test"], "has the rule 'Failed invoices limit access'"),
    ],
)
def test_a_mistake_is_said_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    """Exit status 2, and no traceback."""
    monkeypatch.chdir(tmp_path)
    source = ROOT / "manifests" / "nyra-billing-server.yaml"
    other = tmp_path / "other.yaml"
    needed = "story_proved: Failed invoice limits access"
    text = source.read_text("utf-8").replace(needed, "story_proved: Failed invoices limit access", 1)
    other.write_text(text, "utf-8")

    assert main([each.format(m=source, other=other) for each in words]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_a_story_that_no_feature_tells_has_its_place_and_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line and column of the reference, and what was probably meant."""
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "manifests" / "nyra-billing-server.yaml").read_text("utf-8")
    other = tmp_path / "m.yaml"
    other.write_text(
        text.replace("story_proved: Customer can cancel", "story_proved: Customer can cancle"), "utf-8"
    )
    line = next(n for n, each in enumerate(other.read_text("utf-8").splitlines(), 1) if "cancle" in each)

    assert main(["preflight", str(other), "--mode", "test"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{other}:{line}:23: no feature of nyra-billing-server has the rule")
    assert told.rstrip().endswith("Did you mean 'Customer can cancel'?")


def one_rule(launch: Launch, kind: str = "sqlite") -> Path:
    """A service of its own: the manifest on a kind of store, one rule, and the stories about webhooks."""
    manifests, features = launch.folder / "manifests", launch.folder / "features" / "nyra-billing-server"
    manifests.mkdir()
    features.mkdir(parents=True)
    path = manifests / "nyra-billing-server.yaml"
    before, _, rules = launch.manifest_path.read_text("utf-8").partition("go_no_go:\n")
    rule = "  rehearsal_proved:" + rules.partition("  rehearsal_proved:")[2]
    path.write_text(
        before.replace("  kind: json\n", f"  kind: {kind}\n")
        + "go_no_go:\n"
        + rule.partition("  test_mode_checklist:")[0],
        "utf-8",
    )
    story = (ROOT / "features" / "nyra-billing-server" / "webhooks.feature").read_text("utf-8")
    story = story.partition("  Rule: What was acknowledged")[0].partition("    Example: twelve webhooks")[0]
    (features / "webhooks.feature").write_text(
        story.rstrip().removesuffix("@sometimes_out_of_order"), "utf-8"
    )
    return path


def preflight_of(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit status, verdict, and what was found for the one rule."""
    capsys.readouterr()
    status = main(["preflight", str(path), "--mode", "test", "--json"])
    report = json.loads(capsys.readouterr().out)
    return status, report["verdict"], report["rules"][0]["proofs"][0]["found"]


def test_a_broken_backend_closes_the_gate_through_evidence_alone(
    launch: Launch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rehearsed with a backend whose last write wins it is NO-GO, with the right one GO again."""
    path = one_rule(launch)
    words = ["run", str(path), "--audit", "0"]
    assert main([*words, "--app", "broken.naive:last_write_wins", "--budget", "200"]) == 1
    status, verdict, found = preflight_of(path, capsys)
    assert (status, verdict) == (1, "NO-GO")
    assert found.startswith("refuted: ")

    assert main(words) == 0
    assert preflight_of(path, capsys)[:2] == (0, "GO")


def test_evidence_of_another_kind_of_store_is_partial(
    launch: Launch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is proved on SQLite is not proved on the JSON file that the manifest declares."""
    path = one_rule(launch, "json")
    assert main(["run", str(path), "--audit", "0", "--store", "sqlite"]) == 0
    status, verdict, found = preflight_of(path, capsys)

    assert (status, verdict) == (3, "UNDETERMINED")
    assert "on another kind of store" in found


def test_some_stories_are_no_evidence(launch: Launch, capsys: pytest.CaptureFixture[str]) -> None:
    """`rehearse run --story` leaves the evidence of the whole as it was."""
    evidence = launch.folder / ".rehearsal" / "evidence" / "nyra-billing-server.json"
    before = evidence.read_bytes()

    assert main(["run", str(launch.manifest_path), "--story", "paid by card", "--audit", "0"]) == 0
    assert evidence.read_bytes() == before
    capsys.readouterr()


def test_live_rehearsal_knows_its_manifest(capsys: pytest.CaptureFixture[str]) -> None:
    """A word that names nothing is a mistake."""
    assert main(["live-rehearsal", "nowhere", "--mode", "test"]) == 2
    assert "no such file" in capsys.readouterr().err
    assert live_rehearsal.run is not None
