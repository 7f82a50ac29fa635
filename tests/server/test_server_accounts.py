"""Signed-in users: the prices they may buy, the subscriptions they have, and the portal that is theirs."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from falcon import testing
from served import Server
from signed_in import bearer, environ_of, manifest_of, server_of
from stripe_says import MONTH_S, NOW, event, invoice, subscription
from till import Till

from rehearsal_server.settings import Settings
from rehearsal_server.startup import open_lists

CHECKOUT, PORTAL, LIST = "/api/auth/stripe/checkout", "/api/auth/stripe/portal", "/api/auth/subscriptions"
ALLOWED = "price_xstream_paygo, price_xstream_subscription"
CONSOLE = "http://127.0.0.1:3000"


def price(active: bool = True, **changes: Any) -> dict[str, Any]:
    recurring = {"interval": "month", "usage_type": "licensed"}
    return {"id": "price_1", "object": "price", "active": active, "recurring": recurring, **changes}


@pytest.fixture(name="server")
def _server() -> Server:
    return server_of("accounts-svc-plus", STRIPE_ALLOWED_PRICE_IDS=ALLOWED)


@pytest.fixture(name="till")
def _till(server: Server) -> Till:
    return with_till(server)


def with_till(server: Server) -> Till:
    answers = server.stripe.answers
    answers["POST /v1/checkout/sessions"] = till = Till()
    answers["GET /v1/prices/price_xstream_subscription"] = (200, price())
    answers["GET /v1/prices/price_xstream_paygo"] = (
        200,
        price(recurring={"interval": "month", "usage_type": "metered"}),
    )
    portal = {"id": "bps_1", "object": "billing_portal.session", "url": "https://billing.stripe.com/p/1"}
    answers["POST /v1/billing_portal/sessions"] = (200, portal)
    return till


def buy(server: Server, price_id: str = "price_xstream_subscription", user: str = "ada") -> testing.Result:
    return server.client.simulate_post(CHECKOUT, json={"price_id": price_id}, headers=bearer(server, user))


def subscribe(
    server: Server, user: str = "ada", n: int = 1, price_id: str = "price_xstream_subscription"
) -> None:
    """A subscription of a user that is paid for a month."""
    metadata = {"user_id": user}
    item = {"id": f"si_{n}", "current_period_end": NOW + MONTH_S, "price": {"id": price_id}}
    told = subscription(
        id=f"sub_{n}", customer=f"cus_{user}", metadata=metadata, items={"object": "list", "data": [item]}
    )
    details = {"subscription": f"sub_{n}", "metadata": metadata}
    parent = {"type": "subscription_details", "subscription_details": details, "quote_details": None}
    paid = invoice(id=f"in_{n}", customer=f"cus_{user}", status="paid", parent=parent)
    assert server.decision(event(f"evt_{n}", "customer.subscription.created", told)) == "applied"
    assert server.decision(event(f"evt_{n}_paid", "invoice.paid", paid)) == "applied"


def test_an_allowed_price_leads_to_checkout_and_back_to_the_console(server: Server, till: Till) -> None:
    answer = buy(server)
    assert (answer.status_code, answer.json["url"]) == (200, "https://checkout.stripe.com/1")
    (asked,) = till.asked
    assert asked["mode"] == "subscription"
    assert asked["line_items[0][quantity]"] == "1"
    assert asked["subscription_data[metadata][user_id]"] == asked["client_reference_id"] == "ada"
    assert asked["success_url"].startswith(f"{CONSOLE}/billing?checkout=success&session_id=")
    assert asked["cancel_url"] == f"{CONSOLE}/billing?checkout=cancel"


def test_usage_has_no_quantity(server: Server, till: Till) -> None:
    buy(server, "price_xstream_paygo")
    assert "line_items[0][quantity]" not in till.asked[0]


def test_a_price_off_the_list_is_refused_and_the_list_is_named(server: Server, till: Till) -> None:
    answer = buy(server, "price_cheap")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "PRICE_NOT_ALLOWED")
    assert ALLOWED in answer.json["error"]["message"]
    assert till.asked == []
    assert server.stripe.sent == []


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ((200, price(active=False)), "PRICE_NOT_SOLD"),
        ((200, price(recurring=None)), "PRICE_NOT_SOLD"),
        ((404, {"error": {"type": "invalid_request_error", "code": "resource_missing"}}), "PRICE_UNKNOWN"),
    ],
)
def test_without_a_list_only_an_active_price_of_the_account_is_sold(found: Any, code: str) -> None:
    server = server_of("accounts-svc-plus")
    till = with_till(server)
    server.stripe.answers["GET /v1/prices/price_other"] = found
    answer = buy(server, "price_other")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, code)
    assert till.asked == []
    assert buy(server).status_code == 200


def test_a_server_without_a_list_warns_when_it_starts() -> None:
    manifest = manifest_of("accounts-svc-plus")
    bare = Settings.from_environ(manifest, environ_of(manifest))
    listed = Settings.from_environ(manifest, environ_of(manifest, STRIPE_ALLOWED_PRICE_IDS=ALLOWED))
    assert open_lists(manifest, bare) == ["STRIPE_ALLOWED_PRICE_IDS"]
    assert open_lists(manifest, listed) == []


def test_a_price_that_runs_is_not_bought_twice_but_another_one_is(server: Server, till: Till) -> None:
    subscribe(server)
    answer = buy(server)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "ALREADY_SUBSCRIBED")
    assert answer.json["error"]["next"] == f"POST {PORTAL}"
    assert till.asked == []
    assert buy(server, "price_xstream_paygo").status_code == 200
    assert till.asked[0]["customer"] == "cus_ada"


def test_a_user_sees_her_own_subscriptions_newest_first(server: Server) -> None:
    subscribe(server, "ada", 1)
    subscribe(server, "ada", 2, "price_xstream_paygo")
    subscribe(server, "bea", 3)
    answer = server.client.simulate_get(LIST, headers=bearer(server)).json
    assert [each["id"] for each in answer["subscriptions"]] == ["sub_1", "sub_2"]
    first = answer["subscriptions"][0]
    assert (first["provider"], first["status"], first["price_ids"], first["code"]) == (
        "stripe",
        "active",
        ["price_xstream_subscription"],
        "ACTIVE",
    )
    assert (answer["active"], answer["code"], answer["entitlement"]) == (True, "ACTIVE", "xstream")


def test_somebody_without_a_subscription_sees_none(server: Server) -> None:
    answer = server.client.simulate_get(LIST, headers=bearer(server)).json
    assert (answer["subscriptions"], answer["active"], answer["code"]) == ([], False, "NO_SUBSCRIPTION")


def test_the_portal_is_of_the_callers_own_customer(server: Server, till: Till) -> None:
    subscribe(server, "ada", 1)
    subscribe(server, "bea", 2)
    answer = server.client.simulate_post(PORTAL, json={"customer": "cus_bea"}, headers=bearer(server))
    assert answer.json == {"ok": True, "url": "https://billing.stripe.com/p/1", "kind": "portal"}
    (sent,) = [sent for sent in server.stripe.sent if "portal" in sent[0]]
    assert sent[1]["customer"] == "cus_ada"
    assert sent[1]["return_url"] == f"{CONSOLE}/billing"


def test_who_bought_nothing_has_no_portal(server: Server, till: Till) -> None:
    answer = server.client.simulate_post(PORTAL, headers=bearer(server))
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "NO_CUSTOMER")


@pytest.mark.parametrize(("method", "path"), [("POST", CHECKOUT), ("POST", PORTAL), ("GET", LIST)])
@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "TOKEN_MISSING"),
        ("Bearer nonsense", "TOKEN_INVALID"),
        ("Basic YTpi", "TOKEN_INVALID"),
        ("expired", "TOKEN_EXPIRED"),
    ],
)
def test_nobody_gets_in_without_a_sign_in(
    server: Server, till: Till, method: str, path: str, header: str | None, code: str
) -> None:
    if header == "expired":
        header = bearer(server, exp=NOW)["Authorization"]
    headers = {} if header is None else {"Authorization": header}
    before = server.contents()
    answer = server.client.simulate_request(method, path, json={"price_id": "price_1"}, headers=headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (401, code)
    assert server.contents() == before
    assert server.stripe.sent == []


def test_no_token_reaches_a_log(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "rehearsal_server"):
        server.client.simulate_get(LIST, headers={"Authorization": "Bearer not.a.token"})
    assert "not.a.token" not in caplog.text
