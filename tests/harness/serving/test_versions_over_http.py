"""Each webhook endpoint is told events in its own API version, whatever the account's is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from benches import Inbox, ask, asked

from rehearsal_harness.core.actions import CompleteCheckout
from rehearsal_harness.core.world import API_VERSION
from rehearsal_harness.serving.bench import Bench

OLDER = "2024-06-20"
TYPES = ("customer.subscription.created", "invoice.paid", "charge.succeeded")


@pytest.fixture(name="inboxes")
def _inboxes() -> Iterator[tuple[Inbox, Inbox]]:
    older, newest = Inbox(), Inbox()
    yield older, newest
    older.close()
    newest.close()


def subscribe(bench: Bench) -> None:
    """Somebody buys a subscription."""
    product = ask(bench.main, "POST", "/v1/products", name="Pro")["id"]
    price = ask(
        bench.main,
        "POST",
        "/v1/prices",
        product=product,
        currency="usd",
        unit_amount="1200",
        recurring={"interval": "month"},
    )
    session = ask(
        bench.main,
        "POST",
        "/v1/checkout/sessions",
        mode="subscription",
        success_url="https://example.com",
        line_items={"0": {"price": price["id"], "quantity": "1"}},
    )
    bench.main.act(CompleteCheckout(session["id"]))


def test_an_older_endpoint_is_told_in_older_shapes(bench: Bench, inboxes: tuple[Inbox, Inbox]) -> None:
    """The same events, to one endpoint as they were in 2024 and to another as they are today."""
    for inbox, version in zip(inboxes, ({"api_version": OLDER}, {}), strict=True):
        types = {str(place): name for place, name in enumerate(TYPES)}
        ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events=types, **version)
    subscribe(bench)
    assert bench.outbox.wait_settled(bench.clock.now(), 20)

    older, newest = ({event["type"]: event for event in inbox.events()} for inbox in inboxes)
    assert {each["api_version"] for each in older.values()} == {OLDER}
    assert {each["api_version"] for each in newest.values()} == {API_VERSION}
    assert older.keys() == newest.keys() == set(TYPES)

    def objects(events: dict[str, Any]) -> list[dict[str, Any]]:
        return [events[name]["data"]["object"] for name in TYPES]

    subscription, invoice, charge = objects(older)
    assert subscription["current_period_end"] > subscription["current_period_start"]
    assert (invoice["paid"], invoice["subscription"], invoice["charge"]) == (
        True,
        subscription["id"],
        charge["id"],
    )
    assert charge["invoice"] == invoice["id"]
    subscription, invoice, charge = objects(newest)
    assert "current_period_end" not in subscription
    assert invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
    assert "invoice" not in charge


def test_an_endpoint_of_no_version_that_stripe_published_is_refused(bench: Bench) -> None:
    """By name."""
    refused = asked(
        bench.main,
        "POST",
        "/v1/webhook_endpoints",
        url="http://127.0.0.1:1/",
        enabled_events={"0": "*"},
        api_version="2024-06-21",
    )
    assert (refused.status, refused.body["error"]["param"]) == (400, "api_version")
    assert "2024-06-21" in refused.body["error"]["message"]
