"""Worlds in a file: what is read is what was saved, and goes on the same."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
from histories import Step, beginning, content, histories, taken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import dunning, subscriber

from rehearsal_harness.core.objects import StripeObject
from rehearsal_harness.core.world import TABLES, Settings, World
from rehearsal_harness.serving.state import StateError, StateFile
from rehearsal_harness.serving.state_records import KINDS, MAPS, Head, decode, encode, shapes
from rehearsal_specs.reader import read_rules

MAIN = "acct_1rehearsal000001"
ANY_FILE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _load(state: StateFile, account_id: str = MAIN) -> World:
    world = state.load(account_id, rules=read_rules(), dunning=dunning())
    assert world is not None
    return world


@ANY_FILE
@given(histories(), histories(steps_max=8))
def test_a_world_that_was_saved_and_read_is_the_same_and_goes_on_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], later: list[Step]
) -> None:
    path = tmp_path_factory.mktemp("state") / "world.db"
    state = StateFile.open(path)
    world = start = state.adopt(beginning())
    for world in taken(start, steps):
        state.save(world)
    state.close()

    again = _load(StateFile.open(path))

    assert content(again) == content(world)
    assert [each.version for each in taken(again, later)] == [each.version for each in taken(world, later)]


@ANY_FILE
@given(histories(), histories())
def test_a_world_that_went_back_is_kept_as_it_is_now(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], others: list[Step]
) -> None:
    state = StateFile.open(tmp_path_factory.mktemp("state") / "world.db")
    here = start = state.adopt(beginning())
    for here in (*taken(start, steps), start, *taken(start, others)):
        state.save(here)

    assert content(_load(state)) == content(here)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_record_of_every_class_survives(kind: type[Any], data: st.DataObject) -> None:
    record = data.draw(st.from_type(kind))

    assert decode(kind, encode(record)) == record


def test_every_field_of_a_world_is_kept() -> None:
    given_ = {"rules", "dunning", "touched"}
    own = {"agenda", "events", "clock"}  # a world is kept in the account's own time
    head = {each.name for each in fields(Head)} - {"plans", "times"} | {"now", "other_times"}

    assert {each.name for each in fields(World)} == given_ | own | head | set(KINDS) | set(MAPS)
    assert set(get_args(StripeObject)) <= set(TABLES)


def test_what_is_shared_in_memory_is_kept_once(tmp_path: Path) -> None:
    state = StateFile.open(tmp_path / "world.db")
    world = state.adopt(subscriber().world)
    shown = {id(obj) for event in world.events for obj in (event.before, event.after) if obj}
    kept = {id(row) for name in KINDS for row in getattr(world, name)}

    state.close()

    with sqlite3.connect(tmp_path / "world.db") as connection:
        (count,) = connection.execute("SELECT count(*) FROM snapshots").fetchone()
    assert count == len(shown | kept)


def test_a_save_writes_what_a_change_wrote_and_nothing_else(tmp_path: Path) -> None:
    state = StateFile.open(tmp_path / "world.db")
    costs = []
    world = state.adopt(beginning())
    for number in range(60):
        (world,) = taken(world, [("session", number)])
        changes = state._connection.total_changes
        state.save(world)
        costs.append(state._connection.total_changes - changes)

    assert len(world.checkout_sessions) == 61
    assert len(set(costs)) == 1


def test_accounts_share_a_file_and_nothing_else(tmp_path: Path) -> None:
    state = StateFile.open(tmp_path / "world.db")
    one = state.adopt(subscriber().world)
    other = state.adopt(_named("acct_1other"))

    assert state.accounts() == (MAIN, "acct_1other")
    assert content(_load(state)) == content(one)
    assert content(_load(state, "acct_1other")) == content(other)
    assert state.load("acct_1nobody", rules=read_rules(), dunning=dunning()) is None


def _named(account_id: str) -> World:
    return World.start(read_rules(), dunning(), at=1, settings=Settings(account_id=account_id))


def test_what_is_kept_beside_the_worlds_is_written_with_them_or_not_at_all(tmp_path: Path) -> None:
    state = StateFile.open(tmp_path / "world.db")
    world = state.adopt(beginning())
    (after,) = taken(world, [("endpoint", 1)])

    def write(*, fail: bool) -> None:
        with state.writing():
            state.keep("clock", {"now": 5})
            state.save(after)
            if fail:
                raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write(fail=True)
    assert state.kept("clock") is None
    assert len(_read_beside(state).webhook_endpoints) == 0

    write(fail=False)
    assert state.kept("clock") == {"now": 5}
    assert len(_read_beside(state).webhook_endpoints) == 1


def _read_beside(state: StateFile) -> World:
    """What the file says, without making it what the next save follows from."""
    saved = dict(state._saved)
    try:
        return _load(state)
    finally:
        state._saved = saved


def test_a_world_that_nobody_watches_is_not_saved_by_halves(tmp_path: Path) -> None:
    state = StateFile.open(tmp_path / "world.db")

    with pytest.raises(ValueError, match="not watched"):
        state.save(beginning())


def test_a_second_process_is_told_that_the_file_is_in_use(tmp_path: Path) -> None:
    state = StateFile.open(tmp_path / "world.db")
    state.adopt(beginning())

    with pytest.raises(StateError, match="another process keeps its world in this file"):
        StateFile.open(tmp_path / "world.db")


def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path) -> None:
    text, database, folder = tmp_path / "notes.txt", tmp_path / "other.db", tmp_path / "folder"
    text.write_text("my notes")
    folder.mkdir()
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE mine (id)")
    before = {path: path.read_bytes() for path in (text, database)}

    for path in (text, database):
        with pytest.raises(StateError, match="no state file of `rehearse serve`"):
            StateFile.open(path)
        assert path.read_bytes() == before[path]
    with pytest.raises(StateError, match="cannot be read"):
        StateFile.open(folder)


def test_a_file_in_no_folder_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"nowhere/world\.db: cannot be opened"):
        StateFile.open(tmp_path / "nowhere" / "world.db")


def test_a_file_of_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "world.db"
    StateFile.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(StateError, match="schema 2; this release reads schema 1"):
        StateFile.open(path)
    assert path.read_bytes() == before


def test_a_file_that_says_more_than_this_release_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "world.db"
    StateFile.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO shapes VALUES ('customers', 'shoe_size')")
    connection.close()

    with pytest.raises(StateError, match="'shoe_size' of customers, which this release does not know"):
        StateFile.open(path)
    assert "shoe_size" not in shapes()["customers"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE snapshots SET body = '{' WHERE kind = 'prices'",
        "UPDATE snapshots SET body = '{\"id\": 5}' WHERE kind = 'prices'",
        "DELETE FROM snapshots",
        "DELETE FROM events WHERE position = 0",
        "UPDATE accounts SET head = 'x'",
        "UPDATE tasks SET kind = 99",
        "DROP TABLE events",
    ],
)
def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "world.db"
    state = StateFile.open(path)
    state.adopt(beginning())
    state.close()
    with sqlite3.connect(path) as connection:
        connection.execute(damage)
    connection.close()

    with pytest.raises(StateError, match=r"world\.db: the file is damaged: account acct_.*put a copy"):
        _load(StateFile.open(path))


def test_a_file_that_was_cut_off_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "world.db"
    state = StateFile.open(path)
    state.adopt(subscriber().world)
    state.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(StateError, match="the file is damaged"):
        _load(StateFile.open(path))


_WRITER = """
import sys
from pathlib import Path
from histories import beginning, taken
from rehearsal_harness.serving.state import StateFile
state = StateFile.open(Path(sys.argv[1]))
world = state.adopt(beginning())
for number, world in enumerate(taken(world, [("session", n % 9) for n in range(100_000)]), 1):
    state.save(world)
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_process_that_is_killed_loses_nothing_that_it_has_committed(tmp_path: Path) -> None:
    path = tmp_path / "world.db"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout is not None
        for _ in range(50):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        told = process.stdout.read().split("\n")
    last = max([50, *(int(line) for line in told[:-1])])

    saved = len(_load(StateFile.open(path)).checkout_sessions) - 1
    assert last <= saved <= last + 1
