"""`rehearse coverage`: what is told comes from the tables, and the documentation says nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from rehearsal_harness.cli import main
from rehearsal_harness.core.api_versions import API_VERSIONS
from rehearsal_harness.core.requests import OPERATIONS

DOCS = Path(__file__).parents[3] / "docs" / "simulated-stripe.md"


@pytest.fixture(name="told")
def _told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `--json` prints."""
    assert main(["coverage", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_every_operation_is_told_with_its_parameters(told: dict[str, Any]) -> None:
    """Simulated, ignored and refused ones apart."""
    operations = {each["operation"]: each for each in told["operations"]}

    assert operations.keys() == {each.route for each in OPERATIONS}
    customers = operations["POST /v1/customers"]
    assert {"email", "name", "expand[]"} <= set(customers["parameters"])
    session = operations["POST /v1/checkout/sessions"]
    assert {"line_items[][price]", "mode", "expand[]"} <= set(session["parameters"])
    assert session["refused"]


def test_what_stripe_has_besides_is_told(told: dict[str, Any]) -> None:
    """Of the same resources, by the installed SDK; nothing is on both sides."""
    simulated = {each["operation"] for each in told["operations"]}

    assert "POST /v1/charges/:id/capture" in simulated | set(told["missing_operations"])
    assert not simulated & set(told["missing_operations"])
    assert not set(told["events"]) & set(told["missing_events"])
    assert "GET /v1/payouts" not in told["missing_operations"]
    assert told["sdk"].startswith("stripe-python 1")


def test_events_name_the_rows_that_emit_them(told: dict[str, Any]) -> None:
    """Each row can be explained."""
    assert "renewal_active" in told["events"]["customer.subscription.updated"]
    assert main(["explain", told["events"]["invoice.paid"][0]]) == 0


def test_every_version_is_told_once(told: dict[str, Any]) -> None:
    """Grouped by what looks alike."""
    assert sorted(each for like in told["versions"].values() for each in like) == sorted(API_VERSIONS)


def test_a_word_narrows_it_down(capsys: pytest.CaptureFixture[str]) -> None:
    """Operations with their parameters, events, versions; nothing at all is a mistake of usage."""
    assert main(["coverage", "webhook_endpoints"]) == 0
    said = capsys.readouterr().out
    assert "POST /v1/webhook_endpoints\n  simulated: url, enabled_events[]" in said
    assert "customers" not in said
    assert max(len(line) for line in said.splitlines() if line.startswith("  ")) <= 110

    assert main(["coverage", "flying"]) == 2
    assert "nothing simulated contains 'flying'" in capsys.readouterr().err


def test_the_documentation_names_only_what_there_is(told: dict[str, Any]) -> None:
    """Each operation, event type and version in the page is told by the command."""
    text = DOCS.read_text("utf-8")
    operations = {each["operation"] for each in told["operations"]}
    versions = {each for like in told["versions"].values() for each in like}

    assert set(re.findall(r"(?:GET|POST|DELETE) /v1/[a-z_/:]+[a-z_]", text)) <= operations
    assert set(re.findall(r"\b20\d\d-\d\d-\d\d(?:\.[a-z]+)?", text)) <= versions
