"""The store on SQLite: exclusive, nested, durable, and written only where something is new."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from served import contents_of

from rehearsal_server.facts import Row, Settlement
from rehearsal_server.store import Request, StoreError
from rehearsal_server.store.sqlite import SqliteStore

ROW = Row("evt_1", "invoice.paid", "in_1", "cus_1", "sub_1", None, "device-1", None, 100, "{}", None)


def add_and_fail(store: SqliteStore, row: Row) -> None:
    """A transaction that ends in an exception."""
    with store.transaction():
        store.add_row(row)
        raise KeyError


def test_a_row_comes_back_as_it_was(store: SqliteStore) -> None:
    """By object, by customer, by device."""
    store.add_row(ROW)
    store.activate("cus_1", "device-2", 5)
    assert store.rows_of("in_1") == [ROW]
    for history in (
        store.history_of_customer("cus_1"),
        store.history_of_device("device-1"),
        store.history_of_device("device-2"),
    ):
        assert (history.rows, history.settlements) == ([ROW], {})
    assert store.history_of_device("device-3").rows == []


def test_a_settlement_comes_with_the_history(store: SqliteStore) -> None:
    """It is replaced and forgotten by its object."""
    store.add_row(ROW)
    for settlement in (Settlement("set_1", "{}"), Settlement("set_2", "{}")):
        store.settle("sub_1", settlement)
        assert store.settlement_of("sub_1") == settlement
        assert store.history_of_customer("cus_1").settlements == {"sub_1": settlement}
    store.settle("sub_1", None)
    assert store.settlement_of("sub_1") is None


def test_an_exception_undoes_the_whole_block(store: SqliteStore, connection: sqlite3.Connection) -> None:
    """Of the outermost transaction."""
    with pytest.raises(KeyError):
        add_and_fail(store, ROW)
    assert store.rows_of("in_1") == []
    assert not connection.in_transaction


def test_an_inner_block_is_undone_alone(store: SqliteStore) -> None:
    """A whole server runs inside a rehearsal's transaction."""
    with store.transaction():
        store.add_row(ROW)
        with pytest.raises(KeyError):
            add_and_fail(store, ROW._replace(event_id="evt_2"))
        with store.transaction():
            store.add_row(ROW._replace(event_id="evt_3"))
    assert [row.event_id for row in store.rows_of("in_1")] == ["evt_1", "evt_3"]


def test_a_whole_transaction_can_be_rewound_from_outside(
    store: SqliteStore, connection: sqlite3.Connection
) -> None:
    """Nothing in the store commits through a savepoint that somebody else holds."""
    before = contents_of(connection)
    connection.execute("SAVEPOINT rehearsal")
    with store.transaction():
        store.add_row(ROW)
    store.migrate()
    store.probe()
    connection.execute("ROLLBACK TO rehearsal")
    connection.execute("RELEASE rehearsal")
    assert contents_of(connection) == before


def test_notes_activations_and_cursors_are_kept_once(
    store: SqliteStore, connection: sqlite3.Connection
) -> None:
    """What is known already is not written again; a first activation stands."""
    assert store.note_unused("evt_1", "moon.full", "unknown_type") is True
    store.activate("cus_1", "device-1", 5)
    writes = connection.total_changes
    assert store.note_unused("evt_1", "moon.full", "unknown_type") is False
    store.activate("cus_1", "device-1", 9)
    assert connection.total_changes == writes
    assert store.activation("cus_1", "device-1") == 5
    assert (store.cursor("x"), store.activation("cus_1", "device-2")) == (None, None)
    for position in (1, 2):
        store.advance_cursor("x", position)
        assert store.cursor("x") == position


def test_migrations_are_applied_once(tmp_path: Path) -> None:
    """A file is opened again with everything in it."""
    path = tmp_path / "facts.sqlite3"
    first = SqliteStore.open(path)
    first.add_row(ROW)
    first.close()
    again = SqliteStore.open(path)
    assert again.rows_of("in_1") == [ROW]
    again.close()


def test_a_file_is_durable_when_commit_returns(tmp_path: Path) -> None:
    """Write-ahead log, synchronised at every commit."""
    store = SqliteStore.open(tmp_path / "facts.sqlite3")
    connection = store._connection()
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    store.close()


def test_two_writers_take_turns(tmp_path: Path) -> None:
    """What is read inside a transaction cannot change before its end."""
    path = tmp_path / "facts.sqlite3"
    store = SqliteStore.open(path)
    inside, seen = threading.Event(), []

    def other() -> None:
        inside.wait()
        with store.transaction():
            seen.append(len(store.rows_of("in_1")))
        store.close()

    thread = threading.Thread(target=other)
    thread.start()
    with store.transaction():
        inside.set()
        thread.join(0.1)
        store.add_row(ROW)
    thread.join()
    assert seen == [1]
    store.close()


def test_a_lock_that_is_not_released_is_a_store_error(tmp_path: Path) -> None:
    """After the busy time-out, and nothing is left open."""
    path = tmp_path / "facts.sqlite3"
    SqliteStore.open(path).close()
    greedy = sqlite3.connect(path, isolation_level=None)
    greedy.execute("BEGIN IMMEDIATE")
    store = SqliteStore(lambda: sqlite3.connect(path, isolation_level=None, timeout=0))
    with pytest.raises(StoreError, match="locked"), store.transaction():
        pass
    greedy.close()
    with store.transaction():
        store.add_row(ROW)
    store.close()


@pytest.mark.parametrize(
    "content", [b"not a database" * 100, None], ids=["another file", "a folder that is not"]
)
def test_a_place_that_is_no_database_is_a_store_error(tmp_path: Path, content: bytes | None) -> None:
    """With SQLite's reason."""
    path = tmp_path / "facts.sqlite3"
    if content is None:
        path = tmp_path / "nowhere" / "facts.sqlite3"
    else:
        path.write_bytes(content)
    with pytest.raises(StoreError):
        SqliteStore.open(path)


def test_wrong_sql_is_our_own_bug(store: SqliteStore) -> None:
    """It is not called a storage failure, which Stripe would retry for days."""
    store.add_row(ROW)
    with pytest.raises(sqlite3.IntegrityError):
        store.add_row(ROW)


def test_requests_are_kept_once_and_read_newest_first(store: SqliteStore) -> None:
    """A second request of the same id is the first one again."""
    with store.transaction():
        for request in (
            Request("req_1", 10, "{}"),
            Request("req_2", 20, "{}"),
            Request("req_1", 30, "other"),
        ):
            store.add_request(request)
    assert store.requests(9) == [Request("req_2", 20, "{}"), Request("req_1", 10, "{}")]
    assert store.requests(1) == [Request("req_2", 20, "{}")]


def test_recent_rows_are_the_newest_first(store: SqliteStore) -> None:
    rows = [ROW._replace(event_id=f"evt_{n}", created=100 + n) for n in range(3)]
    with store.transaction():
        for each in rows:
            store.add_row(each)
    assert store.recent_rows(2) == [rows[2], rows[1]]


def test_a_users_history_holds_its_customers_and_its_payments(store: SqliteStore) -> None:
    """A charge names no user: its payment intent ties it to the session that does."""
    session = ROW._replace(object_id="cs_1", payment="pi_1", user="ada", customer="cus_1")
    charge = ROW._replace(event_id="evt_2", object_id="ch_1", payment="pi_1", customer=None, device=None)
    renewal = ROW._replace(event_id="evt_3", object_id="in_2", device=None)
    stranger = ROW._replace(event_id="evt_4", object_id="in_3", customer="cus_2", device=None)
    with store.transaction():
        for each in (session, charge, renewal, stranger):
            store.add_row(each)
    assert sorted(row.event_id for row in store.history_of_user("ada").rows) == ["evt_1", "evt_2", "evt_3"]
    assert sorted(row.event_id for row in store.rows_of_payment("pi_1")) == ["evt_1", "evt_2"]
