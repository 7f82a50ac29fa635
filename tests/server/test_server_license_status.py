"""The licence route: claims, devices that come back, and the back office."""

from __future__ import annotations

import jwt
import pytest
from served import ADMIN_TOKEN, Server
from stripe_says import DAY_S, HOUR_S, METADATA, MONTH_S, NOW, completed, deleted, event, paid, session


def entitled(server: Server) -> dict[str, object]:
    """What a device gets that claims a paid checkout."""
    server.deliver(completed())
    server.deliver(paid())
    return server.claim()


def test_a_claim_before_any_event_is_pending(server: Server) -> None:
    """The redirect proves nothing."""
    answer = server.claim()
    assert (answer["active"], answer["code"], answer["license"]) == (False, "CHECKOUT_PENDING", None)
    assert server.contents()["activations"] == []


def test_a_paid_checkout_activates_the_device(server: Server) -> None:
    """With a licence and a token that end together, and a record of the activation."""
    answer = entitled(server)
    end = NOW + 7 * DAY_S
    assert {key: answer[key] for key in ("active", "code", "entitlement", "expiresAt", "serverTime")} == {
        "active": True,
        "code": "ACTIVE",
        "entitlement": "pro",
        "expiresAt": end,
        "serverTime": NOW,
    }
    assert answer["offlineGrace"] == {"until": end, "untilIso": "2026-06-08T00:00:00Z"}
    assert answer["deviceAccessTokenExpiresAtIso"] == "2026-06-08T00:00:00Z"
    assert answer["device"] == {
        "deviceId": "device-1",
        "activatedAt": NOW,
        "activatedAtIso": "2026-06-01T00:00:00Z",
    }
    for name in ("license", "deviceAccessToken"):
        claims = jwt.decode(str(answer[name]), options={"verify_signature": False})
        assert (claims["exp"], claims["expiresAt"], claims["device"]) == (end, end, "device-1")
    assert server.contents()["activations"] == [("cus_1", "device-1", NOW)]


def test_while_settling_a_token_stands_a_day_from_completion(server: Server) -> None:
    """Not from the claim."""
    server.deliver(completed())
    server.clock.now = NOW + HOUR_S
    answer = server.claim()
    assert (answer["code"], answer["expiresAt"]) == ("SETTLING", NOW + DAY_S)


def test_an_unpaid_checkout_grants_nothing(server: Server) -> None:
    """A delayed payment completes the session long before the money comes."""
    server.deliver(event("evt_1", "checkout.session.completed", session("unpaid")))
    assert (server.claim()["active"], server.claim()["code"]) == (False, "PAYMENT_PENDING")


def test_a_check_again_writes_nothing(server: Server) -> None:
    """The first activation stands; the licence is fresh."""
    first = entitled(server)
    writes = server.connection.total_changes
    server.clock.now = NOW + HOUR_S
    again = server.claim()
    back = server.status(str(first["deviceAccessToken"])).json
    assert server.connection.total_changes == writes
    assert again["device"] == back["device"] == first["device"]
    assert again["expiresAt"] == back["expiresAt"] == NOW + HOUR_S + 7 * DAY_S


def test_a_reinstall_with_a_new_device_id_reactivates(server: Server) -> None:
    """The checkout session proves the purchase; the customer now has two activations."""
    entitled(server)
    answer = server.claim("device-2")
    assert (answer["active"], answer["device"]["deviceId"]) == (True, "device-2")
    assert len(server.contents()["activations"]) == 2


def test_only_a_checkout_session_can_be_claimed(server: Server) -> None:
    """The id of a subscription or of an invoice proves nothing."""
    entitled(server)
    for session_id in ("sub_1", "in_1", "cus_1"):
        assert server.claim("device-3", session_id)["code"] == "CHECKOUT_PENDING"


def test_a_session_of_nobody_is_pending(server: Server) -> None:
    """A completed session names a customer."""
    server.deliver(event("evt_1", "checkout.session.completed", session(customer=None, subscription=None)))
    assert server.claim()["code"] == "CHECKOUT_PENDING"


def test_an_ended_subscription_answers_a_valid_token_with_no(server: Server) -> None:
    """200, active false, no new licence."""
    token = str(entitled(server)["deviceAccessToken"])
    server.deliver(deleted())
    answer = server.status(token).json
    assert (answer["active"], answer["code"], answer["status"]) == (False, "CANCELED", "canceled")
    assert [answer[key] for key in ("license", "deviceAccessToken", "offlineGrace", "device")] == [None] * 4


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Bearer nonsense", "TOKEN_INVALID"),
        ("Bearer ", "TOKEN_INVALID"),
        ("Basic YTpi", "TOKEN_INVALID"),
        ("Bearer \xe9", "TOKEN_INVALID"),
    ],
)
def test_a_token_that_proves_nothing_is_401(server: Server, header: str, code: str) -> None:
    """With a code."""
    answer = server.client.simulate_get("/api/license/status", headers={"Authorization": header})
    assert (answer.status_code, answer.json["error"]["code"]) == (401, code)


def test_a_token_past_its_end_is_401(server: Server) -> None:
    """And the device is told to claim again."""
    token = str(entitled(server)["deviceAccessToken"])
    server.clock.now = NOW + 7 * DAY_S
    answer = server.status(token)
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "TOKEN_EXPIRED")


def test_a_token_of_another_device_is_refused(server: Server) -> None:
    """Tokens are bound to a device."""
    token = str(entitled(server)["deviceAccessToken"])
    answer = server.status(token, deviceId="device-2")
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "DEVICE_MISMATCH")


@pytest.mark.parametrize(
    "parameters",
    [{"customerId": "cus_1"}, {"deviceId": "device-1"}, {"checkoutSessionId": "cs_test_1"}],
    ids=str,
)
def test_the_back_office_reads_and_leaves_no_trace(server: Server, parameters: dict[str, str]) -> None:
    """By customer, device or session; no activation, no token."""
    server.deliver(completed())
    server.deliver(paid())
    before = server.contents()
    answer = server.status(ADMIN_TOKEN, **parameters).json
    assert (answer["active"], answer["code"], answer["status"]) == (True, "ACTIVE", None)
    assert [answer[key] for key in ("license", "deviceAccessToken", "device")] == [None] * 3
    assert server.contents() == before


def test_the_back_office_finds_a_customer_by_a_reinstalled_device(server: Server) -> None:
    """An activation links it as the purchase does."""
    entitled(server)
    server.claim("device-2")
    assert server.status(ADMIN_TOKEN, deviceId="device-2").json["active"] is True


def test_nobody_known_has_no_subscription(server: Server) -> None:
    """An unknown customer or device is no error."""
    assert server.code("cus_9") == "NO_SUBSCRIPTION"
    assert server.status(ADMIN_TOKEN, deviceId="device-9").json["code"] == "NO_SUBSCRIPTION"
    assert server.status(ADMIN_TOKEN, checkoutSessionId="cs_9").json["code"] == "CHECKOUT_PENDING"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "deviceId=device-1",
        "checkoutSessionId=cs_test_1",
        "checkoutSessionId=cs_test_1&deviceId=",
        "checkoutSessionId=cs_test_1&deviceId=" + "d" * 256,
        "checkoutSessionId=cs_test_1&deviceId=a&deviceId=b",
        "checkoutSessionId=cs_test_1&deviceId=%00",
        "checkoutSessionId=cs_test_1&deviceId=a%0Ab",
    ],
)
def test_a_claim_names_one_session_and_one_device(server: Server, query: str) -> None:
    """Anything else is 400 with a code."""
    entitled(server)
    answer = server.client.simulate_get("/api/license/status", query_string=query)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "BAD_SHAPE")


def test_the_e_mail_address_links_nobody(server: Server) -> None:
    """Another customer with the same address stays another customer."""
    entitled(server)
    stranger = session(id="cs_test_2", customer="cus_2", subscription="sub_2", payment_status="unpaid")
    stranger["metadata"] = {**METADATA, "device_id": "device-2"}
    server.deliver(event("evt_2", "checkout.session.completed", stranger))
    assert server.claim("device-2", "cs_test_2")["active"] is False


def test_the_licence_is_never_cached(server: Server) -> None:
    """By nobody between server and device."""
    server.deliver(completed())
    answer = server.status(checkoutSessionId="cs_test_1", deviceId="device-1")
    assert answer.headers["cache-control"] == "no-store"


def test_access_ends_with_the_leeway_of_the_paid_period(server: Server) -> None:
    """And no token outlives it."""
    entitled(server)
    end = NOW + MONTH_S + 24 * HOUR_S
    server.clock.now = end - 1
    assert server.claim()["expiresAt"] == end
    server.clock.now = end
    assert server.claim()["code"] == "RENEWAL_OVERDUE"
