"""Migrations: once, in order, all or nothing; one that loses something copies everything first."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from stores import Place, place_of

from rehearsal_server.facts import Row
from rehearsal_server.store.migrating import Migration, shipped_migrations
from rehearsal_server.store.sqlite import SqliteStore

ROW = Row("evt_1", "invoice.paid", "in_1", "cus_1", "sub_1", None, "device-1", None, 100, "{}", None)
FORGET = Migration("0002_forget", "-- destructive: activations are no longer kept\nDROP TABLE activations;\n")
ADD = Migration("0003_notes", "-- What people noted.\nCREATE TABLE notes (text TEXT NOT NULL PRIMARY KEY);\n")
WRONG = Migration("0004_wrong", "CREATE TABLE more (id TEXT); SELECT * FROM nowhere;")


@pytest.fixture(name="place", params=["sqlite", "postgresql"])
def _place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path)


@pytest.fixture(name="store")
def _store(place: Place) -> Iterator[Any]:
    store = place.open()
    with store.transaction():
        store.add_row(ROW)
        store.activate("cus_1", "device-1", 7)
    yield store
    store.close()


def with_these(place: Place, *more: Migration) -> list[Migration]:
    return [*shipped_migrations(place.kind), *more]


def test_each_is_applied_once_and_in_order(store: Any, place: Place) -> None:
    """However often a server starts."""
    for _ in range(2):
        store.migrate(with_these(place, FORGET, ADD))
    contents = place.contents()
    assert [name for (name,) in contents["migrations"]] == ["0001_rows", "0002_forget", "0003_notes"]
    assert "notes" in contents
    assert list(store.rows_of("in_1")) == [ROW]


def test_one_that_fails_leaves_everything_as_it_was(store: Any, place: Place) -> None:
    """Also what was applied before it in the same start."""
    before = place.contents()
    with pytest.raises(Exception, match="nowhere"):
        store.migrate(with_these(place, ADD, WRONG))
    assert place.contents() == before


def test_a_destructive_one_copies_the_database_first(
    store: Any, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything is in the copy, and where it is is said."""
    caplog.set_level(logging.WARNING, "rehearsal_server.startup")
    before = place.contents()
    store.migrate(with_these(place, FORGET))
    assert "activations" not in place.contents()
    (said,) = (each.message for each in caplog.records if each.name == "rehearsal_server.startup")
    where = said.removeprefix("before 0002_forget everything was copied to ")
    assert _copied(place, where) == before


def _copied(place: Place, where: str) -> dict[str, list[Any]]:
    """The contents of the copy, which is cleared away."""
    if place.kind == "sqlite":
        return dict(Place("sqlite", where).contents())
    schema = where.removeprefix("the schema ")
    copy = Place("postgresql", re.sub(r"search_path%3D\w+", f"search_path%3D{schema}", place.where))
    found = dict(copy.contents())
    with psycopg.connect(copy.where, autocommit=True) as connection:
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE')  # type: ignore[arg-type]
    return found


def test_a_copy_is_never_written_over(tmp_path: Path) -> None:
    """An earlier attempt's copy stays; the next has a number."""
    place = place_of("sqlite", tmp_path)
    Path(f"{place.where}.before-0002_forget").write_text("an earlier copy")
    store = SqliteStore.open(place.where)
    store.migrate(with_these(place, FORGET))
    store.close()
    assert Path(f"{place.where}.before-0002_forget").read_text() == "an earlier copy"
    with closing(sqlite3.connect(f"{place.where}.before-0002_forget-2")) as copy:
        assert copy.execute("SELECT count(*) FROM activations").fetchone() == (0,)


def test_what_is_not_destructive_copies_nothing(store: Any, place: Place, tmp_path: Path) -> None:
    """A new table loses nothing."""
    store.migrate(with_these(place, ADD))
    assert not list(tmp_path.glob("*.before-*"))


def test_a_dialect_has_its_own_and_the_shared_ones() -> None:
    """A file without a dialect in its name is for all."""
    names = {kind: [each.name for each in shipped_migrations(kind)] for kind in ("sqlite", "postgresql")}
    assert names["sqlite"] == names["postgresql"]
    assert names["sqlite"][0] == "0001_rows"
