"""The gate's page as a file: whole, equal for equal inputs, and nothing but HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest
from launching import NOW, Launch, evidence_of
from test_gate_show import options

from rehearsal_harness.cli import gate
from rehearsal_harness.core.gate import Input, State, judge
from rehearsal_harness.reports.gate_page import gate_page
from rehearsal_harness.reports.gate_view import Asked, service_view
from rehearsal_specs.manifest import Need

PREFLIGHT = {"command": "preflight", "allow_blocked": False, "json": False}


def page_of(launch: Launch, now: int = NOW, **others: object) -> str:
    path = launch.folder / "gate.html"
    gate.run(options(launch, html=str(path), **{**PREFLIGHT, **others}), launch.environ, now)
    return path.read_text("utf-8")


def asked(launch: Launch, inputs: dict[Need, Input] | None = None, refusal: str = "") -> Asked:
    manifest = launch.manifest
    report = judge(manifest.go_no_go, inputs or {}, "test", NOW)
    return Asked(manifest=manifest, report=report, evidence=evidence_of(manifest), refusal=refusal)


def test_equal_inputs_give_equal_pages_but_for_the_line_of_time(launch: Launch) -> None:
    """Asked an hour later, one line differs."""
    first, second = (page_of(launch, now).splitlines() for now in (NOW, NOW + 3_600))

    assert [one for one, other in zip(first, second, strict=True) if one != other] == [
        '<p class="when">Asked 2026-11-18 11:06 UTC; the rehearsal was 0 min old</p>'
    ]


@pytest.mark.parametrize("mode", ["test", "live"])
def test_it_is_html_without_a_mistake(launch: Launch, mode: str) -> None:
    """A strict parser reads it; each id is there once, and each link within it leads somewhere."""
    text = page_of(launch, mode=mode)
    html5lib.HTMLParser(strict=True).parse(text)
    ids = re.findall(r'\bid="([^"]+)"', text)

    assert len(ids) == len(set(ids))
    assert {*re.findall(r'href="#([^"]+)"', text)} <= {*ids}
    named = {each for group in re.findall(r'labelledby="([^"]+)"', text) for each in group.split()}
    assert named <= {*ids}


def test_what_stands_in_files_is_text_and_never_markup(launch: Launch) -> None:
    """A scope and a finding with a tag in them are shown as they are written."""
    tag = "<script>alert(1)</script>"
    found = Input(state=State.NOT_MET, found=tag, next_step=tag)
    one = asked(launch, {Need("decision", "monthly_price"): found}, refusal=tag)
    text = gate_page([replace(one, manifest=replace(launch.manifest, scope=tag))], "gate", NOW)

    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 3


def test_an_event_is_enabled_as_far_as_stripe_said(launch: Launch) -> None:
    """The endpoint lacks one event; the others are received, and the recommended one was not asked about."""
    endpoint = Input(state=State.NOT_MET, found="it lacks invoice.paid, invoice.payment_failed")
    view = service_view(asked(launch, {Need("webhook_endpoint", "events"): endpoint}), "gate")
    enabled = {each["type"]: each["enabled"] for each in view["events"]}

    assert [each for each, state in enabled.items() if state is State.NOT_MET] == [
        "invoice.paid",
        "invoice.payment_failed",
    ]
    assert enabled["checkout.session.completed"] is State.MET
    assert enabled["entitlements.active_entitlement_summary.updated"] is None


def test_stories_of_evidence_that_is_refused_prove_nothing(launch: Launch) -> None:
    """The counts are shown with the refusal; no event is told to be handled by it."""
    view = service_view(asked(launch, refusal="it was changed after it was written"), "gate")

    assert view["rehearsal"]["refusal"] == "it was changed after it was written"
    assert {each["handled"] for each in view["events"]} == {State.UNDETERMINED}


def test_a_folder_that_is_not_there_is_told_before_anything_is_asked(
    launch: Launch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, and Stripe heard nothing."""
    before = launch.holder.exchanges
    place = launch.folder / "no" / "gate.html"

    assert gate.run(options(launch, html=str(place), **PREFLIGHT), launch.environ, NOW) == 2
    assert f"{place}: its folder does not exist" in capsys.readouterr().err
    assert launch.holder.exchanges == before


def test_an_old_page_is_replaced_whole(launch: Launch, tmp_path: Path) -> None:
    """Nothing else is left beside it, and others may read it."""
    path = launch.folder / "gate.html"
    path.write_text("old", "utf-8")
    assert page_of(launch).startswith("<!doctype html>")

    assert path.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".gate")] == []
