"""When a checkout may begin, and which web pages may ask."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from falcon import testing
from served import Server
from signed_in import server_of
from stripe_says import METADATA, completed, paid
from till import Till

from rehearsal_server.cors import is_origin

ORIGIN = "https://app.example.test"
LIVE = "sk_" + "live_" + "0" * 24


def hosted(**changes: str) -> Server:
    server = server_of("nyra-billing-api", ALLOWED_ORIGIN=ORIGIN, **changes)
    server.stripe.answers["POST /v1/checkout/sessions"] = Till()
    portal = {"id": "bps_1", "object": "billing_portal.session", "url": "https://billing.stripe.com/p/1"}
    server.stripe.answers["POST /v1/billing_portal/sessions"] = (200, portal)
    return server


def buy(server: Server) -> testing.Result:
    body = {"deviceId": "device-2", "email": "bea@example.test"}
    return server.client.simulate_post("/api/billing/checkout", json=body)


def test_a_test_key_sells_whatever_the_status_says() -> None:
    server = hosted()
    assert buy(server).status_code == 200
    assert server.client.simulate_get("/health").json["deployability"] == {"status": "NO_GO_LIVE_MONEY"}


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", '{"deployability": {}}', '{"deployability": {"status": 7}}']
)
def test_a_live_key_sells_nothing_before_somebody_says_so(tmp_path: Path, content: str | None) -> None:
    """No file, and a file that cannot be understood, are no yes."""
    place = tmp_path / "deployability.json"
    if content is not None:
        place.write_text(content, "utf-8")
    answer = buy(hosted(STRIPE_SECRET_KEY=LIVE, NYRA_BILLING_DEPLOYABILITY_FILE=str(place)))
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "CHECKOUT_NOT_OPEN")


def test_opening_and_closing_needs_no_restart(tmp_path: Path) -> None:
    place = tmp_path / "deployability.json"
    server = hosted(STRIPE_SECRET_KEY=LIVE, NYRA_BILLING_DEPLOYABILITY_FILE=str(place))
    for status, expected in (("GO_LIVE_MONEY", 200), ("NO_GO_LIVE_MONEY", 503), ("GO_LIVE_MONEY", 200)):
        place.write_text(json.dumps({"deployability": {"status": status}}), "utf-8")
        assert buy(server).status_code == expected
        assert server.client.simulate_get("/health").json["deployability"] == {"status": status}


def test_a_pause_leaves_customers_alone() -> None:
    """Webhook, licence and portal go on; a new checkout does not."""
    server = hosted(NYRA_BILLING_CHECKOUT_PAUSED="true")
    server.deliver(completed())
    server.deliver(paid())
    claimed = server.claim(METADATA["device_id"])
    assert claimed["active"] is True
    headers = {"Authorization": f"Bearer {claimed['deviceAccessToken']}"}
    assert server.client.simulate_post("/api/billing/portal", headers=headers).status_code == 200
    answer = buy(server)
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "CHECKOUT_PAUSED")
    assert server.client.simulate_get("/health").json["checkout"] == "CHECKOUT_PAUSED"
    assert server.client.simulate_get("/health").status_code == 200


def ask(server: Server, method: str, origin: str | None, **headers: str) -> testing.Result:
    own = {"Origin": origin} if origin else {}
    return server.client.simulate_request(method, "/api/license/status", headers={**own, **headers})


def test_a_page_of_the_one_origin_may_read_answers_and_refusals() -> None:
    answer = ask(hosted(), "GET", ORIGIN)
    assert answer.status_code == 400
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers


def test_a_preflight_names_what_is_allowed() -> None:
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    answer = ask(hosted(), "OPTIONS", ORIGIN, **asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-methods"] == "GET"
    assert "authorization" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.test", "http://app.example.test", f"{ORIGIN}.evil.test", f"{ORIGIN}:8443", "null", None],
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_other_page_may(origin: str | None, method: str) -> None:
    answer = ask(hosted(), method, origin, **{"Access-Control-Request-Method": "GET"})
    assert not [name for name in answer.headers if name.startswith("access-control-allow")]


@pytest.mark.parametrize(
    ("value", "right"),
    [
        (ORIGIN, True),
        ("http://localhost:5173", True),
        ("*", False),
        ("https://*.example.test", False),
        (f"{ORIGIN}/", False),
        (f"{ORIGIN}/path", False),
        ("https://a.test,https://b.test", False),
        ("https://user@app.example.test", False),
        ("https://APP.example.test", False),
        ("app.example.test", False),
        ("https://", False),
        ("https://app.example.test:port", False),
        ("ftp://app.example.test", False),
    ],
)
def test_an_origin_is_exact(value: Any, right: bool) -> None:
    assert is_origin(value) is right
