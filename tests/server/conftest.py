"""What the tests of the server share: the real manifest, fake secrets, a server in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import ADMIN_TOKEN, Server, make_server
from stripe_says import WEBHOOK_SECRET

from rehearsal_server.store.sqlite import SqliteStore
from rehearsal_specs.manifest import AccessTable, Manifest
from rehearsal_specs.reader import read_manifest

MANIFEST = Path(__file__).parents[2] / "manifests" / "nyra-billing-server.yaml"


@pytest.fixture(name="manifest_path")
def _manifest_path() -> Path:
    return MANIFEST


@pytest.fixture(name="manifest", scope="session")
def _manifest() -> Manifest:
    return read_manifest(MANIFEST)


@pytest.fixture(name="table")
def _table(manifest: Manifest) -> AccessTable:
    assert manifest.access is not None
    return manifest.access


@pytest.fixture(name="environ")
def _environ(manifest: Manifest) -> dict[str, str]:
    """Everything the manifest asks for, all of it fake."""
    values = {
        "stripe_secret_key": "sk_test_" + "0" * 24,
        "webhook_secret": WEBHOOK_SECRET,
        "price_id": "price_pro",
        "https_url": "https://app.example.test/billing",
        "api_token": ADMIN_TOKEN,
        "signing_secret": "signing-" + "0" * 40,
    }
    return {secret.name: values[secret.shape] for secret in manifest.secrets}


@pytest.fixture(name="connection")
def _connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


@pytest.fixture(name="store")
def _store(connection: sqlite3.Connection) -> SqliteStore:
    store = SqliteStore(lambda: connection)
    store.migrate()
    return store


@pytest.fixture(name="server")
def _server(
    manifest: Manifest, environ: dict[str, str], store: SqliteStore, connection: sqlite3.Connection
) -> Server:
    return make_server(manifest, environ, store, connection)
