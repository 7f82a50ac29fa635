"""Buying a plan on the site: the way there, who it is for, and where it comes back to."""

from __future__ import annotations

from typing import Any

import pytest
from falcon import testing
from served import Server
from signed_in import bearer, server_of
from stripe_says import event, invoice, session, subscription
from till import Till

ROUTE = "/api/billing/checkout"
SITE = "http://127.0.0.1:8000"


@pytest.fixture(name="server")
def _server() -> Server:
    return server_of("aipowerprogress")


@pytest.fixture(name="till")
def _till(server: Server) -> Till:
    server.stripe.answers["POST /v1/checkout/sessions"] = till = Till()
    return till


def buy(
    server: Server, plan: str = "deposit_500", headers: dict[str, str] | None = None, **body: Any
) -> testing.Result:
    return server.client.simulate_post(ROUTE, json={"plan_id": plan, **body}, headers=headers or {})


def test_a_guest_is_led_to_a_checkout_session(server: Server, till: Till) -> None:
    answer = buy(server)
    assert (answer.status_code, answer.json["ok"], answer.json["kind"]) == (200, True, "checkout")
    assert answer.json["url"] == "https://checkout.stripe.com/1"
    assert answer.headers["cache-control"] == "no-store"
    (asked,) = till.asked
    assert asked["mode"] == "payment"
    assert asked["line_items[0][price]"] == "price_deposit_500"
    assert asked["metadata[offer_id]"] == asked["payment_intent_data[metadata][offer_id]"] == "deposit_500"
    assert asked["success_url"] == (
        f"{SITE}/assistant/thanks?checkout=success&session_id={{CHECKOUT_SESSION_ID}}"
    )
    assert asked["cancel_url"] == f"{SITE}/assistant/pricing?checkout=cancel"


def test_two_guests_never_share_a_session(server: Server, till: Till) -> None:
    assert buy(server).json["sessionId"] != buy(server).json["sessionId"]


def test_a_signed_in_double_click_makes_one_session(server: Server, till: Till) -> None:
    first, second = buy(server, headers=bearer(server)), buy(server, headers=bearer(server))
    assert first.json["sessionId"] == second.json["sessionId"]
    assert till.asked[0]["client_reference_id"] == till.asked[0]["metadata[user_id]"] == "ada"
    assert till.asked[0]["customer_email"] == "ada@example.test"


def test_what_was_paid_can_be_bought_again(server: Server, till: Till) -> None:
    """Somebody may want a second hour of help."""
    first = buy(server, "hourly_1h", bearer(server))
    metadata = {"offer_id": "hourly_1h", "user_id": "ada"}
    paid = session(mode="payment", subscription=None, payment_intent="pi_1", metadata=metadata)
    assert deliver(server, event("evt_1", "checkout.session.completed", paid)) == "applied"

    again = buy(server, "hourly_1h", bearer(server))

    assert again.json["sessionId"] != first.json["sessionId"]
    assert till.asked[-1]["customer"] == "cus_1"


def test_a_retainer_that_runs_leads_to_the_portal(server: Server, till: Till) -> None:
    retain(server)
    portal = {"id": "bps_1", "object": "billing_portal.session", "url": "https://billing.stripe.com/p/1"}
    server.stripe.answers["POST /v1/billing_portal/sessions"] = (200, portal)

    answer = buy(server, "retainer", bearer(server))

    assert answer.json == {"ok": True, "url": "https://billing.stripe.com/p/1", "kind": "portal"}
    assert till.asked == []
    assert buy(server, "retainer", bearer(server, "bea")).json["kind"] == "checkout"


def test_an_unknown_plan_is_refused_and_the_plans_are_named(server: Server, till: Till) -> None:
    for plan in ("gold", "compute_credits"):
        answer = buy(server, plan)
        assert answer.status_code == 400
        assert answer.json["error"]["code"] == "UNKNOWN_PLAN"
        assert "deposit_500, hourly_1h, retainer" in answer.json["error"]["message"]
    assert till.asked == []


@pytest.mark.parametrize("key", ["success_path", "cancel_path"])
@pytest.mark.parametrize("path", ["//evil.test", "https://evil.test", "/\\evil.test", "/%2Fevil.test", 7, ""])
def test_nobody_is_sent_to_another_host(server: Server, till: Till, key: str, path: Any) -> None:
    answer = buy(server, **{key: path})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "FOREIGN_PATH")
    assert till.asked == []


def test_own_paths_are_used(server: Server, till: Till) -> None:
    buy(server, success_path="/pricing?checkout=success", cancel_path="/pricing?checkout=cancel")
    assert till.asked[0]["success_url"] == (
        f"{SITE}/pricing?checkout=success&session_id={{CHECKOUT_SESSION_ID}}"
    )
    assert till.asked[0]["cancel_url"] == f"{SITE}/pricing?checkout=cancel"


def test_a_bad_token_buys_nothing(server: Server, till: Till) -> None:
    """Somebody who thinks that she is signed in must not buy as a guest."""
    answer = buy(server, headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "TOKEN_INVALID")
    assert till.asked == []


def test_without_a_price_the_payment_link_is_the_way() -> None:
    link = "https://buy.stripe.com/test_1"
    server = server_of("aipowerprogress", STRIPE_PRICE_DEPOSIT_500="", STRIPE_PAYMENT_LINK_BUILD=link)
    assert buy(server).json == {"ok": True, "url": link, "kind": "payment_link"}


@pytest.mark.parametrize("unset", ["STRIPE_PRICE_DEPOSIT_500", "STRIPE_SECRET_KEY"])
def test_without_price_and_link_people_send_an_invoice(unset: str) -> None:
    answer = buy(server_of("aipowerprogress", **{unset: ""}))
    assert answer.json == {"ok": True, "url": f"{SITE}/assistant?plan=deposit_500", "kind": "request"}


def test_a_pause_stops_checkout_and_nothing_else() -> None:
    server = server_of("aipowerprogress", PPIA_CHECKOUT_PAUSED="true")
    answer = buy(server)
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "CHECKOUT_PAUSED")
    retain(server)
    assert server.client.simulate_get("/health").json["checkout"] == "CHECKOUT_PAUSED"


def deliver(server: Server, about: dict[str, Any]) -> str:
    return server.decision(about)


def retain(server: Server) -> None:
    """Ada's retainer is paid for a month."""
    metadata = {"user_id": "ada"}
    told = subscription(metadata=metadata)
    details = {"subscription": "sub_1", "metadata": metadata}
    parent = {"type": "subscription_details", "subscription_details": details, "quote_details": None}
    deliver(server, event("evt_1", "customer.subscription.created", told))
    deliver(server, event("evt_2", "invoice.paid", invoice(status="paid", parent=parent)))
