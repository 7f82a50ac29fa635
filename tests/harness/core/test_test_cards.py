"""Every test card that Stripe publishes does what Stripe says of it, by its name and by its number."""

from __future__ import annotations

from typing import Any

import pytest
from merchant import Merchant
from worlds import empty

from rehearsal_harness.core.cards import BEHAVIOR
from rehearsal_harness.core.test_names import card_numbered, is_not_simulated

# https://docs.stripe.com/testing: the number, the name after pm_card_, and what becomes of a payment by API:
# a status, or the code of the error and the decline code.
PAYS, ASKS = "succeeded", "requires_action"
CARDS = [
    ("4242424242424242", "visa", PAYS),
    ("5555555555554444", "mastercard", PAYS),
    ("4000000000000002", "visa_chargeDeclined", "card_declined generic_decline"),
    ("4000000000009995", "visa_chargeDeclinedInsufficientFunds", "card_declined insufficient_funds"),
    ("4000000000009987", "visa_chargeDeclinedLostCard", "card_declined lost_card"),
    ("4000000000009979", "visa_chargeDeclinedStolenCard", "card_declined stolen_card"),
    ("4000000000000069", "chargeDeclinedExpiredCard", "expired_card expired_card"),
    ("4000000000000127", "chargeDeclinedIncorrectCvc", "incorrect_cvc incorrect_cvc"),
    ("4000000000000119", "chargeDeclinedProcessingError", "processing_error processing_error"),
    ("4000000000006975", "visa_chargeDeclinedVelocityLimitExceeded", "card_declined card_velocity_exceeded"),
    ("4000000000000341", "chargeCustomerFail", "card_declined generic_decline"),
    ("4000002500003155", "authenticationRequiredOnSetup", ASKS),
    ("4000002760003184", "authenticationRequired", ASKS),
    ("4000003800000446", "authenticationRequiredSetupForOffSession", ASKS),
    ("4000008260003178", "authenticationRequiredChargeDeclinedInsufficientFunds", ASKS),
    ("4000000000003220", "threeDSecure2Required", ASKS),
    ("4000000000003063", "threeDSecureRequired", ASKS),
    ("4000000000000259", "createDispute", PAYS),
    ("4000000000002685", "createDisputeProductNotReceived", PAYS),
    ("4000000000001976", "createDisputeInquiry", PAYS),
    ("4000000000005423", "createIssuerFraudRecord", PAYS),
    ("4000000000007726", "pendingRefund", PAYS),
    ("4000000000005126", "refundFail", PAYS),
    ("4100000000000019", "radarBlock", "card_declined fraudulent"),
    ("4000000000004954", "riskLevelHighest", "card_declined fraudulent"),
    ("4000000000009235", "riskLevelElevated", PAYS),
    ("4000000000000101", "cvcCheckFail", PAYS),
    ("4000000000000036", "avsZipFail", PAYS),
    ("4000000000000028", "avsLine1Fail", PAYS),
    ("4000000000000010", "avsFail", PAYS),
    ("4000000000000044", "avsUnchecked", PAYS),
    ("4000058400307872", "cvcCheckFailElevatedRisk", PAYS),
    ("4000058400306072", "avsZipFailElevatedRisk", PAYS),
]
ATTACH = ("4000000000000341", "4100000000000019", "4000000000004954")  # although no payment succeeds


@pytest.fixture(name="shop")
def _shop() -> Merchant:
    return Merchant(empty())


@pytest.mark.parametrize(("number", "name", "outcome"), CARDS, ids=[number for number, _, _ in CARDS])
def test_a_payment_with_each_card_goes_as_published(
    shop: Merchant, number: str, name: str, outcome: str
) -> None:
    """By the shared payment method, and by the number that is typed."""
    card = {"number": number, "exp_month": "12", "exp_year": "2034", "cvc": "123"}
    typed = shop.post("payment_methods", type="card", card=card)["id"]
    for method in (f"pm_card_{name}", typed):
        assert _paid_with(shop, method) == outcome
    assert shop.get(f"payment_methods/{typed}")["card"]["last4"] == number[-4:]


def _paid_with(shop: Merchant, method: str) -> str:
    answer = shop.pay(method)
    if shop.status == 200:
        return str(answer["status"])
    assert shop.status == 402
    return f"{answer['error']['code']} {answer['error']['decline_code']}"


@pytest.mark.parametrize(("number", "name", "outcome"), CARDS, ids=[number for number, _, _ in CARDS])
def test_a_card_that_is_declined_cannot_be_kept(shop: Merchant, number: str, name: str, outcome: str) -> None:
    """Except those that are for that."""
    customer = shop.post("customers")["id"]
    shop.post(f"payment_methods/pm_card_{name}/attach", customer=customer)
    keeps = number in ATTACH or outcome in (PAYS, ASKS)
    assert shop.status == (200 if keeps else 402)


@pytest.mark.parametrize(
    ("name", "line1", "postal_code", "cvc"),
    [
        ("visa", None, None, "pass"),
        ("cvcCheckFail", None, None, "fail"),
        ("avsZipFail", None, "fail", "pass"),
        ("avsLine1Fail", "fail", None, "pass"),
        ("avsFail", "fail", "fail", "pass"),
        ("avsUnchecked", "unavailable", "unavailable", "pass"),
    ],
)
def test_the_checks_of_a_card_are_shown_wherever_it_is(
    shop: Merchant, name: str, line1: str | None, postal_code: str | None, cvc: str | None
) -> None:
    """On the method, on its charge, and on a card of the old kind, which says zip for postal code."""
    checks = {"address_line1_check": line1, "address_postal_code_check": postal_code, "cvc_check": cvc}
    charge = shop.post("charges", amount=500, currency="usd", source=f"tok_{name}")
    intent = shop.pay(f"pm_card_{name}", expand=["payment_method", "latest_charge"])

    assert intent["payment_method"]["card"]["checks"] == checks
    assert intent["latest_charge"]["payment_method_details"]["card"]["checks"] == checks
    old = charge["source"]
    assert (old["address_line1_check"], old["address_zip_check"], old["cvc_check"]) == (
        line1,
        postal_code,
        cvc,
    )


@pytest.mark.parametrize(("name", "level"), [("riskLevelElevated", "elevated"), ("radarBlock", "highest")])
def test_a_risk_is_told_with_the_outcome(shop: Merchant, name: str, level: str) -> None:
    """Elevated is paid, highest is blocked."""
    _paid_with(shop, f"pm_card_{name}")
    assert shop.get("charges")["data"][0]["outcome"]["risk_level"] == level


def _warning(shop: Merchant) -> dict[str, Any]:
    charge = shop.pay("pm_card_createIssuerFraudRecord")["latest_charge"]
    (warning,) = shop.get("radar/early_fraud_warnings", charge=charge)["data"]
    return dict(warning)


def _told(shop: Merchant) -> list[str]:
    return [event.type for event in shop.world.events]


def test_an_early_fraud_warning_follows_its_card(shop: Merchant) -> None:
    """The payment stays paid; the warning is told, and found by its id, its charge and its payment."""
    warning = _warning(shop)
    assert _told(shop)[-1] == "radar.early_fraud_warning.created"
    assert (warning["object"], warning["actionable"]) == ("radar.early_fraud_warning", True)

    path = f"radar/early_fraud_warnings/{warning['id']}"
    shown = shop.get(path, expand=["charge"])
    assert (shown["charge"]["paid"], shown["charge"]["disputed"]) == (True, False)
    found = shop.get("radar/early_fraud_warnings", payment_intent=warning["payment_intent"])["data"]
    assert [each["id"] for each in found] == [warning["id"]]


def test_a_warning_is_not_actionable_once_the_charge_is_given_back(shop: Merchant) -> None:
    """A part leaves it as it was."""
    warning = _warning(shop)
    path = f"radar/early_fraud_warnings/{warning['id']}"
    shop.post("refunds", charge=warning["charge"], amount=400)
    assert shop.get(path)["actionable"]
    shop.post("refunds", charge=warning["charge"])

    assert not shop.get(path)["actionable"]
    assert _told(shop).count("radar.early_fraud_warning.updated") == 1


def test_no_card_is_both_simulated_and_refused_by_name() -> None:
    """The lists do not overlap."""
    for behavior in BEHAVIOR.values():
        assert not is_not_simulated(behavior.number)
    for number, name, _ in CARDS:
        assert card_numbered(number) is not None
        assert not is_not_simulated(f"pm_card_{name}")
