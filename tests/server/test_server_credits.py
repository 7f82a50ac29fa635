"""Credits are bought by packs and settled once, and an operator may replay what was missed."""

from __future__ import annotations

from typing import Any

import pytest
from falcon import testing
from served import Server
from signed_in import bearer, server_of
from stripe_says import event, session
from till import Till

from rehearsal_server.orders import credits_of
from rehearsal_server.standing import orders_of_user

CREDITS, REPLAY = "/api/compute/credits/checkout", "/api/billing/admin/replay"


@pytest.fixture(name="server")
def _server() -> Server:
    return server_of("aipowerprogress")


@pytest.fixture(name="till")
def _till(server: Server) -> Till:
    server.stripe.answers["POST /v1/checkout/sessions"] = till = Till()
    return till


def paid(event_id: str = "evt_1") -> dict[str, Any]:
    metadata = {"offer_id": "compute_credits", "credits": "200", "user_id": "ada"}
    about = session(
        mode="payment", subscription=None, payment_intent="pi_1", amount_total=2_000, metadata=metadata
    )
    return event(event_id, "checkout.session.completed", about)


def balance(server: Server) -> int:
    return credits_of(orders_of_user(server.context, "ada"))


def test_packs_of_credits_are_bought_by_whoever_is_signed_in(server: Server, till: Till) -> None:
    answer = server.client.simulate_post(CREDITS, json={"packs": 2}, headers=bearer(server))
    assert (answer.status_code, answer.json["credits"]) == (200, 200)
    (asked,) = till.asked
    assert asked["line_items[0][quantity]"] == "2"
    assert asked["metadata[credits]"] == "200"
    assert asked["customer_creation"] == "always"
    assert balance(server) == 0  # nothing is settled by asking


@pytest.mark.parametrize("packs", [0, -1, 101, 1.5, "2", True, None])
def test_other_numbers_of_packs_are_refused(server: Server, till: Till, packs: Any) -> None:
    answer = server.client.simulate_post(CREDITS, json={"packs": packs}, headers=bearer(server))
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "PACKS_INVALID")
    assert till.asked == []


def test_a_guest_buys_no_credits(server: Server, till: Till) -> None:
    assert server.client.simulate_post(CREDITS, json={}).status_code == 401


def test_credits_settle_once_however_often_they_are_told(server: Server) -> None:
    """The same event again, and another event about the same session."""
    assert server.decision(paid()) == "applied"
    assert server.decision(paid()) == "duplicate"
    server.decision(event("evt_2", "checkout.session.async_payment_succeeded", paid()["data"]["object"]))
    assert balance(server) == 200


def replay(server: Server, event_id: Any = "evt_1", **claims: Any) -> testing.Result:
    headers = bearer(server, "operator", **claims) if claims else {}
    return server.client.simulate_post(REPLAY, json={"event_id": event_id}, headers=headers)


def test_a_replay_folds_stripes_own_copy_once(server: Server) -> None:
    server.stripe.answers["GET /v1/events/evt_1"] = (200, paid())
    first, second = replay(server, role="admin"), replay(server, role="admin")
    assert (first.json["decision"], first.json["changed"]) == ("applied", True)
    assert (second.json["decision"], second.json["changed"]) == ("duplicate", False)
    assert balance(server) == 200


def test_a_replay_of_what_a_webhook_told_changes_nothing(server: Server) -> None:
    server.stripe.answers["GET /v1/events/evt_1"] = (200, paid())
    server.decision(paid())
    before = server.contents()
    assert replay(server, role="admin").json["decision"] == "duplicate"
    assert server.contents() == before


def test_only_an_operator_replays(server: Server) -> None:
    server.stripe.answers["GET /v1/events/evt_1"] = (200, paid())
    nobody, ordinary = replay(server), replay(server, role="member")
    assert (nobody.status_code, nobody.json["error"]["code"]) == (401, "TOKEN_MISSING")
    assert (ordinary.status_code, ordinary.json["error"]["code"]) == (403, "ADMIN_ONLY")
    assert server.stripe.sent == []


def test_what_stripe_does_not_know_is_not_replayed(server: Server) -> None:
    missing = {"error": {"type": "invalid_request_error", "code": "resource_missing"}}
    server.stripe.answers["GET /v1/events/evt_9"] = (404, missing)
    assert replay(server, "evt_9", role="admin").json["error"]["code"] == "EVENT_UNKNOWN"
    for odd in ("cus_1", "", 7, "evt_../x"):
        assert replay(server, odd, role="admin").status_code == 400, odd
