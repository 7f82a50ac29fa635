"""A server on a store, a stub of Stripe and a clock that a test sets."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import stripe
from falcon import testing
from stripe_says import NOW, StubStripe, signed

from rehearsal_server.app import app_of
from rehearsal_server.context import Context
from rehearsal_server.settings import Settings
from rehearsal_server.store import Store
from rehearsal_specs.manifest import Manifest

ADMIN_TOKEN = "admin-" + "0" * 32


@dataclass
class Clock:
    """Says what it was set to."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Server:
    """A server and everything around it."""

    context: Context
    clock: Clock
    connection: sqlite3.Connection
    stripe: StubStripe
    client: testing.TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = testing.TestClient(app_of(self.context))

    def send(self, body: str | bytes, header: str | None = None) -> testing.Result:
        """Deliver a body, signed now unless a header is given ("" for none)."""
        text = body if isinstance(body, str) else body.decode(errors="replace")
        header = signed(text, self.clock.now) if header is None else header
        headers = {"Stripe-Signature": header} if header else {}
        path = self.context.manifest.webhook.path
        return self.client.simulate_post(path, body=body, headers=headers)

    def deliver(self, event: Any) -> testing.Result:
        """Deliver an event, signed now."""
        return self.send(json.dumps(event, indent=2))

    def decision(self, event: Any) -> str:
        """What the server says became of an event."""
        answer = self.deliver(event)
        assert answer.status_code == 200, answer.text
        return str(answer.json["decision"])

    def status(self, token: str | None = None, **parameters: str) -> testing.Result:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.client.simulate_get("/api/license/status", params=parameters, headers=headers)

    def code(self, customer: str = "cus_1") -> str:
        """The CODE that the back office reads for a customer."""
        return str(self.status(ADMIN_TOKEN, customerId=customer).json["code"])

    def claim(self, device: str = "device-1", session: str = "cs_test_1") -> dict[str, Any]:
        answer = self.status(checkoutSessionId=session, deviceId=device)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def contents(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        return contents_of(self.connection)


def contents_of(connection: sqlite3.Connection) -> dict[str, list[Any]]:
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}


def make_server(
    manifest: Manifest, environ: Mapping[str, str], store: Store, connection: sqlite3.Connection
) -> Server:
    clock, stub = Clock(), StubStripe()
    client = stripe.StripeClient("sk_test_" + "0" * 24, http_client=stub, max_network_retries=0)
    settings = Settings.from_environ(manifest, environ)
    context = Context(manifest=manifest, settings=settings, store=store, stripe=client, clock=clock)
    return Server(context, clock, connection, stub)
