"""The official Stripe CLI against the bench, offline: its own commands, as its users type them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import stripe
from official import WAIT_S, Backend, Bench, Cli


@pytest.fixture(name="backend")
def _backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.close()


@contextmanager
def running(cli: Cli, key: str, *words: str) -> Iterator[Iterator[str]]:
    """A command that goes on, once it is ready; gives the lines it says."""
    process = cli.start(key, *words)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "Ready!" in line:
                break
        else:
            raise AssertionError(f"stripe {words[0]} ended with {process.wait()}")
        yield iter(process.stdout)
    finally:
        process.terminate()
        try:
            process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()


def secret_of(cli: Cli, key: str) -> str:
    """What `listen` signs with, as it says itself."""
    return cli.run(key, "listen", "--print-secret", "--skip-update")[1].strip()


def test_listen_forwards_an_event_with_a_valid_signature(
    cli: Cli, bench: Bench, key: str, backend: Backend
) -> None:
    """Offline; the secret is the one that --print-secret says, and the backend's status is shown."""
    words = ("listen", "--skip-update", "--all-snapshot", "--forward-to", backend.url)
    with running(cli, key, *words) as lines:
        made = bench.client(key).v1.customers.create({"name": "Ada"})
        event = backend.event(secret_of(cli, key))
        assert event.type == "customer.created"
        assert event.data.object["id"] == made.id
        assert "customer.created" in next(lines)
        assert "[200]" in next(lines)


def test_listen_forwards_only_what_is_asked_for_in_the_newest_version(
    cli: Cli, bench: Bench, key: str, backend: Backend
) -> None:
    """`--events` and `--latest`."""
    words = ("listen", "--skip-update", "--latest", "--events", "customer.deleted")
    with running(cli, key, *words, "--forward-to", backend.url):
        client = bench.client(key)
        client.v1.customers.delete(client.v1.customers.create().id)
        assert backend.event(secret_of(cli, key)).type == "customer.deleted"
    assert backend.received.empty()


def test_listen_forwards_what_the_endpoints_of_the_account_want(
    cli: Cli, bench: Bench, key: str, backend: Backend
) -> None:
    """`--use-configured-webhooks`: their types, and their paths at the address given."""
    asked: Any = {"url": "https://shop.example.com/webhook", "enabled_events": ["customer.deleted"]}
    client = bench.client(key)
    client.v1.webhook_endpoints.create(asked)
    words = ("listen", "--skip-update", "--all-snapshot", "--use-configured-webhooks")
    with running(cli, key, *words, "--forward-to", backend.url.removesuffix("/webhook")):
        client.v1.customers.delete(client.v1.customers.create().id)
        assert backend.event(secret_of(cli, key)).type == "customer.deleted"


def test_an_event_is_resent_to_who_listens(cli: Cli, bench: Bench, key: str, backend: Backend) -> None:
    """`events resend EVT` goes to the CLI."""
    client = bench.client(key)
    client.v1.customers.create()
    event = client.v1.events.list({"limit": 1}).data[0]
    words = ("listen", "--skip-update", "--all-snapshot", "--forward-to", backend.url)
    with running(cli, key, *words):
        status, said = cli.run(key, "events", "resend", event.id)
        assert (status, json.loads(said)["id"]) == (0, event.id)
        assert backend.event(secret_of(cli, key)).id == event.id


def test_an_event_is_resent_to_an_endpoint(cli: Cli, bench: Bench, key: str, backend: Backend) -> None:
    """`events resend EVT --webhook-endpoint WE` goes to that endpoint, signed with its own secret."""
    client = bench.client(key)
    client.v1.customers.create()
    event = client.v1.events.list({"limit": 1}).data[0]
    asked = {"url": backend.url, "enabled_events": ["customer.created"]}
    endpoint = client.v1.webhook_endpoints.create(asked)  # type: ignore[arg-type]
    status, said = cli.run(key, "events", "resend", event.id, "--webhook-endpoint", endpoint.id)
    assert status == 0, said
    assert backend.event(str(endpoint.secret)).id == event.id


def test_logs_tail_shows_requests_and_their_errors(cli: Cli, bench: Bench, key: str) -> None:
    """Only those that its filters let through."""
    words = ("logs", "tail", "--filter-status-code-type", "4XX")
    with running(cli, key, *words) as lines:
        client = bench.client(key)
        client.v1.customers.create()
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.retrieve("cus_nobody")
        assert "[404] GET /v1/customers/cus_nobody" in next(lines)
        assert "Type: invalid_request_error" in next(lines)


def test_fixtures_are_carried_out(cli: Cli, bench: Bench, key: str, tmp_path: Path) -> None:
    """A file of one's own, whose second step uses the answer to the first."""
    file = tmp_path / "fixtures.json"
    product = {"name": "product", "path": "/v1/products", "method": "post", "params": {"name": "Pro"}}
    price = {"currency": "usd", "unit_amount": 500, "product": "${product:id}"}
    steps = [product, {"name": "price", "path": "/v1/prices", "method": "post", "params": price}]
    file.write_text(json.dumps({"_meta": {"template_version": 0}, "fixtures": steps}))
    status, said = cli.run(key, "fixtures", str(file))
    assert status == 0, said
    assert bench.client(key).v1.prices.list({"expand": ["data.product"]}).data[0].product.name == "Pro"


def test_the_api_is_asked_by_hand(cli: Cli, bench: Bench, key: str) -> None:
    """`stripe products create` and `stripe get`."""
    status, said = cli.run(key, "products", "create", "--name", "Pro", "-d", "metadata[a]=b")
    assert status == 0, said
    made = json.loads(said)
    assert json.loads(cli.run(key, "get", f"/v1/products/{made['id']}")[1])["metadata"] == {"a": "b"}
