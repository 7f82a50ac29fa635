"""A database is put back exactly, and told from every other one; a process may die around each write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from rehearsal_harness.targets.dying import ProcessDied, Transactions
from rehearsal_harness.targets.sqlite_rewind import SqliteRewind, WatchedConnection, transaction_maker


@pytest.fixture(name="connection")
def _connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=WatchedConnection)
    connection.execute("CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID")
    connection.execute("CREATE TABLE notes (text TEXT)")
    yield connection
    connection.close()


@pytest.fixture(name="rewind")
def _rewind(connection: sqlite3.Connection) -> SqliteRewind:
    return SqliteRewind(connection)


def note(connection: sqlite3.Connection, *texts: str) -> None:
    for text in texts:
        connection.execute("INSERT INTO notes VALUES (?)", (text,))


def test_a_rewind_brings_everything_back(connection: sqlite3.Connection, rewind: SqliteRewind) -> None:
    """Rows and tables, any number of times, and marks before it stay."""
    rewind.mark(0)
    note(connection, "one")
    rewind.mark(1)
    here = rewind.digest()
    for _ in range(3):
        note(connection, "two")
        connection.execute("CREATE TABLE more (id)")
        rewind.rewind(1)
        assert rewind.digest() == here
    rewind.rewind(0)
    assert connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)


def test_a_nested_transaction_survives_a_mark(connection: sqlite3.Connection, rewind: SqliteRewind) -> None:
    """A backend's own transaction inside a mark is a savepoint; undone alone, and with the mark."""
    transaction = transaction_maker(connection)
    rewind.mark(0)
    empty = rewind.digest()
    with pytest.raises(sqlite3.OperationalError), transaction():
        connection.execute("INSERT INTO notes SELECT 'one' UNION SELECT abs(-9223372036854775808)")
    assert rewind.digest() == empty
    with transaction(), transaction():
        note(connection, "two")
    assert rewind.digest() != empty
    rewind.rewind(0)
    assert rewind.digest() == empty


def test_outside_a_mark_a_transaction_is_real(connection: sqlite3.Connection) -> None:
    """BEGIN IMMEDIATE and COMMIT, as in the audit."""
    with transaction_maker(connection)():
        assert connection.in_transaction
        note(connection, "one")

    assert not connection.in_transaction


def test_what_happens_aside_leaves_no_trace(connection: sqlite3.Connection, rewind: SqliteRewind) -> None:
    """A question that writes is as good as one that does not."""
    rewind.mark(0)
    here = rewind.digest()
    with rewind.aside():
        note(connection, "one")

    assert rewind.digest() == here


@pytest.mark.parametrize("value", [1, 1.0, "1", b"1", None, "", 0])
def test_every_value_is_another_store(
    value: object, connection: sqlite3.Connection, rewind: SqliteRewind
) -> None:
    """Types count: a number is not its text, nothing is not an empty text."""
    digests = set()
    for each in (1, 1.0, "1", b"1", None, "", 0):
        connection.execute("INSERT OR REPLACE INTO facts VALUES ('x', ?)", (each,))
        digests.add(rewind.digest())
    connection.execute("INSERT OR REPLACE INTO facts VALUES ('x', ?)", (value,))

    assert len(digests) == 7
    assert rewind.digest() in digests


def test_rows_do_not_run_into_each_other(connection: sqlite3.Connection, rewind: SqliteRewind) -> None:
    """Neither between columns, nor between tables."""
    connection.execute("INSERT INTO facts VALUES ('ab', 'c')")
    first = rewind.digest()
    connection.execute("DELETE FROM facts")
    connection.execute("INSERT INTO facts VALUES ('a', 'bc')")
    assert rewind.digest() != first
    connection.execute("DELETE FROM facts")
    note(connection, "ab")
    assert rewind.digest() != first


def test_the_order_of_rows_is_told_apart_where_it_is_kept(
    connection: sqlite3.Connection, rewind: SqliteRewind
) -> None:
    """The first half of a digest is the same for the same rows; the second half is not, with a rowid."""
    digests = []
    for texts in (("a", "b"), ("b", "a")):
        connection.execute("DELETE FROM notes")
        note(connection, *texts)
        digests.append(rewind.digest())
    assert digests[0][:16] == digests[1][:16]
    assert digests[0][16:] != digests[1][16:]


def test_without_a_rowid_there_is_no_order(connection: sqlite3.Connection, rewind: SqliteRewind) -> None:
    """A table that is its primary key is the same whichever way it was filled."""
    digests = []
    for names in (("a", "b"), ("b", "a")):
        connection.execute("DELETE FROM facts")
        for name in names:
            connection.execute("INSERT INTO facts VALUES (?, 1)", (name,))
        digests.append(rewind.digest())

    assert digests[0] == digests[1]


def test_a_new_table_is_seen(connection: sqlite3.Connection, rewind: SqliteRewind) -> None:
    """A backend may make its tables late."""
    rewind.digest()
    connection.execute("CREATE TABLE late (id)")
    before = rewind.digest()
    connection.execute("INSERT INTO late VALUES (1)")

    assert rewind.digest() != before


def strike(connection: WatchedConnection, at: int, *, watched: bool) -> tuple[bool, int]:
    """Write once and die at the boundary: did it die, and how many rows are there?"""
    transactions, plain = Transactions(), transaction_maker(connection)
    connection.transactions = transactions
    transactions.arm(at)
    try:
        if watched:
            with transactions.watch(plain()), transactions.watch(plain()):
                note(connection, "one")
        else:
            note(connection, "one")
    except ProcessDied:
        assert transactions.struck
    (count,) = connection.execute("SELECT count(*) FROM notes").fetchone()
    return transactions.struck, count


@pytest.mark.parametrize("watched", [True, False], ids=["in a transaction", "by itself"])
@pytest.mark.parametrize(("at", "found"), [(0, (False, 1)), (1, (True, 0)), (2, (True, 1)), (3, (False, 1))])
def test_a_process_dies_before_or_after_a_write_is_kept(
    at: int, found: tuple[bool, int], *, watched: bool, connection: WatchedConnection
) -> None:
    """Only at the end of an outermost transaction, or around a statement that is one by itself."""
    assert strike(connection, at, watched=watched) == found


def test_no_handler_catches_a_death() -> None:
    """It is no Exception, so a backend's own `except Exception` lets it pass."""
    assert not issubclass(ProcessDied, Exception)
