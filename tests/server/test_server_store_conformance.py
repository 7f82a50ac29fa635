"""What every store promises, of whichever kind: the port, kept three times."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from stores import KINDS, Place, place_of

from rehearsal_server.facts import Row, Settlement
from rehearsal_server.store import Request, Store
from rehearsal_server.store import sql as statements
from rehearsal_server.store.sql import SqlStore

ROW = Row(
    "evt_1",
    "invoice.paid",
    "in_1",
    "cus_1",
    "sub_1",
    None,
    "device-1",
    None,
    100,
    '{"a": "é ☃ %s ?"}',
    None,
)


@pytest.fixture(name="place", params=KINDS)
def _place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path)


@pytest.fixture(name="store")
def _store(place: Place) -> Iterator[Store]:
    store = place.open()
    yield store
    store.close()


def ids(rows: object) -> list[str]:
    """Event ids, sorted."""
    return sorted(row.event_id for row in rows)  # type: ignore[attr-defined]


def add_and_fail(store: Store, row: Row) -> None:
    """A transaction that ends in an exception."""
    with store.transaction():
        store.add_row(row)
        raise KeyError


def test_a_row_comes_back_as_it_was(store: Store) -> None:
    """By object, customer, device, user and payment."""
    row = ROW._replace(user="usr_1", payment="pi_1", undone="{}")
    with store.transaction():
        store.add_row(row)
        store.activate("cus_1", "device-2", 5)
    assert list(store.rows_of("in_1")) == [row]
    assert list(store.rows_of_payment("pi_1")) == [row]
    for history in (
        store.history_of_customer("cus_1"),
        store.history_of_device("device-1"),
        store.history_of_device("device-2"),
        store.history_of_user("usr_1"),
    ):
        assert (list(history.rows), history.settlements) == ([row], {})
    assert list(store.history_of_device("device-3").rows) == []


def test_nothing_is_found_by_nothing(store: Store) -> None:
    """A row without a customer belongs to no other row without one."""
    with store.transaction():
        store.add_row(ROW._replace(customer=None, user="usr_1"))
        store.add_row(ROW._replace(event_id="evt_2", customer=None, device=None))
    assert ids(store.history_of_user("usr_1").rows) == ["evt_1"]
    assert ids(store.history_of_device("device-1").rows) == []


def test_a_user_has_its_customers_and_its_payments(store: Store) -> None:
    """Each row once."""
    rows = [
        ROW._replace(event_id="evt_1", user="usr_1"),
        ROW._replace(event_id="evt_2"),
        ROW._replace(event_id="evt_3", customer=None, user="usr_1", payment="pi_1"),
        ROW._replace(event_id="evt_4", customer=None, payment="pi_1", object_id="ch_1"),
        ROW._replace(event_id="evt_5", customer="cus_2", payment="pi_2"),
    ]
    with store.transaction():
        for row in rows:
            store.add_row(row)
    found = store.history_of_user("usr_1").rows
    assert ids(found) == ["evt_1", "evt_2", "evt_3", "evt_4"]


def test_recent_rows_are_the_newest_first(store: Store) -> None:
    """Of one second, by event id."""
    with store.transaction():
        for event_id, created in (("evt_b", 2), ("evt_a", 2), ("evt_Z", 2), ("evt_c", 1), ("evt_d", 3)):
            store.add_row(ROW._replace(event_id=event_id, object_id=event_id, created=created))
    assert [row.event_id for row in store.recent_rows(4)] == ["evt_d", "evt_Z", "evt_a", "evt_b"]


def test_requests_are_kept_once_and_read_newest_first(store: Store) -> None:
    """Of one second, by id."""
    asked = [Request("b", 2, "{}"), Request("a", 2, "{}"), Request("c", 1, "{}")]
    with store.transaction():
        for request in [*asked, Request("a", 9, "again")]:
            store.add_request(request)
    assert list(store.requests(2)) == [asked[1], asked[0]]


def test_a_settlement_comes_with_the_history(store: Store) -> None:
    """It is replaced and forgotten by its object."""
    with store.transaction():
        store.add_row(ROW)
    for settlement in (Settlement("set_1", "{}"), Settlement("set_2", "{}")):
        with store.transaction():
            store.settle("sub_1", settlement)
        assert store.settlement_of("sub_1") == settlement
        assert store.history_of_customer("cus_1").settlements == {"sub_1": settlement}
    with store.transaction():
        store.settle("sub_1", None)
        store.settle("sub_2", None)
    assert store.settlement_of("sub_1") is None


def test_an_exception_undoes_the_whole_block(store: Store, place: Place) -> None:
    """Of the outermost transaction; the next one is a new one."""
    before = place.contents()
    with pytest.raises(KeyError):
        add_and_fail(store, ROW)
    assert list(store.rows_of("in_1")) == []
    assert place.contents() == before
    with store.transaction():
        store.add_row(ROW)
    assert list(store.rows_of("in_1")) == [ROW]


def test_an_inner_block_is_undone_alone(store: Store) -> None:
    """What was before it and after it stays."""
    with store.transaction():
        store.add_row(ROW)
        with pytest.raises(KeyError):
            add_and_fail(store, ROW._replace(event_id="evt_2"))
        with store.transaction():
            store.add_row(ROW._replace(event_id="evt_3"))
            assert ids(store.rows_of("in_1")) == ["evt_1", "evt_3"]
    assert ids(store.rows_of("in_1")) == ["evt_1", "evt_3"]


def nest_and_fail(store: Store) -> None:
    """An inner block that is well, in an outer one that is not."""
    with store.transaction():
        with store.transaction():
            store.add_row(ROW)
        raise KeyError


def test_an_outer_block_undoes_the_inner_ones(store: Store) -> None:
    """Only the outermost end keeps anything."""
    with pytest.raises(KeyError):
        nest_and_fail(store)
    assert list(store.rows_of("in_1")) == []


def test_nobody_sees_what_is_not_kept_yet(store: Store) -> None:
    """Another thread reads the moment before."""
    seen: list[int] = []
    with store.transaction():
        store.add_row(ROW)
        thread = threading.Thread(target=lambda: seen.append(len(store.rows_of("in_1"))))
        thread.start()
        thread.join()
    assert seen == [0]


def test_what_was_read_in_a_transaction_nobody_changes(store: Store) -> None:
    """A second reader of the same object waits, and sees what the first one wrote."""
    inside, seen = threading.Event(), []

    def other() -> None:
        inside.wait()
        with store.transaction():
            seen.append(len(store.rows_of("in_1")))

    thread = threading.Thread(target=other)
    thread.start()
    with store.transaction():
        assert list(store.rows_of("in_1")) == []
        inside.set()
        thread.join(0.2)
        assert seen == []
        store.add_row(ROW)
    thread.join()
    assert seen == [1]


def test_what_is_known_is_not_written_again(store: Store) -> None:
    """An event without effect is logged once; a first activation stands; a cursor is where it was put."""
    with store.transaction():
        assert store.note_unused("evt_1", "moon.full", "unknown_type") is True
        assert store.note_unused("evt_1", "moon.full", "unknown_type") is False
        store.activate("cus_1", "device-1", 5)
        store.activate("cus_1", "device-1", 9)
    assert store.activation("cus_1", "device-1") == 5
    assert (store.cursor("x"), store.activation("cus_1", "device-2")) == (None, None)
    for position in (1, 2, 4_000_000_000):
        with store.transaction():
            store.advance_cursor("x", position)
        assert store.cursor("x") == position


def test_everything_is_there_after_a_restart(place: Place) -> None:
    """Opened again, also by a version that finds nothing to migrate."""
    first = place.open()
    with first.transaction():
        first.add_row(ROW._replace(undone="{}"))
        first.settle("sub_1", Settlement("set_1", "{}"))
        first.note_unused("evt_9", "moon.full", "unknown_type")
        first.activate("cus_1", "device-2", 5)
        first.advance_cursor("x", 7)
        first.add_request(Request("a", 2, "{}"))
    before = place.contents()
    first.close()
    again = place.open()
    assert list(again.rows_of("in_1")) == [ROW._replace(undone="{}")]
    assert again.settlement_of("sub_1") == Settlement("set_1", "{}")
    assert (again.activation("cus_1", "device-2"), again.cursor("x")) == (5, 7)
    assert list(again.requests(9)) == [Request("a", 2, "{}")]
    with again.transaction():
        assert again.note_unused("evt_9", "moon.full", "unknown_type") is False
    again.close()
    assert place.contents() == before


def test_a_probe_changes_nothing(store: Store, place: Place) -> None:
    """It writes, and everything is as before."""
    with store.transaction():
        store.add_row(ROW)
    before = place.contents()
    store.probe()
    assert place.contents() == before


def test_an_event_is_kept_once(store: Store) -> None:
    """Twice is our own bug: it is not called a storage failure, which Stripe would retry for days."""
    with store.transaction():
        store.add_row(ROW)
    with pytest.raises(Exception, match=r"(?i)unique|two rows") as raised, store.transaction():
        store.add_row(ROW)
    assert type(raised.value).__name__ != "StoreError"


def by_index(store: SqlStore, kind: str, sql: str) -> str:
    """How the database would carry a statement out if it avoids what reads a whole table wherever it can."""
    values = ("x",) * sql.count("?")
    if kind == "sqlite":
        return "\n".join(line[3] for line in store._all(f"EXPLAIN QUERY PLAN {sql}", values))
    with store.transaction():
        store._run("SET LOCAL enable_seqscan = off")
        return "\n".join(line for (line,) in store._all(f"EXPLAIN {sql}", values))


@pytest.mark.parametrize("place", KINDS[1:], indirect=True)
@pytest.mark.parametrize(
    "sql", ["_ROWS_OF", "_ROWS_OF_PAYMENT", "_OF_CUSTOMER", "_OF_DEVICE", "_OF_USER"], ids=str.lower
)
def test_what_is_asked_for_each_caller_is_found_by_an_index(store: SqlStore, place: Place, sql: str) -> None:
    """However many customers there are: nobody's page waits for everybody's events."""
    plan = by_index(store, place.kind, getattr(statements, sql))

    assert "SCAN" not in plan.replace("COVERING INDEX", "")
    assert "Seq Scan" not in plan
