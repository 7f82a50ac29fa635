"""Payment methods, sources, tokens and setup intents by API: https://docs.stripe.com/api/payment_methods."""

from __future__ import annotations

from typing import Any

import pytest
from merchant import Merchant
from worlds import empty

from rehearsal_harness.core.actions import Authenticate

VISA = {"number": "4242 4242 4242 4242", "exp_month": 3, "exp_year": 2041, "cvc": "314"}


@pytest.fixture(name="shop")
def _shop() -> Merchant:
    return Merchant(empty())


def _ids(body: dict[str, Any]) -> list[str]:
    return [each["id"] for each in body["data"]]


@pytest.mark.parametrize("card", [{"token": "tok_visa"}, VISA])
def test_a_card_becomes_a_payment_method(shop: Merchant, card: dict[str, Any]) -> None:
    """By token, or by one of the test numbers; no event says so."""
    address = {"country": "US", "postal_code": "94103"}
    method = shop.post(
        "payment_methods",
        type="card",
        card=card,
        billing_details={"email": "ada@example.com", "name": "Ada", "address": address},
        metadata={"seat": "1"},
    )

    assert (method["card"]["last4"], method["card"]["brand"], method["customer"]) == ("4242", "visa", None)
    assert method["billing_details"]["address"]["postal_code"] == "94103"
    assert (method["metadata"], shop.happened) == ({"seat": "1"}, [])


@pytest.mark.parametrize(
    ("card", "status", "code"),
    [
        ({**VISA, "number": "4242424242424241"}, 402, "incorrect_number"),
        ({**VISA, "number": "4000000404000079"}, 400, "not_simulated"),
        ({"number": "4242424242424242"}, 400, "parameter_missing"),
        ({"token": "tok_0"}, 400, "resource_missing"),
        ({"token": "tok_createMultipleDisputes"}, 400, "not_simulated"),
        ({}, 400, "parameter_missing"),
    ],
)
def test_what_is_no_test_card_is_refused(
    shop: Merchant, card: dict[str, Any], status: int, code: str
) -> None:
    """In Stripe's words where it is nobody's card, by name where Stripe has it and the simulation has not."""
    error = shop.refused("payment_methods", type="card", card=card or {"networks": {}})

    assert (shop.status, error["code"]) == (status, code)


def test_a_real_looking_number_is_refused_as_unsafe(shop: Merchant) -> None:
    """A number with a right check digit that Stripe does not publish for tests."""
    number = "4" + "1" * 15
    error = shop.refused("payment_methods", type="card", card={**VISA, "number": number})

    assert shop.status == 400
    assert "generally unsafe" in error["message"]
    assert number not in error["message"]


def test_a_shared_id_stands_for_a_new_method_each_time(shop: Merchant) -> None:
    """pm_card_visa is nobody's: attaching it twice gives two methods."""
    customer = shop.post("customers")["id"]
    first, second = (
        shop.post("payment_methods/pm_card_visa/attach", customer=customer)["id"] for _ in range(2)
    )

    assert shop.happened == ["payment_method.attached"]
    assert _ids(shop.get(f"customers/{customer}/payment_methods")) == [second, first]
    assert _ids(shop.get("payment_methods", customer=customer, type="card")) == [second, first]
    assert _ids(shop.get("payment_methods", customer=customer, type="sepa_debit")) == []
    assert shop.get(f"customers/{customer}/payment_methods/{first}")["id"] == first


def test_a_declined_card_cannot_be_attached(shop: Merchant) -> None:
    """402, and nothing is kept: https://docs.stripe.com/testing."""
    customer = shop.post("customers")["id"]
    error = shop.refused("payment_methods/pm_card_visa_chargeDeclined/attach", customer=customer)

    assert (shop.status, error["code"], error["decline_code"]) == (402, "card_declined", "generic_decline")
    assert _ids(shop.get(f"customers/{customer}/payment_methods")) == []


def test_a_method_is_attached_once(shop: Merchant) -> None:
    """Neither to two customers, nor again after it was detached."""
    customer = shop.post("customers")["id"]
    method = shop.post("payment_methods/pm_card_visa/attach", customer=customer)["id"]
    attach = f"payment_methods/{method}/attach"
    assert "already been attached" in shop.refused(attach, customer=customer)["message"]
    shop.post(f"payment_methods/{method}/detach")

    assert "may not be used again" in shop.refused(attach, customer=customer)["message"]
    assert "not attached" in shop.refused(f"payment_methods/{method}/detach")["message"]


def test_a_detached_method_is_no_default_any_more(shop: Merchant) -> None:
    """The customer is told of as well, and the list is empty."""
    new = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = shop.post("customers", **new)
    method = customer["invoice_settings"]["default_payment_method"]
    detached = shop.post(f"payment_methods/{method}/detach")

    assert detached["customer"] is None
    assert shop.happened == ["payment_method.detached", "customer.updated"]
    found = shop.get(f"customers/{customer['id']}")
    assert found["invoice_settings"]["default_payment_method"] is None
    assert _ids(shop.get(f"customers/{customer['id']}/payment_methods")) == []


def test_a_method_is_changed_while_it_is_a_customers(shop: Merchant) -> None:
    """Expiry, billing details and metadata; previous_attributes says what they were."""
    customer = shop.post("customers", payment_method="pm_card_visa")["id"]
    (method,) = _ids(shop.get(f"customers/{customer}/payment_methods"))
    shop.post(f"payment_methods/{method}", card={"exp_year": 2039}, billing_details={"name": "Ada"})

    assert shop.happened == ["payment_method.updated"]
    changed = shop.get("events", type="payment_method.updated")["data"][0]["data"]["previous_attributes"]
    assert changed == {"billing_details": {"name": None}, "card": {"exp_year": 2034}}
    free = shop.post("payment_methods", type="card", card={"token": "tok_visa"})["id"]
    assert "attach" in shop.refused(f"payment_methods/{free}", metadata={"a": "b"})["message"]


def test_a_bank_account_in_the_us_is_a_method_too(shop: Merchant) -> None:
    """Its type is rendered under its own name."""
    account = {"account_number": "000123456789", "routing_number": "110000000"}
    method = shop.post("payment_methods", type="us_bank_account", us_bank_account=account)

    assert (method["type"], method["us_bank_account"]["last4"]) == ("us_bank_account", "6789")


def test_other_kinds_are_refused_by_name(shop: Merchant) -> None:
    """Stripe has fifty more."""
    error = shop.refused("payment_methods", type="klarna")

    assert (error["code"], error["param"]) == ("not_simulated", "type")


def test_a_token_is_used_once(shop: Merchant) -> None:
    """What a page made of a typed card; the shared ones are never used up."""
    token = shop.post("tokens", card={**VISA, "name": "Ada"})
    assert (token["object"], token["card"]["last4"], token["used"]) == ("token", "4242", False)
    method = shop.post("payment_methods", type="card", card={"token": token["id"]})
    assert (method["card"]["exp_month"], method["card"]["exp_year"]) == (3, 2041)

    error = shop.refused("payment_methods", type="card", card={"token": token["id"]})
    assert error["code"] == "token_already_used"
    assert shop.get(f"tokens/{token['id']}")["used"] is True


def test_the_first_source_is_the_default(shop: Merchant) -> None:
    """A card in the old way: told of as customer.source.created, and charged by renewals."""
    customer = shop.post("customers")["id"]
    first = shop.post(f"customers/{customer}/sources", source="tok_visa")
    assert shop.happened == ["customer.source.created", "customer.updated"]
    second = shop.post(f"customers/{customer}/sources", source="tok_mastercard")["id"]
    assert (first["object"], first["brand"]) == ("card", "Visa")
    assert shop.get(f"customers/{customer}")["default_source"] == first["id"]

    assert _ids(shop.get(f"customers/{customer}/sources")) == [second, first["id"]]
    assert shop.get(f"payment_methods/{second}")["card"]["brand"] == "mastercard"
    gone = shop.delete(f"customers/{customer}/sources/{first['id']}")
    assert gone["deleted"] is True
    assert shop.happened == ["customer.source.deleted", "customer.updated"]
    assert shop.get(f"customers/{customer}", expand=["default_source"])["default_source"]["id"] == second


def test_the_oldest_integrations_send_a_card_in_a_hash(shop: Merchant) -> None:
    """As a source, to the customer's cards, and to a charge; a declined one is refused."""
    customer = shop.post("customers")["id"]
    card = {"object": "card", **VISA}
    kept = shop.post(f"customers/{customer}/cards", source=card)
    assert (kept["last4"], kept["exp_year"], shop.get(f"customers/{customer}")["default_source"]) == (
        "4242",
        2041,
        kept["id"],
    )
    assert shop.post("charges", amount=1000, currency="usd", source=card)["paid"] is True

    shop.refused(f"customers/{customer}/cards", source={**card, "number": "4000000000000002"})
    assert shop.status == 402


def test_a_source_is_changed(shop: Merchant) -> None:
    """Its address and name."""
    customer = shop.post("customers", source="tok_visa")
    path = f"customers/{customer['id']}/sources/{customer['default_source']}"
    changed = shop.post(path, name="Ada", address_zip="94103", exp_year=2040)

    assert shop.happened == ["customer.source.updated"]
    assert (changed["name"], changed["address_zip"], changed["exp_year"]) == ("Ada", "94103", 2040)
    assert shop.get(f"customers/{customer['id']}/sources/card_0")["error"]["code"] == "resource_missing"


def test_a_subscription_is_paid_from_a_source(shop: Merchant) -> None:
    """As the fixtures of Stripe's CLI make their customers."""
    customer = shop.post("customers", source="tok_visa")["id"]
    product = shop.post("products", name="Pro")["id"]
    month = {"interval": "month"}
    price = shop.post("prices", product=product, unit_amount=1200, currency="usd", recurring=month)["id"]

    assert shop.post("subscriptions", customer=customer, items=[{"price": price}])["status"] == "active"


def test_a_method_is_kept_without_a_payment(shop: Merchant) -> None:
    """A setup intent that is confirmed at once attaches it."""
    customer = shop.post("customers")["id"]
    setup = shop.post("setup_intents", customer=customer, payment_method="pm_card_visa", confirm=True)

    assert (setup["status"], setup["usage"]) == ("succeeded", "off_session")
    assert shop.happened == ["setup_intent.created", "payment_method.attached", "setup_intent.succeeded"]
    assert _ids(shop.get(f"customers/{customer}/payment_methods")) == [setup["payment_method"]]
    assert _ids(shop.get("setup_intents", customer=customer)) == [setup["id"]]


def test_a_setup_that_fails_is_402_with_the_setup_intent_inside(shop: Merchant) -> None:
    """It waits for another method."""
    error = shop.refused("setup_intents", payment_method="pm_card_chargeDeclined", confirm=True)

    assert (shop.status, error["code"], error["decline_code"]) == (402, "card_declined", "generic_decline")
    assert shop.happened == ["setup_intent.created", "setup_intent.setup_failed"]
    setup = error["setup_intent"]
    assert (setup["status"], setup["last_setup_error"]["code"]) == (
        "requires_payment_method",
        "card_declined",
    )
    again = shop.post(f"setup_intents/{setup['id']}/confirm", payment_method="pm_card_visa")
    assert again["status"] == "succeeded"


@pytest.mark.parametrize(
    ("succeeded", "status", "told"),
    [
        (True, "succeeded", "setup_intent.succeeded"),
        (False, "requires_payment_method", "setup_intent.setup_failed"),
    ],
)
def test_the_bank_may_ask_before_a_method_is_kept(
    shop: Merchant, succeeded: bool, status: str, told: str
) -> None:
    """The page for it is named; what the customer answers decides."""
    asking = {"payment_method": "pm_card_authenticationRequired", "confirm": True}
    setup = shop.post("setup_intents", **asking, return_url="https://x.test/back")
    assert shop.happened == ["setup_intent.created", "setup_intent.requires_action"]
    assert setup["next_action"]["redirect_to_url"]["url"].endswith(f"/3ds/{setup['id']}")
    shop.do(Authenticate(setup["id"], succeeded))

    assert (shop.happened, shop.get(f"setup_intents/{setup['id']}")["status"]) == ([told], status)


def test_a_setup_is_canceled_while_it_is_open(shop: Merchant) -> None:
    """Afterwards neither canceled again nor confirmed."""
    setup = f"setup_intents/{shop.post('setup_intents', description='later')['id']}"
    assert "missing a payment method" in shop.refused(f"{setup}/confirm")["message"]
    canceled = shop.post(f"{setup}/cancel", cancellation_reason="abandoned")

    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "abandoned")
    for verb in ("cancel", "confirm"):
        assert shop.refused(f"{setup}/{verb}")["code"] == "setup_intent_unexpected_state"
