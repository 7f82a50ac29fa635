"""What the site says about itself and about a checkout, to anybody who asks."""

from __future__ import annotations

from typing import Any

import pytest
from bought import CREDITS, DEPOSIT, buys, retains
from served import Server
from signed_in import environ_of, manifest_of, server_of
from stripe_says import event, session

from rehearsal_server.readiness import REASONS, readiness_of
from rehearsal_server.store import StoreError

STATUS, CHECKOUT, SERVICES = "/api/billing/status", "/api/billing/checkout-status", "/api/services/status"
PRICES = {"STRIPE_PRICE_DEPOSIT_500", "STRIPE_PRICE_HOURLY_1H", "STRIPE_PRICE_RETAINER_MONTHLY"}
WITHOUT_STRIPE = dict.fromkeys(
    [*PRICES, "STRIPE_PRICE_COMPUTE_CREDITS", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"], ""
)


def site(**changes: str) -> Server:
    return server_of("aipowerprogress", **changes)


def ways(server: Server) -> dict[str, tuple[str, str]]:
    plans = server.client.simulate_get(STATUS).json["plans"]
    return {name: (each["way"], each["code"]) for name, each in plans.items()}


def state(server: Server, session_id: str) -> str:
    answer = server.client.simulate_get(CHECKOUT, params={"session_id": session_id})
    assert answer.status_code == 200, answer.text
    return str(answer.json["state"])


def test_with_everything_set_every_plan_is_paid_online() -> None:
    answer = site().client.simulate_get(STATUS)
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.json["stripe_configured"], answer.json["checkout_enabled"]) == (True, True)
    assert answer.json["code"] == "READY"
    assert answer.json["plans"]["retainer"] == {
        "name": "Monthly Retainer",
        "mode": "subscription",
        "interval": "month",
        "amount_cents": 99_900,
        "currency": "usd",
        "credits": None,
        "available": True,
        "way": "pay",
        "code": "READY",
        "reason": "Paid online, in Stripe's Checkout.",
    }


def test_the_status_shows_no_key_no_price_and_no_link() -> None:
    """Nothing that a person set in the environment leaves through it."""
    environ = environ_of(manifest_of("aipowerprogress"), STRIPE_PAYMENT_LINK_BUILD="https://buy.stripe.com/1")
    for path in (STATUS, SERVICES):
        said = server_of("aipowerprogress", **environ).client.simulate_get(path).text
        assert [value for value in environ.values() if value in said] == []
        assert [name for name in environ if name in said] == []


def test_without_stripe_every_plan_is_a_request() -> None:
    server = site(**WITHOUT_STRIPE)
    answer = server.client.simulate_get(STATUS).json
    assert (answer["stripe_configured"], answer["checkout_enabled"]) == (False, False)
    assert answer["code"] == "NOT_CONFIGURED"
    assert set(ways(server).values()) == {("request", "NOT_CONFIGURED")}


@pytest.mark.parametrize("unset", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_half_of_stripe_sells_nothing(unset: str) -> None:
    """Without the webhook nobody would hear of a payment, not even one through a ready-made link."""
    server = site(**{unset: ""}, STRIPE_PAYMENT_LINK_BUILD="https://buy.stripe.com/1")
    assert set(ways(server).values()) == {("request", "PARTLY_CONFIGURED")}
    asked = server.client.simulate_post("/api/billing/checkout", json={"plan_id": "deposit_500"})
    assert asked.json["kind"] == "request"


def test_a_key_of_no_mode_is_no_configuration() -> None:
    server = site(STRIPE_SECRET_KEY="nonsense")
    assert server.client.simulate_get(STATUS).json["stripe_configured"] is False


def test_each_plan_goes_its_own_way() -> None:
    server = site(
        STRIPE_PRICE_DEPOSIT_500="",
        STRIPE_PRICE_HOURLY_1H="",
        STRIPE_PAYMENT_LINK_BUILD="https://buy.stripe.com/1",
    )
    assert ways(server) == {
        "deposit_500": ("payment_link", "PAYMENT_LINK"),
        "hourly_1h": ("request", "NO_PRICE"),
        "retainer": ("pay", "READY"),
        "compute_credits": ("pay", "SIGN_IN_FIRST"),
    }
    assert server.client.simulate_get(STATUS).json["code"] == "PARTLY_CONFIGURED"


def test_a_pause_is_named() -> None:
    server = site(PPIA_CHECKOUT_PAUSED="true")
    assert set(ways(server).values()) == {("request", "CHECKOUT_PAUSED")}
    assert server.client.simulate_get(STATUS).json["stripe_configured"] is True


def test_credits_need_somebody_who_can_sign_in() -> None:
    assert ways(site(PPIA_IDENTITY_KEY=""))["compute_credits"] == ("request", "PARTLY_CONFIGURED")


@pytest.mark.parametrize(
    "changes", [{}, WITHOUT_STRIPE, {"PPIA_CHECKOUT_PAUSED": "true"}, {"STRIPE_PRICE_DEPOSIT_500": ""}]
)
@pytest.mark.parametrize("plan", ["deposit_500", "hourly_1h", "retainer"])
def test_checkout_goes_the_way_that_the_status_says(changes: dict[str, str], plan: str) -> None:
    """There is one opinion, and the route that opens sessions shares it."""
    server = site(**changes)
    told = {"id": "cs_test_1", "url": "https://checkout.stripe.com/1", "expires_at": 2**40}
    server.stripe.answers["POST /v1/checkout/sessions"] = (200, told | {"object": "checkout.session"})
    answer = server.client.simulate_post("/api/billing/checkout", json={"plan_id": plan}).json
    kinds = {"pay": "checkout", "payment_link": "payment_link", "request": "request"}
    assert answer.get("kind", "request") == kinds[ways(server)[plan][0]]


def test_every_code_has_its_sentence() -> None:
    assert {plan.code for plan in readiness_of(site().context).plans} <= set(REASONS)


def test_the_services_include_payments_with_a_note() -> None:
    services = {each["name"]: each for each in site().client.simulate_get(SERVICES).json["services"]}
    assert services["Stripe (Payments)"]["ready"] is True
    assert "4 of 4 offers can be paid online" in services["Stripe (Payments)"]["note"]
    assert services["Storage"]["ready"] is services["Sign-in"]["ready"] is True


def test_the_services_say_what_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    server = site(**WITHOUT_STRIPE, PPIA_IDENTITY_KEY="")

    def broken(_: Any) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr(type(server.context.store), "probe", broken)
    services = server.client.simulate_get(SERVICES).json["services"]
    assert [each["code"] for each in services] == ["NOT_CONFIGURED", "STORAGE_NOT_WRITABLE", "NOT_CONFIGURED"]
    assert not any(each["ready"] for each in services)
    assert "0 of 4 offers" in services[0]["note"]


def test_a_checkout_that_no_event_has_named_is_processing() -> None:
    """Its webhook may still be on its way, so nobody may say that it does not exist."""
    answer = site().client.simulate_get(CHECKOUT, params={"session_id": "cs_test_unknown"})
    assert (answer.status_code, answer.json["state"]) == (200, "processing")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("wrong", ["", "cs_", "pi_1", "cs_test_1 or 1=1", "cs_test_" + "1" * 300, "<script>"])
def test_what_is_no_session_id_is_refused(wrong: str) -> None:
    answer = site().client.simulate_get(CHECKOUT, params={"session_id": wrong})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "SESSION_ID_INVALID")


def test_a_checkout_goes_from_processing_to_paid() -> None:
    """A deposit is delivered by people, so it is paid and not yet fulfilled."""
    server = site()
    unpaid = buys(server, DEPOSIT, payment_status="unpaid")
    assert state(server, unpaid) == "processing"
    assert state(server, buys(server, DEPOSIT)) == "paid"


def test_credits_and_a_retainer_are_fulfilled_once_paid() -> None:
    server = site()
    assert state(server, buys(server, CREDITS)) == "fulfilled"
    assert state(server, retains(server)) == "fulfilled"


def test_a_payment_that_failed_later_is_failed() -> None:
    server = site()
    told = session("unpaid", id="cs_test_f", mode="payment", subscription=None, metadata=DEPOSIT)
    server.decision(event("evt_f1", "checkout.session.completed", told))
    server.decision(event("evt_f2", "checkout.session.async_payment_failed", told))
    assert state(server, "cs_test_f") == "failed"


def test_a_checkout_tells_nothing_of_its_buyer_and_asks_nobody() -> None:
    server = site()
    session_id = buys(server, DEPOSIT)
    answer = server.client.simulate_get(CHECKOUT, params={"session_id": session_id})
    assert set(answer.json) == {"ok", "state", "text"}
    assert [each for each in ("ada", "cus_1", "pi_1", "evt_1") if each in answer.text] == []
    assert server.stripe.sent == []
