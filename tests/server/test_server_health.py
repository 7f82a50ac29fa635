"""The health route: fit to take money, or not and why."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from served import Server, make_server

from rehearsal_server.build import build_id
from rehearsal_server.store.sqlite import SqliteStore
from rehearsal_specs.manifest import Manifest


def test_a_fit_server_says_so(server: Server) -> None:
    """200, with its service and version."""
    answer = server.client.simulate_get("/health")
    assert answer.status_code == 200
    assert answer.json == {
        "ok": True,
        "service": "nyra-billing-server",
        "version": "0.1.0",
        "build": build_id(),
        "problems": [],
        "degraded": [],
        "checkout": "open",
    }


@pytest.mark.parametrize(
    "name", ["STRIPE_SECRET_KEY", "NYRA_STRIPE_PRICE_PRO_MONTHLY", "STRIPE_WEBHOOK_SECRET"]
)
@pytest.mark.parametrize("blank", [None, "", "  "], ids=["unset", "empty", "blank"])
def test_a_missing_secret_that_matters_is_named(
    manifest: Manifest,
    environ: dict[str, str],
    store: SqliteStore,
    connection: sqlite3.Connection,
    name: str,
    blank: str | None,
) -> None:
    """503, by name and never by value."""
    environ.pop(name)
    if blank is not None:
        environ[name] = blank
    answer = make_server(manifest, environ, store, connection).client.simulate_get("/health")
    assert answer.status_code == 503
    assert (answer.json["ok"], answer.json["problems"]) == (False, [{"code": "NOT_CONFIGURED", "name": name}])
    assert not any(value in answer.text for value in environ.values() if value.strip())


def test_a_missing_secret_of_one_operation_degrades_that_operation(
    manifest: Manifest, environ: dict[str, str], store: SqliteStore, connection: sqlite3.Connection
) -> None:
    """Health stays ok and lists it; the operation answers 503 and names it."""
    del environ["NYRA_BILLING_SUCCESS_URL"]
    server = make_server(manifest, environ, store, connection)
    health = server.client.simulate_get("/health")
    assert (health.status_code, health.json["degraded"]) == (200, ["NYRA_BILLING_SUCCESS_URL"])
    body = {"deviceId": "device-1", "email": "ada@example.test"}
    answer = server.client.simulate_post("/api/billing/checkout", json=body)
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "NOT_CONFIGURED")
    assert "NYRA_BILLING_SUCCESS_URL" in answer.json["error"]["message"]


def test_without_a_key_stripe_is_not_asked(
    manifest: Manifest, environ: dict[str, str], store: SqliteStore, connection: sqlite3.Connection
) -> None:
    """Checkout names what is missing."""
    del environ["STRIPE_SECRET_KEY"]
    server = make_server(manifest, environ, store, connection)
    body = {"deviceId": "device-1", "email": "ada@example.test"}
    answer = server.client.simulate_post("/api/billing/checkout", json=body)
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "NOT_CONFIGURED")
    assert server.stripe.sent == []


def test_without_an_admin_token_nobody_is_the_back_office(
    manifest: Manifest, environ: dict[str, str], store: SqliteStore, connection: sqlite3.Connection
) -> None:
    """A blank header does not match a blank setting."""
    environ["NYRA_LICENSE_API_TOKEN"] = ""
    server = make_server(manifest, environ, store, connection)
    assert server.status("x", customerId="cus_1").status_code == 401


def test_the_probe_writes_and_changes_nothing(server: Server) -> None:
    """A real write, of the value that is there."""
    before, writes = server.contents(), server.connection.total_changes
    server.client.simulate_get("/health")
    assert server.connection.total_changes > writes
    assert server.contents() == before


def test_storage_that_cannot_be_written_is_named(
    manifest: Manifest, environ: dict[str, str], tmp_path: Path
) -> None:
    """503, by the name of its variable."""
    path = tmp_path / "facts.sqlite3"
    SqliteStore.open(path).close()

    def read_only() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)

    store = SqliteStore(read_only)
    answer = make_server(manifest, environ, store, read_only()).client.simulate_get("/health")
    assert answer.status_code == 503
    assert answer.json["problems"] == [{"code": "STORAGE_NOT_WRITABLE", "name": "NYRA_ENTITLEMENTS_FILE"}]
    store.close()
