"""Somebody signed in, with tokens as an identity provider issues them; a server of any shipped manifest."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
from served import Server, make_server
from stripe_says import NOW, WEBHOOK_SECRET

from rehearsal_server.context import is_live
from rehearsal_server.identity import identity_of
from rehearsal_server.operations import OPERATIONS
from rehearsal_server.settings import Settings
from rehearsal_server.store.sqlite import SqliteStore
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_manifest

MANIFESTS = Path(__file__).parents[2] / "manifests"
IDENTITY_KEY = "identity-" + "0" * 40
VALUES = {
    "stripe_secret_key": "sk_test_" + "0" * 24,
    "webhook_secret": WEBHOOK_SECRET,
    "https_url": "https://app.example.test/billing",
    "signing_secret": IDENTITY_KEY,
    "price_id": "price_pro",
    "api_token": "admin-" + "0" * 32,
}


def manifest_of(service: str) -> Manifest:
    manifest = read_manifest(MANIFESTS / f"{service}.yaml")
    return replace(
        manifest, operations=tuple(each for each in manifest.operations if each.name in OPERATIONS)
    )


def environ_of(manifest: Manifest, **changes: str) -> dict[str, str]:
    """Every secret and every price, all of them fake."""
    environ = {secret.name: VALUES[secret.shape] for secret in manifest.secrets}
    environ |= {offer.price_env: f"price_{offer.id}" for offer in manifest.offers}
    return {name: value for name, value in (environ | changes).items() if value}


def server_of(service: str, **changes: str) -> Server:
    """A server of a shipped manifest, on SQLite in memory; `changes` to its environment, "" unsets."""
    manifest = manifest_of(service)
    environ = environ_of(manifest, **changes)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    store = SqliteStore(lambda: connection)
    store.migrate()
    server = make_server(manifest, environ, store, connection)
    identity = identity_of(manifest, Settings.from_environ(manifest, environ))
    return Server(replace(server.context, identity=identity), server.clock, connection, server.stripe)


def token(manifest: Manifest, user: str = "ada", **claims: Any) -> str:
    """A token that the manifest's identity accepts for an hour from NOW; `claims` change it, None removes."""
    terms = manifest.identity
    assert terms is not None
    said = {
        "sub": user,
        "email": f"{user}@example.test",
        "iss": terms.issuer,
        "aud": terms.audience,
        "exp": NOW + 3_600,
        **claims,
    }
    return jwt.encode({key: value for key, value in said.items() if value is not None}, IDENTITY_KEY, "HS256")


def bearer(server: Server, user: str = "ada", **claims: Any) -> dict[str, str]:
    """The headers of somebody signed in."""
    return {"Authorization": f"Bearer {token(server.context.manifest, user, **claims)}"}


assert is_live(VALUES["stripe_secret_key"]) is False
