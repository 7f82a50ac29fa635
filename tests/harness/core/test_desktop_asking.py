"""What a desktop asks, and what it keeps of each answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from desktops import (
    DAY_S,
    GRACE_S,
    ISSUER,
    NO_ANSWER,
    NOW,
    REFUSED,
    answered,
    check,
    client,
    license_text,
    ok,
    status,
)

from rehearsal_harness.core.desktop.asking import Ask, Told, checkout, portal, refresh
from rehearsal_harness.core.desktop.client import Client, Problem, State, standing
from rehearsal_harness.core.desktop.settings import Settings
from rehearsal_harness.core.desktop.time_seen import Seen

CLAIM = Ask("license_status", {"checkoutSessionId": "cs_1", "deviceId": "device-1"})
COME_BACK = Ask("license_status", token="token-1")
REFUSAL = Told(401, {"error": {"code": "TOKEN_EXPIRED", "message": "the device token is over"}})


def refreshed(here: Client, *answers: Told, clock: int = NOW) -> Client:
    return answered(refresh(here, clock, check, ISSUER), *answers)[0]


@pytest.fixture(name="active")
def _active() -> Client:
    """A desktop that was activated now."""
    return refreshed(client(), ok(status()))


def test_a_claim_brings_licence_and_token() -> None:
    """All of it is kept, and the server's time."""
    here, asked = answered(refresh(client(), NOW - 9, check, ISSUER), ok(status()))
    assert asked == [CLAIM]
    assert (here.license, here.device.token, here.device.expires_at) == (
        license_text(),
        "token-1",
        NOW + GRACE_S,
    )
    assert (here.code, here.issued_at, here.device.seen) == ("ACTIVE", NOW, Seen(NOW, NOW - 9))
    assert here.problem is None


def test_a_device_with_a_token_shows_that(active: Client) -> None:
    """And is not asked for its session."""
    assert answered(refresh(active, NOW, check, ISSUER), ok(status()))[1] == [COME_BACK]


def test_a_token_that_is_refused_is_followed_by_a_claim(active: Client) -> None:
    """It expires with the licence; the checkout session does not."""
    here, asked = answered(refresh(active, NOW + 8 * DAY_S, check, ISSUER), REFUSAL, ok(status()))
    assert asked == [COME_BACK, CLAIM]
    assert here.device.active


def test_without_a_session_there_is_nothing_to_ask() -> None:
    """A fresh installation says what to do first."""
    here, asked = answered(refresh(client(session_id=""), NOW, check, ISSUER))
    assert asked == []
    assert standing(here, NOW, check, ISSUER)[:2] == (State.INACTIVE, "NOT_ACTIVATED")


def test_no_access_any_more_takes_the_licence_away(active: Client) -> None:
    """The server's own words are shown."""
    here = refreshed(active, ok(REFUSED))
    assert (here.license, here.device.token) == ("", "")
    assert standing(here, NOW, check, ISSUER)[:3] == (
        State.INACTIVE,
        "CANCELED",
        "the subscription has ended",
    )


FAILURES: dict[str, tuple[Told, str]] = {
    "nobody answers": (NO_ANSWER, "SERVER_UNREACHABLE"),
    "the server is ill": (Told(503, {"error": {"code": "NOT_CONFIGURED", "message": "x"}}), "NOT_CONFIGURED"),
    "a page of somebody else": (Told(502, {}), "HTTP_502"),
    "an error that is no object": (Told(500, {"error": "broken"}), "HTTP_500"),
    "a redirect": (Told(302, {}), "HTTP_302"),
    "no licence status": (ok({"hello": "world"}), "ANSWER_UNREADABLE"),
    "no time": (ok(status(serverTime=None)), "ANSWER_UNREADABLE"),
    "a time before 1970": (ok(status(expiresAt=-1)), "ANSWER_UNREADABLE"),
    "a time that is text": (ok(status(expiresAt="tomorrow")), "ANSWER_UNREADABLE"),
    "a forged licence": (ok(status(license_text(forged=True))), "LICENSE_TAMPERED"),
    "somebody else's licence": (ok(status(license_text(device="device-2"))), "LICENSE_OTHER_DEVICE"),
    "a device token as licence": (ok(status(license_text(aud="device"))), "LICENSE_OTHER_AUDIENCE"),
    "another service's licence": (ok(status(license_text(iss="other"))), "LICENSE_OTHER_ISSUER"),
    "a licence without end": (ok(status(license_text(exp=None), expiresAt=NOW)), "LICENSE_MALFORMED"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_what_the_server_failed_to_say_changes_nothing_that_is_cached(case: str, active: Client) -> None:
    """Only the failure is kept; the features stay open on the licence that is there."""
    answer, code = FAILURES[case]
    here = refreshed(active, answer, clock=NOW + DAY_S)
    assert here.problem is not None
    assert here.problem.code == code
    assert replace(here, problem=None, device=active.device) == active
    assert here.device._replace(seen=active.device.seen) == active.device
    found = standing(here, NOW + DAY_S, check, ISSUER)
    assert (found.state, found.code, found.until) == (State.ACTIVE, "OFFLINE_GRACE", NOW + GRACE_S)


@pytest.mark.parametrize("case", FAILURES)
def test_without_a_licence_a_failure_is_an_error_unless_the_licence_was_to_blame(case: str) -> None:
    """Error: the server could not say.  Inactive: what it said is not believed."""
    answer, code = FAILURES[case]
    state = State.INACTIVE if code.startswith("LICENSE_") else State.ERROR
    found = standing(refreshed(client(), answer), NOW, check, ISSUER)
    assert (found.state, found.code) == (state, code)


def test_a_later_success_ends_the_problem(active: Client) -> None:
    """Nothing of it is left."""
    assert refreshed(refreshed(active, NO_ANSWER), ok(status())) == active


def test_an_old_answer_that_is_replayed_lowers_no_time(active: Client) -> None:
    """The licence of today brings a clock back that was set forward; that of last week does not."""
    forward = replace(active, device=active.device._replace(seen=Seen(NOW + 30 * DAY_S, NOW)))
    assert refreshed(forward, ok(status())).device.seen.time == NOW + 30 * DAY_S
    newer = status(license_text(iat=NOW + 1))
    assert refreshed(forward, ok(newer)).device.seen.time == NOW + 1


def test_a_checkout_sends_device_and_address_and_keeps_the_session() -> None:
    """So that the licence can be claimed after the payment."""
    here = client(session_id="", settings=Settings(email="ada@example.test"))
    body = {"url": "https://pay.example.test", "sessionId": "cs_9", "kind": "checkout"}
    linked, asked = answered(checkout(here, NOW), ok(body))
    assert asked == [Ask("checkout", body={"deviceId": "device-1", "email": "ada@example.test"})]
    assert (linked.url, linked.client.session_id, linked.problem) == (body["url"], "cs_9", None)


def test_a_checkout_with_a_token_that_is_over_goes_without(active: Client) -> None:
    """A customer whose subscription ended buys again."""
    linked, asked = answered(checkout(active, NOW), REFUSAL, ok({"url": "https://pay.example.test"}))
    assert [each.token for each in asked] == ["token-1", ""]
    assert linked.client.session_id == "cs_1"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (NO_ANSWER, "SERVER_UNREACHABLE"),
        (Told(409, {"error": {"code": "ALREADY_SUBSCRIBED", "message": "x"}}), "ALREADY_SUBSCRIBED"),
        (ok({"url": 7}), "HTTP_200"),
    ],
    ids=["no answer", "refused", "no address"],
)
def test_a_page_that_is_not_there_is_said_and_changes_no_licence(
    answer: Told, code: str, active: Client
) -> None:
    """A failed portal says nothing about the licence."""
    linked, _ = answered(portal(active, NOW), answer)
    assert (linked.url, linked.problem and linked.problem.code) == ("", code)
    assert linked.client == active


def test_the_portal_needs_an_activated_device() -> None:
    """Nothing is asked without a token."""
    linked, asked = answered(portal(client(), NOW))
    assert (asked, linked.url) == ([], "")
    assert isinstance(linked.problem, Problem)
    assert linked.problem.code == "NOT_ACTIVATED"


def test_the_portal_is_asked_with_the_token(active: Client) -> None:
    """The server knows the customer by it."""
    answer: dict[str, Any] = {"url": "https://portal.example.test"}
    linked, asked = answered(portal(active, NOW), ok(answer))
    assert [(each.operation, each.token) for each in asked] == [("portal", "token-1")]
    assert linked.url == answer["url"]
