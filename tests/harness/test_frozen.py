"""Other people's backends under a frozen clock."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import pytest

from rehearsal_harness.cli import PROVED, UNDETERMINED, main
from rehearsal_harness.rehearsal import START
from rehearsal_harness.targets import reference
from rehearsal_harness.targets.backend import Backend, Collaborators
from rehearsal_harness.targets.frozen import ClockNotFrozen, frozen, probe
from rehearsal_harness.targets.sqlite_watch import SqlWatch

MANIFEST = str(Path(__file__).parents[2] / "manifests" / "nyra-billing-server.yaml")
STORY = "a renewal is declined"


def on_wall_clock(given: Collaborators) -> Backend:
    """The reference server reading time.time() itself, as other people's backends do."""
    from dataclasses import replace

    return reference.create(replace(given, clock=lambda: int(time.time())))


def on_sql_clock(given: Collaborators) -> Backend:
    """A backend that asks SQLite for the time on every request."""
    backend = reference.create(given)

    def app(environ, start_response):
        given.connection.execute("SELECT CURRENT_TIMESTAMP").fetchall()
        return backend.app(environ, start_response)

    return Backend(app=app)


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    asked = ["run", MANIFEST, "--store", "sqlite", "--story", STORY, "--json"]
    return lambda app: main([*asked, "--app", f"test_frozen:{app}"])


def test_a_backend_on_the_wall_clock_is_proved(run, capsys: pytest.CaptureFixture[str]) -> None:
    """A backend that calls time.time() lives at the story's instants, also in the audit's process."""
    assert run("on_wall_clock") == PROVED
    (story,) = json.loads(capsys.readouterr().out)["stories"]
    assert story["audited"] == 2


def test_a_backend_on_sql_time_is_undetermined(run, capsys: pytest.CaptureFixture[str]) -> None:
    """SQL's own clock cannot be frozen, so nothing is proved of a backend that asks it."""
    assert run("on_sql_clock") == UNDETERMINED
    (story,) = json.loads(capsys.readouterr().out)["stories"]
    assert "SQL's own clock" in story["reason"]


def test_time_is_frozen_in_every_way_python_asks() -> None:
    """Shallow, deep and in a thread the frozen clock is the same, and it moves."""
    with frozen(START) as move:
        probe(START)
        move(START + 86_400)
        probe(START + 86_400)
        with pytest.raises(ClockNotFrozen, match=r"time\.time\(\)"):
            probe(START)


def test_only_functions_of_time_are_noticed() -> None:
    """Ordinary SQL is not taken for a question about the time."""
    connection = sqlite3.connect(":memory:")
    clock = SqlWatch(connection)
    connection.execute("SELECT max(1, 2), upper('now')")
    assert clock.asked == ""
    connection.execute("SELECT datetime('now')")
    assert "datetime" in clock.asked
    connection.close()
