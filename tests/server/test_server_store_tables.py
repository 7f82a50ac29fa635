"""Tables for people and other tools: in step with the facts, and made again when one is missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Clock, Server, make_server
from stripe_says import MONTH_S, NOW, completed, event, paid, subscription, updated

from rehearsal_server.store import History, StoreError
from rehearsal_server.store.customer_row import customer_row
from rehearsal_server.store.opening import tables_of
from rehearsal_server.store.sqlite_tables import TABLES, TabledSqliteStore
from rehearsal_specs.manifest import Manifest

AT = "2026-06-01T00:00:00Z"


@pytest.fixture(name="connection")
def _connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


@pytest.fixture(name="tabled")
def _tabled(manifest: Manifest, environ: dict[str, str], connection: sqlite3.Connection) -> Server:
    clock = Clock()
    store = TabledSqliteStore(lambda: connection, clock, "pro")
    store.migrate()
    return make_server(manifest, environ, store, connection)


def customers(connection: sqlite3.Connection) -> list[dict[str, object]]:
    cursor = connection.execute("SELECT * FROM billing_customers")
    names = [name for name, *_ in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_a_customers_line_says_what_the_facts_say(tabled: Server, connection: sqlite3.Connection) -> None:
    """After a checkout, a payment and an update that ends the subscription."""
    items = {"data": [{"current_period_end": NOW + MONTH_S, "price": {"id": "price_pro"}}]}
    changed = subscription(cancel_at=NOW + MONTH_S, items=items)
    for each in (completed(), paid(), updated("evt_3", changed, {"cancel_at": None})):
        assert tabled.decision(each) == "applied"
    assert customers(connection) == [
        {
            "customer_id": "cus_1",
            "checkout_session_id": "cs_test_1",
            "subscription_id": "sub_1",
            "device_id": "device-1",
            "email": None,
            "status": "active",
            "entitlement": "pro",
            "price_id": "price_pro",
            "current_period_end": NOW + MONTH_S,
            "cancel_at_period_end": 1,
            "last_invoice_id": "in_1",
            "last_invoice_status": "paid",
            "stripe_entitlements_json": None,
            "updated_at": AT,
        }
    ]


def test_each_processed_event_is_written_once(tabled: Server, connection: sqlite3.Connection) -> None:
    """Also one without effect, and not again when it comes again."""
    for each in (paid(), paid(), event("evt_x", "customer.created", {"id": "cus_1", "object": "customer"})):
        assert tabled.deliver(each).status_code == 200
    found = connection.execute("SELECT type, processed_at FROM processed_events ORDER BY type").fetchall()
    assert found == [("customer.created", AT), ("invoice.paid", AT)]


def test_a_device_is_written_when_it_is_activated_and_when_it_asks(
    tabled: Server, connection: sqlite3.Connection
) -> None:
    """And whether it was active then."""
    for each in (completed(), paid()):
        tabled.deliver(each)
    token = tabled.claim()["deviceAccessToken"]
    tabled.clock.now += 60
    assert tabled.status(token).json["active"] is True
    find = "SELECT customer_id, device_id, activated_at, last_checked_at, last_active FROM device_activations"
    assert connection.execute(find).fetchall() == [("cus_1", "device-1", AT, "2026-06-01T00:01:00Z", 1)]


def test_what_is_undone_leaves_no_line(connection: sqlite3.Connection, tabled: Server) -> None:
    """Facts and lines are kept together or not at all."""
    connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON billing_customers BEGIN SELECT raise(ABORT, 'full'); END"
    )
    assert tabled.deliver(paid()).status_code >= 500
    connection.execute("DROP TRIGGER full")
    for table in ("event_rows", "processed_events", "billing_customers"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert not connection.in_transaction


@pytest.mark.parametrize("missing", sorted(TABLES))
def test_a_missing_table_is_made_again_from_the_facts(
    tabled: Server, connection: sqlite3.Connection, missing: str
) -> None:
    """Every line that follows from them."""
    for each in (completed(), paid()):
        tabled.deliver(each)
    tabled.claim()
    before = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    connection.execute(f"DROP TABLE {missing}")
    store = tabled.context.store
    assert isinstance(store, TabledSqliteStore)
    store.migrate()
    store.migrate()
    found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    assert {name: sorted(rows) for name, rows in found.items()} == {
        name: sorted(rows) for name, rows in before.items()
    }


def test_they_are_strict_with_their_indexes(tabled: Server, connection: sqlite3.Connection) -> None:
    """As other tools expect them."""
    find = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'idx_%' ORDER BY name"
    assert connection.execute(find).fetchall() == [
        ("idx_billing_customers_checkout_device",),
        ("idx_billing_customers_subscription",),
    ]
    strict = "SELECT count(*) FROM pragma_table_list WHERE strict = 1 AND name IN (?, ?, ?)"
    assert connection.execute(strict, sorted(TABLES)).fetchone() == (3,)


def test_a_customer_without_a_subscription_has_a_line_too() -> None:
    """With nothing in it."""
    line = customer_row("cus_1", History(rows=[], settlements={}), "pro")
    assert line._replace(cancel_at_period_end=0) == ("cus_1", *[None] * 8, 0, *[None] * 3)


def test_tables_that_nobody_keeps_are_refused(tmp_path: Path) -> None:
    """With the ones that are kept."""
    with pytest.raises(StoreError, match=r"storage\.tables are orders; expected none or billing_customers"):
        tables_of(["orders"], lambda: 0, None)
    assert tables_of([], lambda: 0, None) is None
