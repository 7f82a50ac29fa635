"""Payment intents as a merchant makes them by API: https://docs.stripe.com/payments/paymentintents/lifecycle."""

from __future__ import annotations

from typing import Any

import pytest
from merchant import Merchant
from worlds import empty

from rehearsal_harness.core.actions import Authenticate, SettlePayment
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.errors import NotSimulated
from rehearsal_specs.tables import NoTransition

TEN = {"amount": 1000, "currency": "usd"}


@pytest.fixture(name="shop")
def _shop() -> Merchant:
    return Merchant(empty())


def _customer(shop: Merchant, method: str = "pm_card_visa") -> tuple[str, str]:
    """A customer and the method attached to it."""
    customer = shop.post("customers", payment_method=method)["id"]
    return customer, shop.get(f"customers/{customer}/payment_methods")["data"][0]["id"]


def test_a_payment_confirmed_at_once_succeeds(shop: Merchant) -> None:
    """The intent is told of as it began, then the charge, then the success."""
    intent = shop.pay(metadata={"order": "7"}, description="ten dollars", receipt_email="ada@example.com")

    assert shop.happened == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 1000)
    assert intent["client_secret"].startswith(f"{intent['id']}_secret_")
    charge = shop.get(f"charges/{intent['latest_charge']}")
    assert (charge["metadata"], charge["description"]) == ({"order": "7"}, "ten dollars")
    assert (charge["receipt_email"], charge["paid"]) == ("ada@example.com", True)


def test_the_money_reaches_the_balance_later(shop: Merchant) -> None:
    """Its balance transaction comes with charge.updated."""
    charge = shop.pay()["latest_charge"]
    assert shop.get(f"charges/{charge}")["balance_transaction"] is None
    shop.wait(3)

    assert shop.happened == ["charge.updated"]
    assert shop.get(f"charges/{charge}")["balance_transaction"].startswith("txn_")


def test_step_by_step_the_status_says_what_is_missing(shop: Merchant) -> None:
    """First the method, then the confirmation; no event says that the method was named."""
    first = shop.post("payment_intents", **TEN)
    named = shop.post(f"payment_intents/{first['id']}", payment_method="pm_card_visa", metadata={"a": "b"})
    assert shop.happened == []
    done = shop.post(f"payment_intents/{first['id']}/confirm")

    assert [each["status"] for each in (first, named, done)] == [
        "requires_payment_method",
        "requires_confirmation",
        "succeeded",
    ]
    assert done["metadata"] == {"a": "b"}


def test_a_declined_payment_is_402_with_the_intent_inside(shop: Merchant) -> None:
    """Code, decline code, charge and method; the intent waits for another method."""
    error = shop.pay("pm_card_visa_chargeDeclinedInsufficientFunds")["error"]

    assert shop.status == 402
    assert shop.happened == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert (error["type"], error["code"]) == ("card_error", "card_declined")
    assert error["decline_code"] == "insufficient_funds"
    assert error["message"] == "Your card has insufficient funds."
    intent = error["payment_intent"]
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert intent["last_payment_error"]["charge"] == error["charge"] == intent["latest_charge"]
    assert error["payment_method"]["card"]["last4"] == "9995"
    again = shop.post(f"payment_intents/{intent['id']}/confirm", payment_method="pm_card_visa")
    assert (again["status"], again["last_payment_error"]) == ("succeeded", None)


@pytest.mark.parametrize(
    ("name", "code", "decline_code"),
    [
        ("chargeDeclined", "card_declined", "generic_decline"),
        ("visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("chargeDeclinedFraudulent", "card_declined", "fraudulent"),
        ("chargeCustomerFail", "card_declined", "generic_decline"),
    ],
)
def test_each_declined_card_says_why(shop: Merchant, name: str, code: str, decline_code: str) -> None:
    """As https://docs.stripe.com/testing lists them."""
    error = shop.pay(f"pm_card_{name}")["error"]

    assert (shop.status, error["code"], error["decline_code"]) == (402, code, decline_code)
    assert shop.get(f"charges/{error['charge']}")["failure_code"] == code


def test_a_replayed_request_tells_the_same_decline(shop: Merchant) -> None:
    """A 402 is kept under its idempotency key, and nothing is charged twice."""
    params = {**TEN, "payment_method": "pm_card_chargeDeclined", "confirm": True}
    first = shop.ask("POST", "payment_intents", params, idempotency_key="once")
    again = shop.ask("POST", "payment_intents", params, idempotency_key="once")

    assert (shop.status, first) == (402, again)
    assert len(shop.world.charges) == 1


@pytest.mark.parametrize(
    ("more", "kind"), [({"return_url": "https://x.test/back"}, "redirect_to_url"), ({}, "use_stripe_sdk")]
)
def test_the_bank_may_want_the_customer(shop: Merchant, more: dict[str, str], kind: str) -> None:
    """There is no charge yet; the page for it is named, with the way back if there is one."""
    intent = shop.pay("pm_card_authenticationRequired", **more)

    assert shop.happened == ["payment_intent.created", "payment_intent.requires_action"]
    assert (intent["status"], intent["latest_charge"]) == ("requires_action", None)
    assert intent["next_action"]["type"] == kind
    assert f"https://hooks.stripe.com/3ds/{intent['id']}" in str(intent["next_action"])
    shop.do(Authenticate(intent["id"], succeeded=True))
    assert shop.happened == ["charge.succeeded", "payment_intent.succeeded"]


def test_a_customer_may_fail_to_convince_her_bank(shop: Merchant) -> None:
    """No charge was tried; the intent waits for another method."""
    intent = shop.pay("pm_card_threeDSecure2Required")["id"]
    shop.do(Authenticate(intent, succeeded=False))

    assert shop.happened == ["payment_intent.payment_failed"]
    found = shop.get(f"payment_intents/{intent}")
    assert found["status"] == "requires_payment_method"
    assert found["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert len(shop.world.charges) == 0


def test_a_card_may_decline_after_its_holder_was_asked(shop: Merchant) -> None:
    """4000008260003178."""
    intent = shop.pay("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")["id"]
    shop.do(Authenticate(intent, succeeded=True))

    assert shop.happened == ["charge.failed", "payment_intent.payment_failed"]


def test_nobody_answers_a_bank_that_did_not_ask(shop: Merchant) -> None:
    """Authenticating a payment that is not waiting for it."""
    with pytest.raises(NoTransition):
        shop.do(Authenticate(shop.post("payment_intents", **TEN, payment_method="pm_card_visa")["id"], True))


@pytest.mark.parametrize("more", [{"off_session": True}, {"error_on_requires_action": True}])
def test_who_cannot_be_asked_is_declined(shop: Merchant, more: dict[str, bool]) -> None:
    """402 authentication_required, with a failed charge."""
    customer, method = _customer(shop, "pm_card_authenticationRequired")
    error = shop.pay(method, customer=customer, **more)["error"]

    assert (shop.status, error["code"]) == (402, "authentication_required")
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert shop.happened[1:] == ["charge.failed", "payment_intent.payment_failed"]


def test_a_card_that_was_set_up_is_charged_off_session(shop: Merchant) -> None:
    """4000002500003155: asked once while she was there, never again while she is not."""
    customer = shop.post("customers")["id"]
    setup = shop.post(
        "setup_intents",
        customer=customer,
        payment_method="pm_card_authenticationRequiredOnSetup",
        confirm=True,
    )
    shop.do(Authenticate(setup["id"], succeeded=True))
    method = shop.get(f"setup_intents/{setup['id']}")["payment_method"]

    assert shop.pay(method, customer=customer, off_session=True)["status"] == "succeeded"
    assert shop.pay(method, customer=customer)["status"] == "requires_action"


def test_a_merchant_may_confirm_once_more_itself(shop: Merchant) -> None:
    """confirmation_method=manual: after the customer answered, the intent waits for the merchant."""
    intent = shop.pay("pm_card_authenticationRequired", confirmation_method="manual")["id"]
    shop.do(Authenticate(intent, succeeded=True))
    assert (shop.happened, shop.get(f"payment_intents/{intent}")["status"]) == ([], "requires_confirmation")

    assert shop.post(f"payment_intents/{intent}/confirm")["status"] == "succeeded"


def test_an_amount_is_reserved_and_captured(shop: Merchant) -> None:
    """capture_method=manual; a part may be taken."""
    intent = shop.pay(capture_method="manual")
    assert (intent["status"], intent["amount_capturable"]) == ("requires_capture", 1000)
    assert shop.happened[1:] == ["charge.succeeded", "payment_intent.amount_capturable_updated"]
    assert shop.get(f"charges/{intent['latest_charge']}")["captured"] is False
    done = shop.post(f"payment_intents/{intent['id']}/capture", amount_to_capture=700)

    assert shop.happened == ["charge.captured", "payment_intent.succeeded"]
    assert (done["amount_received"], done["amount_capturable"]) == (700, 0)
    charge = shop.get(f"charges/{intent['latest_charge']}")
    assert (charge["captured"], charge["amount_captured"], charge["refunded"]) == (True, 700, False)


def test_more_than_was_reserved_is_not_captured(shop: Merchant) -> None:
    """Nor anything twice."""
    intent = f"payment_intents/{shop.pay(capture_method='manual')['id']}"
    assert shop.refused(f"{intent}/capture", amount_to_capture=1001)["code"] == "amount_too_large"
    shop.post(f"{intent}/capture")

    assert shop.refused(f"{intent}/capture")["code"] == "payment_intent_unexpected_state"


def test_a_reserved_amount_is_released_after_seven_days(shop: Merchant) -> None:
    """The intent is canceled by itself."""
    intent = shop.pay(capture_method="manual")["id"]
    shop.wait(7 * DAY_S)

    assert shop.happened == ["charge.expired", "payment_intent.canceled"]
    assert shop.get(f"payment_intents/{intent}")["cancellation_reason"] == "automatic"


def test_canceling_releases_what_was_reserved(shop: Merchant) -> None:
    """Stripe shows the charge as refunded."""
    intent = shop.pay(capture_method="manual")
    shop.post(f"payment_intents/{intent['id']}/cancel", cancellation_reason="requested_by_customer")

    assert shop.happened == ["charge.refunded", "payment_intent.canceled"]
    assert shop.get(f"charges/{intent['latest_charge']}")["refunded"] is True
    shop.wait(8 * DAY_S)
    assert shop.happened == []


def test_what_is_over_is_neither_canceled_nor_confirmed(shop: Merchant) -> None:
    """400 payment_intent_unexpected_state, with the statuses that allow it."""
    intent = f"payment_intents/{shop.pay()['id']}"
    for verb in ("cancel", "confirm"):
        error = shop.refused(f"{intent}/{verb}")
        assert (shop.status, error["code"]) == (400, "payment_intent_unexpected_state")
        assert "requires_confirmation" in error["message"]
    assert shop.refused(intent, amount=2000)["code"] == "payment_intent_unexpected_state"
    assert shop.post(intent, metadata={"late": "yes"})["metadata"] == {"late": "yes"}


def _debit(shop: Merchant, iban: str) -> Any:
    method = shop.post("payment_methods", type="sepa_debit", sepa_debit={"iban": iban})["id"]
    return shop.post(
        "payment_intents",
        amount=1000,
        currency="eur",
        payment_method=method,
        confirm=True,
        mandate_data={"customer_acceptance": {"type": "offline"}},
    )


@pytest.mark.parametrize(
    ("iban", "after", "told"),
    [
        ("AT321904300235473204", "succeeded", ["charge.succeeded", "payment_intent.succeeded"]),
        (
            "AT861904300235473202",
            "requires_payment_method",
            ["charge.failed", "payment_intent.payment_failed"],
        ),
    ],
)
def test_the_bank_of_a_debit_answers_later(shop: Merchant, iban: str, after: str, told: list[str]) -> None:
    """Processing, and three minutes later what the test account says."""
    intent = _debit(shop, iban)
    assert intent["status"] == "processing"
    assert shop.happened[1:] == ["charge.pending", "payment_intent.processing"]
    shop.wait(180)

    assert shop.happened[:2] == told
    assert shop.get(f"payment_intents/{intent['id']}")["status"] == after


def test_somebody_may_play_the_bank(shop: Merchant) -> None:
    """The answer comes when it is given, and only once."""
    intent = _debit(shop, "DE89370400440532013000")["id"]
    shop.do(SettlePayment(intent, succeeded=False))
    assert shop.happened == ["charge.failed", "payment_intent.payment_failed"]

    with pytest.raises((NoTransition, NotSimulated)):
        shop.do(SettlePayment(intent, succeeded=True))
    assert shop.wait(3600).happened == []


def test_a_method_is_kept_where_it_is_asked_for(shop: Merchant) -> None:
    """setup_future_usage attaches it; without it a method that is nobody's is used up."""
    customer = shop.post("customers")["id"]
    kept = shop.pay(customer=customer, setup_future_usage="off_session")["payment_method"]
    assert shop.happened[-1] == "payment_method.attached"
    assert shop.get(f"payment_methods/{kept}")["customer"] == customer
    used = shop.pay()["payment_method"]

    error = shop.pay(used)["error"]
    assert "may not be used again" in error["message"]


def test_a_customers_method_is_used_with_its_customer_only(shop: Merchant) -> None:
    """Neither without nor by another one."""
    customer, method = _customer(shop)
    other = shop.post("customers")["id"]

    assert customer in shop.pay(method)["error"]["message"]
    assert "must be attached to the customer" in shop.pay(method, customer=other)["error"]["message"]
    assert shop.pay(method, customer=customer)["status"] == "succeeded"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"currency": "usd"}, "amount"),
        ({"amount": 1000}, "currency"),
        ({"amount": 49, "currency": "usd"}, "amount"),
        ({"amount": 1000, "currency": "dollar"}, "currency"),
        ({**TEN, "customer": "cus_0"}, "customer"),
        ({**TEN, "payment_method": "pm_0"}, "payment_method"),
        ({**TEN, "off_session": True}, "off_session"),
        ({**TEN, "return_url": "https://x.test"}, "return_url"),
        ({**TEN, "confirm": True, "automatic_payment_methods": {"enabled": True}}, "return_url"),
        ({**TEN, "payment_method_types": ["card"]}, "payment_method_types"),
        ({**TEN, "application_fee_amount": 1}, "application_fee_amount"),
        ({**TEN, "payment_method_data": {"type": "klarna", "klarna": {}}}, "payment_method_data"),
    ],
)
def test_what_makes_no_sense_names_its_parameter(shop: Merchant, params: dict[str, Any], param: str) -> None:
    """400, and nothing was written."""
    error = shop.refused("payment_intents", **params)

    assert shop.status == 400
    assert error["param"].startswith(param)
    assert len(shop.world.payment_intents) == 0


def test_payment_method_types_went_away_with_endive(shop: Merchant) -> None:
    """Refused with its own code; an older version takes it, and refuses a method of another type."""
    params = {**TEN, "payment_method_types": ["sepa_debit"]}
    error = shop.refused("payment_intents", **params)
    assert error["code"] == "payment_method_types_no_longer_supported"
    version = {"stripe_version": "2026-08-26.dahlia"}
    made = shop.ask("POST", "payment_intents", params, **version)
    assert made["payment_method_types"] == ["sepa_debit"]

    wrong = shop.ask("POST", "payment_intents", {**params, "payment_method": "pm_card_visa"}, **version)
    assert wrong["error"]["param"] == "payment_method"


def test_a_page_confirms_the_first_payment_of_an_invoice(shop: Merchant) -> None:
    """The intent of an open invoice is paid by its client secret, and the subscription becomes active."""
    customer, method = _customer(shop, "pm_card_chargeCustomerFail")
    shop.post(f"customers/{customer}", invoice_settings={"default_payment_method": method})
    product = shop.post("products", name="Pro")["id"]
    price = shop.post(
        "prices", product=product, unit_amount=1200, currency="usd", recurring={"interval": "month"}
    )
    subscription = shop.post("subscriptions", customer=customer, items=[{"price": price["id"]}])
    assert subscription["status"] == "incomplete"
    intent = next(shop.world.payment_intents.newest_first())
    paid = shop.post(f"payment_intents/{intent.id}/confirm", payment_method="pm_card_visa")

    assert paid["status"] == "succeeded"
    assert shop.get(f"subscriptions/{subscription['id']}")["status"] == "active"
    assert shop.refused(f"payment_intents/{intent.id}/cancel")["message"].startswith("You cannot cancel")


def test_lists_are_filtered(shop: Merchant) -> None:
    """By customer, and by when."""
    customer, method = _customer(shop)
    first = shop.pay(method, customer=customer)
    shop.wait(60)
    second = shop.pay()

    def ids(path: str, **params: Any) -> list[str]:
        return [each["id"] for each in shop.get(path, **params)["data"]]

    assert ids("payment_intents") == [second["id"], first["id"]]
    assert ids("payment_intents", customer=customer) == [first["id"]]
    assert ids("payment_intents", created={"gt": first["created"]}) == [second["id"]]
    assert ids("charges", payment_intent=first["id"]) == [first["latest_charge"]]


def test_the_client_secret_must_be_the_intents_own(shop: Merchant) -> None:
    """A page shows it to read its intent."""
    intent = shop.post("payment_intents", **TEN)
    path = f"payment_intents/{intent['id']}"

    assert shop.get(path, client_secret=intent["client_secret"])["id"] == intent["id"]
    assert shop.get(path, client_secret="pi_x")["error"]["param"] == "client_secret"


def test_a_charge_of_an_intent_shows_the_brand_that_paid(shop: Merchant) -> None:
    """Brand, funding and the last four."""
    charge = shop.pay("pm_card_mastercard_debit")["latest_charge"]
    card = shop.get(f"charges/{charge}")["payment_method_details"]["card"]

    assert (card["brand"], card["funding"], card["last4"]) == ("mastercard", "debit", "8210")
