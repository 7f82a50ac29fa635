"""The way to pay, and the way to the portal."""

from __future__ import annotations

from typing import Any

import pytest
from falcon import testing
from served import Server
from stripe_says import DAY_S, METADATA, NOW, completed, deleted, event, paid, session

CREATE = "POST /v1/checkout/sessions"
PORTAL = "POST /v1/billing_portal/sessions"


class Till:
    """Stripe's checkout sessions as far as idempotency goes: one key, one session, for ever."""

    def __init__(self, server: Server) -> None:
        self._clock = server.clock
        self.by_key: dict[str, tuple[dict[str, str], dict[str, Any]]] = {}

    def __call__(self, sent: dict[str, str], headers: Any) -> tuple[int, dict[str, Any]]:
        key = headers["Idempotency-Key"]
        if key not in self.by_key:
            number = len(self.by_key) + 1
            opened = {
                "id": f"cs_test_{number}",
                "object": "checkout.session",
                "url": f"https://checkout.stripe.com/{number}",
                "expires_at": self._clock.now + DAY_S,
            }
            self.by_key[key] = (sent, opened)
        first, opened = self.by_key[key]
        if first != sent:
            return 400, {"error": {"type": "idempotency_error", "message": "other parameters"}}
        return 200, opened


@pytest.fixture(name="till")
def _till(server: Server) -> Till:
    till = Till(server)
    server.stripe.answers[CREATE] = till
    server.stripe.answers[PORTAL] = (
        200,
        {"id": "bps_1", "object": "billing_portal.session", "url": "https://billing.stripe.com/p/1"},
    )
    return till


def buy(
    server: Server, device: str = "device-1", email: str = "ada@example.test", **headers: str
) -> testing.Result:
    body = {"deviceId": device, "email": email}
    return server.client.simulate_post("/api/billing/checkout", json=body, headers=headers)


def bearer(server: Server) -> dict[str, str]:
    server.deliver(completed())
    server.deliver(paid())
    return {"Authorization": f"Bearer {server.claim()['deviceAccessToken']}"}


def test_a_stranger_is_sent_to_checkout(server: Server, till: Till) -> None:
    """Hosted, subscription mode; device and address in the session's and the subscription's metadata."""
    answer = buy(server)
    assert answer.json == {
        "url": "https://checkout.stripe.com/1",
        "sessionId": "cs_test_1",
        "kind": "checkout",
    }
    ((operation, sent, headers),) = server.stripe.sent
    assert (operation, len(headers["Idempotency-Key"])) == (CREATE, 64)
    assert sent == {
        "mode": "subscription",
        "line_items[0][price]": "price_pro",
        "line_items[0][quantity]": "1",
        "customer_email": "ada@example.test",
        "success_url": "https://app.example.test/billing?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://app.example.test/billing",
        "metadata[device_id]": "device-1",
        "metadata[email]": "ada@example.test",
        "subscription_data[metadata][device_id]": "device-1",
        "subscription_data[metadata][email]": "ada@example.test",
    }


def test_a_double_click_makes_one_session(server: Server, till: Till) -> None:
    """Another device makes another."""
    assert [buy(server).json["sessionId"] for _ in range(3)] == ["cs_test_1"] * 3
    assert buy(server, "device-2").json["sessionId"] == "cs_test_2"


def test_a_corrected_address_makes_one_more_session(server: Server, till: Till) -> None:
    """Stripe refuses a key with other parameters; a typing error must not keep somebody from paying."""
    sessions = [
        buy(server, email=each).json["sessionId"] for each in ("ada@example.tset", "ada@example.test") * 2
    ]
    assert sessions == ["cs_test_1", "cs_test_2"] * 2


def test_an_expired_session_is_never_handed_out(server: Server, till: Till) -> None:
    """Day after day somebody looks and leaves: each day has its own session, each double click one."""
    for day in range(4):
        server.clock.now = NOW + day * DAY_S
        assert [buy(server).json["sessionId"] for _ in range(2)] == [f"cs_test_{day + 1}"] * 2


def test_who_subscribes_again_gets_a_new_session(server: Server, till: Till) -> None:
    """The subscription that ended is part of what is bought anew."""
    first = buy(server).json["sessionId"]
    server.deliver(completed())
    server.deliver(paid())
    server.deliver(deleted())
    assert buy(server).json["sessionId"] != first


def test_a_subscriber_is_sent_to_the_portal(server: Server, till: Till) -> None:
    """With the device's own token."""
    answer = buy(server, **bearer(server))
    assert answer.json == {"url": "https://billing.stripe.com/p/1", "kind": "portal"}
    assert server.stripe.sent[-1][1] == {
        "customer": "cus_1",
        "return_url": "https://app.example.test/billing",
    }


def test_a_stranger_gets_nobodys_portal(server: Server, till: Till) -> None:
    """To know a device id, which bought or which was activated, proves nothing."""
    bearer(server)
    server.claim("device-2")
    for device in ("device-1", "device-2"):
        answer = buy(server, device)
        assert answer.status_code == 409
        assert answer.json["error"]["code"] == "ALREADY_SUBSCRIBED"
        assert answer.json["error"]["next"] == "POST /api/billing/portal"
    assert server.stripe.sent == []


def test_an_expired_token_hinders_no_purchase(server: Server, till: Till) -> None:
    """The subscription ended long ago; the device still has its old token."""
    headers = bearer(server)
    server.deliver(deleted())
    server.clock.now = NOW + 60 * DAY_S
    assert buy(server, **headers).json["kind"] == "checkout"


def test_a_token_of_another_device_buys_nothing(server: Server, till: Till) -> None:
    """A token speaks for its own device."""
    assert buy(server, "device-2", **bearer(server)).json["error"]["code"] == "DEVICE_MISMATCH"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"{}",
        b'{"deviceId": "d"}',
        b'{"deviceId": "", "email": "a@b"}',
        b'{"deviceId": 7, "email": "a@b"}',
        b'{"deviceId": "d", "email": "nobody"}',
        b'{"deviceId": "d", "email": "@"}',
        b'{"deviceId": "\\ud800", "email": "a@b"}',
    ],
)
def test_a_bad_request_is_400(server: Server, till: Till, body: bytes) -> None:
    """With a code, and Stripe is not asked."""
    answer = server.client.simulate_post("/api/billing/checkout", body=body)
    assert answer.status_code == 400
    assert answer.json["error"]["code"] in ("BODY_EMPTY", "BODY_NOT_JSON", "BAD_SHAPE", "EMAIL_INVALID")
    assert server.stripe.sent == []


def test_a_large_request_is_413(server: Server) -> None:
    """A device id and an address need no megabyte."""
    assert server.client.simulate_post("/api/billing/checkout", body=b" " * 2**20).status_code == 413


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ((500, {"error": {"type": "api_error"}}), 503, "STRIPE_UNAVAILABLE"),
        ((429, {"error": {"type": "invalid_request_error"}}), 503, "STRIPE_UNAVAILABLE"),
        (
            (400, {"error": {"type": "invalid_request_error", "message": "No such price"}}),
            502,
            "STRIPE_REFUSED",
        ),
        ((401, {"error": {"type": "invalid_request_error"}}), 502, "STRIPE_REFUSED"),
    ],
)
def test_when_stripe_says_no_the_caller_learns_whether_to_try_again(
    server: Server, answer: Any, status: int, code: str
) -> None:
    """And nothing of what Stripe said."""
    server.stripe.answers[CREATE] = answer
    refusal = buy(server)
    assert (refusal.status_code, refusal.json["error"]["code"]) == (status, code)
    assert "price" not in refusal.text


def test_the_portal_is_for_a_device_with_its_token(server: Server, till: Till) -> None:
    """And leads to the customer of the token."""
    headers = bearer(server)
    answer = server.client.simulate_post("/api/billing/portal", headers=headers)
    assert answer.json == {"url": "https://billing.stripe.com/p/1"}
    assert server.stripe.sent[-1][1]["customer"] == "cus_1"


def test_a_click_on_the_portal_says_its_key(server: Server, till: Till) -> None:
    """Derived, never drawn: a double click makes one session, the next second another."""
    headers, keys = bearer(server), []
    for at in (NOW, NOW, NOW + 1):
        server.clock.now = at
        server.client.simulate_post("/api/billing/portal", headers=headers)
        keys.append(server.stripe.sent[-1][2]["Idempotency-Key"])
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("headers", "code"),
    [({}, "TOKEN_MISSING"), ({"Authorization": "Bearer admin-" + "0" * 32}, "TOKEN_INVALID")],
    ids=["no token", "the admin token"],
)
def test_nobody_else_gets_a_portal(server: Server, till: Till, headers: dict[str, str], code: str) -> None:
    """401 with a code."""
    answer = server.client.simulate_post("/api/billing/portal", headers=headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (401, code)
    assert server.stripe.sent == []


def test_a_canceled_customer_still_reaches_the_portal(server: Server, till: Till) -> None:
    """Invoices stay theirs while the token stands."""
    headers = bearer(server)
    server.deliver(deleted())
    assert server.client.simulate_post("/api/billing/portal", headers=headers).status_code == 200


def test_the_latest_ended_subscription_moves_the_key(server: Server, till: Till) -> None:
    """Each subscription that ends makes the next purchase a new one."""
    found = set()
    for number in range(3):
        found.add(buy(server).json["sessionId"])
        bought = session(id=f"cs_{number}", customer=f"cus_{number}", subscription=f"sub_{number}")
        at = NOW + number
        server.deliver(event(f"evt_{number}a", "checkout.session.completed", bought, at))
        ended = {
            "id": f"sub_{number}",
            "customer": f"cus_{number}",
            "status": "canceled",
            "metadata": METADATA,
        }
        server.deliver(event(f"evt_{number}b", "customer.subscription.deleted", ended, at))
    assert len(found) == 3
