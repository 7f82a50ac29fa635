"""What an app would hold now: the backend's own answer, and the licence of an app that asks or does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from controlling import Controlled, controlled

DEVICES = "nyra-billing-server"
USERS = "aipowerprogress"


@pytest.fixture(scope="module")
def here() -> Iterator[Controlled]:
    with controlled(DEVICES, USERS) as here:
        yield here


def paid(here: Controlled, **fields: str) -> dict[str, Any]:
    """A checkout that was started through a backend, and paid."""
    started: dict[str, Any] = here.post("actions", {"type": "StartCheckout", **fields})
    here.post("actions", {"type": "CompleteCheckout", "session_id": started["session"]})
    here.settle()
    return started


def row(here: Controlled, **who: str) -> dict[str, Any]:
    """The licence of one device or user."""
    found = here.get("licences")["licences"]
    return next(each for each in found if who.items() <= each.items())


def test_a_checkout_is_started_as_an_app_would(here: Controlled) -> None:
    """By the backend's route, which opens a session at the simulated Stripe."""
    started = here.post("actions", {"type": "StartCheckout", "service": DEVICES, "device": "one"})

    assert started["kind"] == "checkout"
    assert started["url"] == f"{here.address}/c/pay/{started['session']}"
    assert row(here, device="one")["answer"]["problem"].startswith("nobody has paid yet")


def test_a_checkout_can_be_started_past_the_backend(here: Controlled) -> None:
    """Straight at the simulated Stripe."""
    started = here.post("actions", {"type": "StartCheckout", "service": DEVICES, "via": "stripe"})

    assert started["session"] in [each["id"] for each in here.get("world")["checkout_sessions"]]


def test_a_device_that_paid_may_use_it(here: Controlled) -> None:
    """The back office's answer, with the server's time; the app has not asked yet."""
    paid(here, service=DEVICES, device="two", email="bea@example.test")

    licence = row(here, device="two")

    assert (licence["answer"]["active"], licence["answer"]["code"]) == (True, "ACTIVE")
    assert licence["answer"]["serverTime"] == here.bench.clock.now()
    assert (licence["email"], licence["app"]["code"]) == ("bea@example.test", "NOT_ACTIVATED")


def test_an_app_that_asks_holds_a_licence(here: Controlled) -> None:
    """Its claims are shown; its token and the secret that signed are not."""
    paid(here, service=DEVICES, device="three", email="cleo@example.test")

    held = here.post("licences", {"service": DEVICES, "device": "three"})

    assert (held["state"], held["code"], held["has_token"]) == ("active", "ACTIVE", True)
    assert (held["claims"]["device"], held["claims"]["aud"]) == ("three", "license")
    service = next(each for each in here.bench.services if each.manifest.service == DEVICES)
    secrets = [service.environ[each.name] for each in service.manifest.secrets]
    shown = str(here.get("licences")) + str(here.get("world"))
    assert [
        secret for secret in secrets if secret in shown and not secret.startswith(("price_", "http"))
    ] == []


def test_an_app_that_does_not_ask_keeps_what_it_has(here: Controlled) -> None:
    """The backend refuses at once; the licence in the drawer opens features until its end."""
    paid(here, service=DEVICES, device="four", email="dora@example.test")
    here.post("licences", {"service": DEVICES, "device": "four"})
    mine = next(each for each in here.get("world")["subscriptions"] if each["email"] == "dora@example.test")

    here.post("actions", {"type": "CancelNow", "subscription_id": mine["id"]})
    here.settle()
    before = row(here, device="four")
    here.post("licences", {"service": DEVICES, "device": "four"})
    after = row(here, device="four")

    assert (before["answer"]["code"], before["app"]["state"]) == ("CANCELED", "active")
    assert (after["app"]["state"], after["app"]["code"]) == ("inactive", "CANCELED")


def test_where_people_sign_in_a_user_is_asked_about(here: Controlled) -> None:
    """By a test identity of her own."""
    offer = next(
        each["id"]
        for service in here.get("world")["services"]
        if service["service"] == USERS
        for each in service["offers"]
        if each["mode"] == "subscription"
    )
    paid(here, service=USERS, offer=offer, user="emma")

    licence = row(here, user="emma")

    assert (licence["answer"]["http"], licence["answer"]["active"], licence["app"]) == (200, True, None)


def test_a_refusal_of_the_backend_is_handed_on(here: Controlled) -> None:
    """Who is subscribed already cannot start a checkout."""
    paid(here, service=DEVICES, device="five", email="fay@example.test")

    status, where, what, _ = here.refused(
        "actions", {"type": "StartCheckout", "service": DEVICES, "device": "five"}
    )

    assert (status, where) == (409, "StartCheckout")
    assert "answered 409: ALREADY_SUBSCRIBED" in what


@pytest.mark.parametrize(
    ("wish", "status", "where"),
    [
        ({"service": DEVICES}, 400, "licences.device"),
        ({"service": "nobody", "device": "one"}, 400, "service"),
        ({"service": DEVICES, "device": "never seen"}, 404, "licences.device"),
        ({"service": DEVICES, "device": 5}, 400, "licences.device"),
    ],
)
def test_a_device_that_nobody_knows_cannot_ask(here: Controlled, wish: Any, status: int, where: str) -> None:
    """Wrong fields are 400, strangers 404."""
    assert here.refused("licences", wish)[:2] == (status, where)


def test_an_app_with_a_licence_is_led_to_the_portal(here: Controlled) -> None:
    """By its backend, with the token it holds; the page is the bench's."""
    paid(here, service=DEVICES, device="six", email="gus@example.test")
    assert here.refused("portal", {"service": DEVICES, "device": "six"})[:2] == (409, "portal")

    here.post("licences", {"service": DEVICES, "device": "six"})

    assert here.post("portal", {"service": DEVICES, "device": "six"})["url"].startswith(
        f"{here.address}/p/session/"
    )


def test_a_user_is_led_to_the_portal(here: Controlled) -> None:
    """By her own identity."""
    offers = {
        each["id"]: each["mode"]
        for service in here.get("world")["services"]
        if service["service"] == USERS
        for each in service["offers"]
    }
    offer = next(each for each, mode in offers.items() if mode == "subscription")
    paid(here, service=USERS, offer=offer, user="hana")

    assert here.post("portal", {"service": USERS, "user": "hana"})["url"].startswith(
        f"{here.address}/p/session/"
    )
    assert here.refused("portal", {"service": USERS, "user": "nobody"})[:2] == (409, "portal")


@pytest.mark.parametrize(
    "wish", [None, {}, {"device": "a", "user": "b", "service": DEVICES}, {"devise": "a"}]
)
def test_a_portal_for_nobody_is_refused(here: Controlled, wish: Any) -> None:
    """Either a device or a user asks."""
    assert here.refused("portal", wish)[0] == 400
