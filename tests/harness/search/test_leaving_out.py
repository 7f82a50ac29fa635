"""Columns that nothing reads do not tell stores apart; one that is read always does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from search.rehearsed import rehearsal
from search.stories import ACTIVE, ARRIVE, BOUGHT, dither, story

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.leaving_out import AGAIN, Leaving
from rehearsal_harness.targets import reference
from rehearsal_harness.targets.backend import Backend, Collaborators
from rehearsal_harness.targets.sqlite_rewind import SqliteRewind
from rehearsal_harness.targets.sqlite_watch import SqlWatch

LONG = story("canceled and back, three times", *ACTIVE, dither(3), *ARRIVE)


@pytest.fixture(name="connection")
def _connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE notes (name TEXT PRIMARY KEY, at INTEGER, place TEXT)")
    connection.execute("CREATE INDEX by_place ON notes (place)")
    connection.execute("CREATE TABLE ranks (name TEXT PRIMARY KEY, rank INTEGER CHECK (rank > 0))")
    connection.execute("INSERT INTO notes VALUES ('a', 1, 'here'), ('b', 2, 'there')")
    connection.execute("INSERT INTO ranks VALUES ('a', 1)")
    yield connection
    connection.close()


def with_arrivals(given: Collaborators, *, reads: bool) -> Backend:
    """The reference server, which also notes when each event arrived; `reads`: and denies what came late."""
    real, connection = reference.create(given), given.connection
    connection.execute("CREATE TABLE IF NOT EXISTS arrivals (event_id TEXT PRIMARY KEY, at INTEGER)")
    note = "INSERT INTO arrivals VALUES (?, ?) ON CONFLICT (event_id) DO UPDATE SET at = excluded.at"

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].endswith("/webhook"):
            event_id = environ["wsgi.input"].getvalue().split(b'"')[3].decode()
            with given.transaction():
                connection.execute(note, (event_id, given.clock()))
        elif reads and connection.execute("SELECT max(at) - min(at) > 60 FROM arrivals").fetchone() == (1,):
            start_response("200 OK", [])
            return [b'{"active": false, "code": "TOO_LATE"}']
        return real.app(environ, start_response)

    return Backend(app=app, reconcile=real.reconcile)


def notes_arrivals(given: Collaborators) -> Backend:
    """When it came is written down for people."""
    return with_arrivals(given, reads=False)


def decides_by_arrival(given: Collaborators) -> Backend:
    """When it came is when it counts from."""
    return with_arrivals(given, reads=True)


def test_what_is_only_written_does_not_multiply_the_search() -> None:
    """As many nodes as without it, and the columns are named."""
    told = rehearsal(LONG)
    plain = told.run()
    told.factory = notes_arrivals
    noted = told.run()

    assert (plain.verdict, noted.verdict) == (Verdict.PROVED, Verdict.PROVED)
    assert noted.counts.nodes == plain.counts.nodes
    assert "arrivals.at" in noted.left_out


@pytest.mark.parametrize("told", [BOUGHT, LONG], ids=lambda told: told.name)
def test_what_decides_is_never_left_out(told: Any) -> None:
    """A backend that decides by when an event arrived is REFUTED."""
    wrong = rehearsal(told)
    wrong.factory = decides_by_arrival
    result = wrong.run()

    assert result.verdict is Verdict.REFUTED
    assert "arrivals.at" not in result.left_out


def test_a_short_search_leaves_nothing_out() -> None:
    """There is no need to."""
    told = rehearsal(BOUGHT)
    told.factory = notes_arrivals

    assert told.run().left_out == ()


def test_only_what_nothing_names_is_unread(connection: sqlite3.Connection) -> None:
    """Neither keys nor indexes, nor what a check looks at; an order only while no row was read."""
    watch = SqlWatch(connection)
    assert watch.unread() == {"notes.at", "notes.rowid"}
    connection.execute("UPDATE notes SET at = 3 WHERE name = 'a'")
    connection.execute("INSERT INTO notes VALUES ('a', 1, 'x') ON CONFLICT DO UPDATE SET at = excluded.at")
    assert watch.unread() == {"notes.at"}
    connection.execute("SELECT name FROM notes ORDER BY at")
    assert watch.unread() == frozenset()


def test_a_digest_without_a_column_is_one_of_the_others(connection: sqlite3.Connection) -> None:
    """Of the rows that are there, and in no order where that does not count."""
    watch = SqlWatch(connection)
    rewind = SqliteRewind(connection, watch, frozenset({"notes.at", "notes.rowid"}))
    first = rewind.digest()
    connection.execute("UPDATE notes SET at = at + 9, name = name")
    assert rewind.digest() == first
    connection.execute("DELETE FROM notes")
    connection.execute("INSERT INTO notes VALUES ('b', 1, 'there'), ('a', 2, 'here')")
    assert rewind.digest() == first
    connection.execute("INSERT INTO notes VALUES ('c', 1, 'there')")
    assert rewind.digest() != first
    assert "notes.at" in watch.read
    assert "notes.place" not in watch.read


def test_a_column_that_is_read_after_all_starts_the_search_again() -> None:
    """With it, and without what is still unread; until nothing more is read."""
    columns = SimpleNamespace(read=set(), unread=lambda: frozenset({"a.x", "a.y"}))
    leaving, search = Leaving(), SimpleNamespace(stop="")
    leaving.look(columns, search, is_over=False)  # type: ignore[arg-type]
    assert (search.stop, leaving.again(), leaving.left_out) == (AGAIN, True, {"a.x", "a.y"})
    columns.read, search.stop = {"a.x"}, ""
    leaving.look(columns, search, is_over=True)  # type: ignore[arg-type]
    assert (search.stop, leaving.again(), leaving.left_out) == (AGAIN, True, {"a.y"})
    search.stop = ""
    leaving.look(columns, search, is_over=True)  # type: ignore[arg-type]
    assert (search.stop, leaving.again(), leaving.left_out) == ("", False, {"a.y"})
