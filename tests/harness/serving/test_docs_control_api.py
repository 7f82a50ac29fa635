"""docs/control-api.md against the code: every command runs, every table is complete."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
import requests
from controlling import TIMEOUT_S, Controlled, controlled

from rehearsal_harness.serving.control.api import ADDRESSES, BASE
from rehearsal_harness.serving.control.clock_orders import FIELDS as CLOCK
from rehearsal_harness.serving.control.doing import DOABLE, START
from rehearsal_harness.serving.control.starting import FIELDS as STARTING
from rehearsal_harness.serving.control.stream import HEARTBEAT_S, STREAMS_MAX
from rehearsal_harness.serving.faults import Faults

DOCUMENT = (Path(__file__).parents[3] / "docs" / "control-api.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:12111"


def table(heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    part = DOCUMENT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[1:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", cell)


def test_every_address_is_documented() -> None:
    """With its methods, in the API's own words."""
    told = [
        [
            f"`{BASE}{each.path}`",
            ", ".join([*(["GET"] if each.get else []), *(["POST"] if each.post else [])]),
            each.means,
        ]
        for each in ADDRESSES
    ]

    assert table("Addresses") == told


def test_every_action_is_documented_with_its_fields() -> None:
    """The required ones in bold."""
    tables = {START: STARTING, **{name: each.fields for name, each in DOABLE.items()}}
    told = [
        [
            f"`{name}`",
            ", ".join(f"**`{each}`**" if field.is_required else f"`{each}`" for each, field in known.items()),
        ]
        for name, known in tables.items()
    ]

    assert table("Actions") == told


def test_every_field_of_the_clock_and_of_the_faults_is_documented() -> None:
    """None is missing, none is made up."""
    assert [names(row[0])[0] for row in table("The clock")] == [name for name in CLOCK if name != "wait"]
    told = {name for row in table("Faults") for name in names(row[0])}
    assert told == {each.name for each in fields(Faults)}


def test_the_numbers_of_the_stream_are_true() -> None:
    """How many may listen, and how long silence lasts."""
    assert f"a comment every {HEARTBEAT_S:.0f} seconds" in DOCUMENT
    assert f"{STREAMS_MAX} pages may listen" in DOCUMENT


def test_the_refusal_is_what_the_api_says() -> None:
    """Word for word."""
    shown = json.loads(DOCUMENT.split("```json\n", 1)[1].split("```", 1)[0])
    with controlled() as here:
        assert here.posted("clock", {"sped": 1}).json() == shown


def test_the_story_of_the_document_runs() -> None:
    """Each command as written, but for the ids that the one before has given."""
    commands = re.findall(r"^curl .+$", DOCUMENT, re.MULTILINE)
    assert len(commands) == 7
    with controlled("nyra-billing-server") as here:
        for command in commands:
            here.settle()
            run(here, command)

        (licence,) = here.get("licences")["licences"]
    assert licence["answer"]["code"] == "CANCELED"


def run(here: Controlled, command: str) -> None:
    """One `curl -s URL [--json BODY]`, answered 200."""
    world = here.get("world")
    for kind, rows in (("cs_", world["checkout_sessions"]), ("sub_", world["subscriptions"])):
        command = command.replace(f"{kind}…", rows[0]["id"] if rows else "none")
    curl, silent, url, *rest = shlex.split(command)
    assert (curl, silent) == ("curl", "-s")
    body = json.loads(rest[1]) if rest else None
    method = "GET" if body is None else "POST"
    answer = requests.request(method, url.replace(ADDRESS, here.address), json=body, timeout=TIMEOUT_S)
    if answer.status_code != 200:
        pytest.fail(f"{command}: {answer.text}")
