"""A user's account, and what operators see."""

from __future__ import annotations

from typing import Any

import pytest
from bought import CREDITS, DEPOSIT, buys, retains
from served import Server
from signed_in import bearer, server_of
from stripe_says import MONTH_S, NOW

from rehearsal_server.standing import access_of

ACCOUNT, ADMIN = "/account", "/admin/billing"


@pytest.fixture(name="server")
def _server() -> Server:
    return server_of("aipowerprogress")


def account(server: Server, user: str = "ada") -> dict[str, Any]:
    answer = server.client.simulate_get(ACCOUNT, headers=bearer(server, user, exp=NOW + 2 * MONTH_S))
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json)


def test_an_account_without_purchases_is_empty(server: Server) -> None:
    assert account(server) == {
        "active": False,
        "code": "NO_SUBSCRIPTION",
        "phrase": "there is no subscription",
        "entitlement": None,
        "entitlements": [],
        "until": None,
        "credits": 0,
        "orders": [],
        "subscriptions": [],
        "serverTime": NOW,
    }


def test_an_account_says_what_the_history_allows(server: Server) -> None:
    """At each instant its answer is the one that `access_of` gives, and no second opinion."""
    retains(server)
    for now in (NOW, NOW + MONTH_S, NOW + MONTH_S + 90_000):
        server.clock.now = now
        access = access_of(server.context, server.context.store.history_of_user("ada"), now)
        said = account(server)
        assert (said["active"], said["code"], said["phrase"]) == (access.allowed, access.code, access.phrase)
        assert said["entitlements"] == (["retainer"] if access.allowed else [])
    assert account(server)["code"] == "RENEWAL_OVERDUE"


def test_an_account_lists_orders_credits_and_subscriptions(server: Server) -> None:
    buys(server, DEPOSIT)
    buys(server, CREDITS)
    retains(server)
    said = account(server)
    assert said["credits"] == 200
    states = {each["name"]: each["state"] for each in said["orders"]}
    assert states == {
        "Project Deposit": "paid",
        "Compute credits": "fulfilled",
        "Subscription": "fulfilled",
    }
    assert [(each["id"], each["status"]) for each in said["subscriptions"]] == [("sub_1", "active")]


def test_nobody_sees_somebody_elses_account(server: Server) -> None:
    buys(server, DEPOSIT)
    retains(server)
    said = account(server, "bea")
    assert (said["orders"], said["subscriptions"], said["active"]) == ([], [], False)


@pytest.mark.parametrize("path", [ACCOUNT, ADMIN])
def test_nobody_in_particular_is_refused(server: Server, path: str) -> None:
    answer = server.client.simulate_get(path)
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "TOKEN_MISSING")


def test_an_ordinary_sign_in_is_no_operators(server: Server) -> None:
    answer = server.client.simulate_get(ADMIN, headers=bearer(server))
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "ADMIN_ONLY")


def test_an_operator_sees_what_happened(server: Server) -> None:
    buys(server, DEPOSIT)
    retains(server)
    asked = {"name": "Bea", "email": "bea@example.test", "details": "a page"}
    server.client.simulate_post("/api/saas/service-request", json=asked)

    seen = server.client.simulate_get(ADMIN, headers=bearer(server, "olga", role="admin")).json

    assert {each["id"] for each in seen["events"]} == {"evt_1", "evt_r1", "evt_r2", "evt_r3"}
    assert {(each["session_id"], each["state"], each["user"]) for each in seen["checkouts"]} == {
        ("cs_test_1", "paid", "ada"),
        ("cs_test_r", "fulfilled", "ada"),
    }
    assert [(each["id"], each["code"], each["customer"]) for each in seen["subscriptions"]] == [
        ("sub_1", "ACTIVE", "cus_1")
    ]
    assert seen["entitlements"] == [{"customer": "cus_1", "entitlement": "retainer", "subscription": "sub_1"}]
    assert [(each["name"], each["details"]) for each in seen["requests"]] == [("Bea", "a page")]
