"""What a backend does with a webhook, by stripe-python: the body that was delivered, and its header."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from official import WAIT_S, Backend, Bench


@pytest.fixture(name="client")
def _client(bench: Bench, key: str) -> stripe.StripeClient:
    return bench.client(key)


@pytest.fixture(name="backend")
def _backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.close()


def test_a_delivered_event_is_constructed(client: stripe.StripeClient, backend: Backend) -> None:
    """Its object is of the SDK's class, and of the event's type; the client and the module read the same."""
    asked: Any = {"url": backend.url, "enabled_events": ["customer.created", "customer.updated"]}
    secret = str(client.v1.webhook_endpoints.create(asked).secret)
    made = client.v1.customers.create({"name": "Ada"})
    body, header = backend.received.get(timeout=WAIT_S)
    event: Any = client.construct_event(body, header, secret)
    assert (event.type, event.id[:4], event.livemode) == ("customer.created", "evt_", False)
    assert isinstance(event.data.object, stripe.Customer)
    assert event.data.object.id == made.id
    assert event.request.id == made.last_response.request_id  # type: ignore[union-attr]

    client.v1.customers.update(made.id, {"name": "Bea"})
    event = stripe.Webhook.construct_event(  # type: ignore[no-untyped-call]
        *backend.received.get(timeout=WAIT_S), secret
    )
    assert (event.data.object.name, event.data.previous_attributes.name) == ("Bea", "Ada")
    assert client.v1.events.retrieve(event.id).type == "customer.updated"


def test_a_delivery_that_was_touched_is_refused(client: stripe.StripeClient, backend: Backend) -> None:
    """Another body, another secret, no signature, or one that is too old."""
    asked: Any = {"url": backend.url, "enabled_events": ["*"]}
    secret = str(client.v1.webhook_endpoints.create(asked).secret)
    client.v1.customers.create({"name": "Ada"})
    body, header = backend.received.get(timeout=WAIT_S)
    signed_at = int(header.split(",")[0].removeprefix("t="))
    for touched in (
        (body.replace("Ada", "Bea"), header, secret),
        (body, header, "whsec_" + "0" * 32),
        (body, "", secret),
        (json.dumps(json.loads(body)), header, secret),
        (body, header.replace(f"t={signed_at}", f"t={signed_at - 1}"), secret),
    ):
        with pytest.raises(stripe.SignatureVerificationError):
            client.construct_event(*touched)
    time.sleep(max(0.0, signed_at + 2.1 - time.time()))
    with pytest.raises(stripe.SignatureVerificationError, match="Timestamp"):
        client.construct_event(body, header, secret, tolerance=1)
    assert client.construct_event(body, header, secret).id


def test_only_enabled_types_come(client: stripe.StripeClient, backend: Backend) -> None:
    """And they come in the version of the endpoint."""
    asked: Any = {"url": backend.url, "enabled_events": ["product.created"], "api_version": "2024-06-20"}
    secret = str(client.v1.webhook_endpoints.create(asked).secret)
    client.v1.customers.create()
    client.v1.products.create({"name": "Pro"})
    event = client.construct_event(*backend.received.get(timeout=WAIT_S), secret)
    assert (event.type, event.api_version) == ("product.created", "2024-06-20")
    with pytest.raises(queue.Empty):
        backend.received.get_nowait()
