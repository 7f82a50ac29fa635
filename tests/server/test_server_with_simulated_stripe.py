"""The server against the simulated Stripe, through the official SDK."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from typing import Any

import pytest
from served import Server, make_server
from stripe_says import DAY_S, HOUR_S, NOW

from rehearsal_harness.core.actions import (
    Action,
    Advance,
    CancelAtPeriodEnd,
    CancelNow,
    CompleteCheckout,
    UndoCancel,
)
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.requests import save_default_portal
from rehearsal_harness.core.staging import stage
from rehearsal_harness.stripe_api.client import stripe_client
from rehearsal_harness.stripe_api.holder import Holder
from rehearsal_server.app import app_of
from rehearsal_server.facts import subscriptions
from rehearsal_server.operations.reconcile import reconcile
from rehearsal_server.store.sqlite import SqliteStore
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_dunning, read_rules


class Shop:
    """A server, its Stripe, and one customer who buys."""

    def __init__(self, server: Server, holder: Holder) -> None:
        self.server, self.holder = server, holder
        body = {"deviceId": "device-1", "email": "ada@example.test"}
        self.session_id = server.client.simulate_post("/api/billing/checkout", json=body).json["sessionId"]

    def happen(self, *actions: Action) -> None:
        for action in actions:
            self.holder.world = step(self.holder.world, action)
        self.server.clock.now = self.holder.world.now

    def events(self) -> list[dict[str, Any]]:
        """Every event of an enabled type, as Stripe would send it."""
        enabled = self.server.context.manifest.webhook.enabled_events
        return [render_event(each) for each in self.holder.world.events if each.type in enabled]

    def deliver(self, chance: random.Random) -> None:
        """Deliver everything, in some order, some of it twice."""
        events = self.events()
        for each in chance.sample(events * 2, len(events) * 2):
            assert self.server.decision(each) in ("applied", "duplicate", "ignored")

    def claim(self) -> dict[str, Any]:
        return self.server.claim("device-1", self.session_id)


@pytest.fixture(name="shop")
def _shop(
    manifest: Manifest, environ: dict[str, str], store: SqliteStore, connection: sqlite3.Connection
) -> Shop:
    world, prices = stage(read_rules(), read_dunning(), manifest.offers, at=NOW, seed=1)
    holder = Holder(save_default_portal(world))
    server = make_server(manifest, {**environ, **prices}, store, connection)
    server.context = replace(server.context, stripe=stripe_client(holder))
    server.client.app = app_of(server.context)
    return Shop(server, holder)


@pytest.mark.parametrize("seed", range(8))
def test_a_purchase_gives_access_in_any_order(shop: Shop, seed: int) -> None:
    """Checkout, payment, claim."""
    shop.happen(CompleteCheckout(shop.session_id))
    assert shop.claim()["code"] == "CHECKOUT_PENDING"
    shop.deliver(random.Random(seed))
    answer = shop.claim()
    assert (answer["active"], answer["code"]) == (True, "ACTIVE")
    assert answer["expiresAt"] == shop.server.clock.now + 7 * DAY_S


@pytest.mark.parametrize("seed", range(8))
def test_a_year_of_renewals_is_paid_through(shop: Shop, seed: int) -> None:
    """Twelve invoices, each a draft for an hour, in any order."""
    shop.happen(CompleteCheckout(shop.session_id), Advance(NOW + 365 * DAY_S + 2 * HOUR_S))
    shop.deliver(random.Random(seed))
    assert shop.claim()["code"] == "ACTIVE"


@pytest.mark.parametrize("seed", range(8))
def test_cancellations_in_one_second_end_in_the_true_value(shop: Shop, seed: int) -> None:
    """Set, lifted, set again, all in the same second; the customer keeps what is paid for, then loses it."""
    shop.happen(CompleteCheckout(shop.session_id))
    (sub,) = (each["id"] for each in _subscriptions(shop))
    shop.happen(Advance(NOW + DAY_S), CancelAtPeriodEnd(sub), UndoCancel(sub), CancelAtPeriodEnd(sub))
    shop.deliver(random.Random(seed))
    (facts,) = subscriptions(*_history(shop))
    assert facts.value is not None
    end = _subscriptions(shop)[0]["cancel_at"]
    assert facts.value.cancel_at == end
    shop.server.clock.now = end - 1
    assert shop.claim()["active"] is True
    shop.server.clock.now = end
    assert shop.claim()["code"] == "CANCELED"


def test_a_cancellation_now_ends_access_now(shop: Shop) -> None:
    """And the customer of a valid token still reaches the portal."""
    shop.happen(CompleteCheckout(shop.session_id))
    shop.deliver(random.Random(0))
    token = shop.claim()["deviceAccessToken"]
    (sub,) = (each["id"] for each in _subscriptions(shop))
    shop.happen(CancelNow(sub))
    shop.deliver(random.Random(0))
    assert shop.claim()["code"] == "CANCELED"
    headers = {"Authorization": f"Bearer {token}"}
    answer = shop.server.client.simulate_post("/api/billing/portal", headers=headers)
    assert answer.json["url"].startswith("https://")


def test_an_endpoint_that_was_down_catches_up(shop: Shop) -> None:
    """Nothing was delivered for four days, and Stripe has stopped trying."""
    shop.happen(CompleteCheckout(shop.session_id), Advance(NOW + 4 * DAY_S))
    found = reconcile(shop.server.context)
    assert (found.applied, found.unreadable, found.gap) == (len(shop.events()), (), False)
    assert shop.claim()["code"] == "ACTIVE"


def test_the_server_writes_nothing_at_stripe_but_sessions(shop: Shop) -> None:
    """Everything else is the customer's and the operator's."""
    shop.happen(CompleteCheckout(shop.session_id))
    before = len(shop.holder.writes())
    shop.deliver(random.Random(0))
    reconcile(shop.server.context)
    shop.claim()
    assert len(shop.holder.writes()) == before


def _subscriptions(shop: Shop) -> list[dict[str, Any]]:
    found = shop.server.context.stripe.v1.subscriptions.list({"status": "all"})
    return [each.to_dict(for_json=True) for each in found.data]


def _history(shop: Shop) -> tuple[Any, Any]:
    history = shop.server.context.store.history_of_device("device-1")
    return history.rows, history.settlements
