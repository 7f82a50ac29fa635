"""The gate's page in a running bench: what it asks, what it lets people decide, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from launching import Launch, evidence_of
from readying import KEY, NAME, Desk, a_desk

from rehearsal_harness.gate.proved import read_evidence
from rehearsal_harness.resources import shipped
from rehearsal_harness.serving.readiness.decisions_file import with_decision
from rehearsal_harness.serving.readiness.opening import asking_of
from rehearsal_specs.decisions import read_decisions
from rehearsal_specs.reader import read_manifest


@pytest.fixture(name="desk")
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with a_desk(tmp_path, monkeypatch) as desk:
        yield desk


def test_one_service_is_shown_at_once_and_another_name_is_not_there(desk: Desk) -> None:
    """/readiness leads to it; a misspelt name says what is served."""
    assert requests.get(f"{desk.bench.address}/readiness", timeout=120).url == desk.url
    absent = requests.get(f"{desk.url}x", headers={"Accept": "text/html"}, timeout=120)
    assert absent.status_code == 404
    assert f"This bench serves: {NAME}." in absent.text


def test_the_page_shows_the_verdict_and_a_form_for_each_decision(desk: Desk) -> None:
    """Before anything is decided or rehearsed; and no secret of the backend's environment."""
    page = desk.look()
    secrets = {each.name for each in read_manifest(shipped("manifests") / f"{NAME}.yaml").secrets}
    environ = desk.bench.services[0].environ

    assert "NO-GO" in page
    assert 'id="decide-monthly_price"' in page
    assert 'id="decide-attorney_review"' in page
    told = [name for name in secrets if "price" not in environ[name] and environ[name] in page]
    assert [name for name in told if not environ[name].startswith("http")] == []


def test_the_backend_can_go_when_people_have_decided_and_all_was_rehearsed(desk: Desk) -> None:
    """Decisions, the backend's rehearsal, and evidence of the stories: GO in test mode, shut in live mode."""
    manifest = read_manifest(desk.bench.services[0].path)
    price = {"amount_cents": "2500", "currency": "usd"}
    assert desk.decide("monthly_price", **price).status_code == 200
    domain = {"name": "example.test", "backend_url": "https://billing.example.test"}
    assert desk.decide("domain", **domain).status_code == 200
    rehearsed = requests.post(f"{desk.url}/rehearsal", timeout=120)
    assert "every check is proved" in rehearsed.text
    launch = Launch(desk.folder, Path(manifest.path), {}, None)  # type: ignore[arg-type]
    launch.write_evidence(evidence_of(manifest, at=asking_of(desk.bench.services[0], "test").now))

    assert '<h1 id="verdict"><span class="sign" aria-hidden="true">✓</span> GO<span' in desk.look()
    live = desk.look("live")
    assert "NYRA_ALLOW_LIVE_BILLING_REHEARSAL is not true, so nothing was asked" in live
    assert "NO-GO" in live


def test_a_decision_is_saved_and_comments_stay(desk: Desk) -> None:
    """The first one begins the file as the shipped example; the second changes one line of it."""
    answer = desk.decide("hosted_ai_cap", amount_cents="900", by="owner")
    assert "The decision is saved." in answer.text
    first = desk.file.read_text("utf-8")
    desk.decide("tax", scope="Stripe Tax: is on")

    assert read_decisions(desk.file).by_key["hosted_ai_cap"].fields == {"amount_cents": 900, "by": "owner"}
    assert "# What only a person can settle." in first
    changed = set(desk.file.read_text("utf-8").splitlines()) - set(first.splitlines())
    assert changed == {"tax: {scope: 'Stripe Tax: is on'}"}
    assert desk.file.stat().st_mode & 0o777 == 0o644


def test_an_emptied_field_is_undecided_again(desk: Desk) -> None:
    """Null, as the file says "not yet"; a flag is false."""
    desk.decide("attorney_review", approved="yes", by="counsel", at="2026-11-01")
    assert read_decisions(desk.file).by_key["attorney_review"].open == ()
    desk.decide("attorney_review", approved="", by="", at="2026-11-01")

    assert read_decisions(desk.file).by_key["attorney_review"].open == ("approved", "by")


@pytest.mark.parametrize(
    "value", [KEY, f"see {KEY}", "whsec_" + "4eC39HqLyj" * 2, "4111 1111" + " 1111 1111", "a1" * 20]
)
def test_what_looks_like_a_secret_is_refused_and_not_repeated(desk: Desk, value: str) -> None:
    """It reaches neither the file, nor the page, nor any other file."""
    answer = desk.decide("host", secret_store=value, logs="kept")

    assert answer.status_code == 422
    assert "host.secret_store: a value that looks like a secret; nothing was kept of it" in answer.text
    assert value not in answer.text
    assert not desk.file.exists()
    assert [
        each for each in desk.folder.rglob("*") if each.is_file() and value.encode() in each.read_bytes()
    ] == []


@pytest.mark.parametrize(
    ("key", "sent", "said"),
    [
        ("monthly_price", {"amount_cents": "a lot", "currency": "usd"}, "a whole number of cents"),
        ("monthly_price", {"amount_cents": "-5", "currency": "usd"}, "Expected"),
        ("support_inbox", {"address": "nobody", "ticket_round_trip_at": ""}, "an e-mail address"),
        ("portal", {"configured_at": "soon"}, "a date as 2026-11-21"),
    ],
)
def test_what_the_schema_does_not_know_is_refused(
    desk: Desk, key: str, sent: dict[str, str], said: str
) -> None:
    """With what was expected, at its form; the file stays as it was."""
    answer = desk.decide(key, **sent)

    assert answer.status_code == 422
    assert "Nothing was saved." in answer.text
    assert said in answer.text.partition(f'id="decide-{key}"')[2].partition("</form>")[0]
    assert not desk.file.exists()


def test_nobody_writes_over_what_somebody_else_has_written(desk: Desk) -> None:
    """A form that was made from an older file is refused, and the page shows the newer one."""
    desk.decide("tax", scope="one")
    stale = {"decision": "tax", "digest": "", "scope": "two"}
    answer = requests.post(f"{desk.url}/decisions", data=stale, timeout=120)

    assert answer.status_code == 409
    assert "the file was changed meanwhile" in answer.text
    assert "scope: one" in desk.file.read_text("utf-8")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example.test"},
    ],
)
def test_another_site_can_change_nothing(desk: Desk, headers: dict[str, str]) -> None:
    """Neither a decision nor the evidence."""
    assert desk.decide("tax", headers, scope="theirs").status_code == 403
    assert requests.post(f"{desk.url}/rehearsal", headers=headers, timeout=120).status_code == 403
    assert not desk.file.exists()
    assert not (desk.folder / ".rehearsal").exists()


def test_a_decision_that_no_rule_needs_is_refused(desk: Desk) -> None:
    """And so is a mode that there is not."""
    body = urlencode({"decision": "service", "digest": ""})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert requests.post(f"{desk.url}/decisions", data=body, headers=headers, timeout=120).status_code == 400
    assert requests.get(desk.url, params={"mode": "half"}, timeout=120).status_code == 400


def test_evidence_of_the_backend_is_believed_until_it_changes(desk: Desk) -> None:
    """It is signed by the bench's clock, which is years ahead here, and dated by the real one."""
    requests.post(f"{desk.url}/rehearsal", timeout=120)

    assert read_evidence(asking_of(desk.bench.services[0], "test"), "hosted").refusal == ""


def test_a_wrong_file_of_decisions_is_told_by_its_place(desk: Desk) -> None:
    """As the gate would tell it."""
    desk.file.write_text(f"service: {NAME}\nhost: {{secret_store: {KEY}, logs: x}}\n", "utf-8")
    answer = requests.get(desk.url, timeout=120)

    assert answer.status_code == 422
    assert f"{NAME}.yaml:2:" in answer.text
    assert KEY not in answer.text


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("a: 1\ntax:\n  scope: x\n# end\n", "a: 1\ntax: {scope: all}\n# end\n", 0),
        ("tax:\n  # why\n  scope: x # inline\nb: 2\n", "tax: {scope: all} # inline\nb: 2\n", 1),
        ("tax: {scope: null} # later\n", "tax: {scope: all} # later\n", 0),
        ("a: 1", "a: 1\ntax: {scope: all}\n", 0),
        ("# only this\n", "# only this\ntax: {scope: all}\n", 0),
    ],
)
def test_only_the_decisions_own_text_is_replaced(before: str, after: str, lost: int) -> None:
    """Comments around it stay; comments inside it are counted."""
    assert with_decision(before, "tax", {"scope": "all"}) == (after, lost)
