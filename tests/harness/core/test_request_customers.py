"""Customers by API: what they may say, and what follows when they go: https://docs.stripe.com/api/customers."""

from __future__ import annotations

from typing import Any

import pytest
from merchant import Merchant
from worlds import empty

ADDRESS = {"line1": "510 Townsend St", "city": "San Francisco", "postal_code": "94103", "country": "US"}


@pytest.fixture(name="shop")
def _shop() -> Merchant:
    return Merchant(empty())


def test_everything_a_customer_says_is_kept(shop: Merchant) -> None:
    """And shown as it was said."""
    said = {
        "email": "ada@example.com",
        "address": ADDRESS,
        "shipping": {"name": "Ada", "phone": "1", "address": ADDRESS},
        "preferred_locales": ["en", "de"],
        "tax_exempt": "reverse",
        "invoice_prefix": "ADA",
        "next_invoice_sequence": 7,
        "invoice_settings": {
            "footer": "Thank you.",
            "custom_fields": [{"name": "PO", "value": "42"}],
            "rendering_options": {"amount_tax_display": "exclude_tax"},
        },
    }
    made = shop.post("customers", **said, tax={"validate_location": "deferred"})

    assert {name: made[name] for name in ("email", "preferred_locales", "tax_exempt")} == {
        "email": "ada@example.com",
        "preferred_locales": ["en", "de"],
        "tax_exempt": "reverse",
    }
    assert (made["invoice_prefix"], made["next_invoice_sequence"]) == ("ADA", 7)
    assert made["address"] == {**ADDRESS, "line2": None, "state": None}
    assert made["shipping"]["address"]["postal_code"] == "94103"
    assert made["invoice_settings"]["custom_fields"] == [{"name": "PO", "value": "42"}]
    assert made["invoice_settings"]["rendering_options"]["amount_tax_display"] == "exclude_tax"


def test_what_was_said_is_taken_back(shop: Merchant) -> None:
    """An empty value clears; previous_attributes has what was there."""
    customer = shop.post("customers", address=ADDRESS, phone="1", shipping={"name": "A", "address": ADDRESS})
    cleared = shop.post(f"customers/{customer['id']}", address="", phone="", shipping="", tax_exempt="")

    assert (cleared["address"], cleared["phone"], cleared["shipping"]) == (None, None, None)
    assert shop.happened == ["customer.updated"]
    (event,) = shop.get("events", type="customer.updated")["data"]
    assert event["data"]["previous_attributes"]["phone"] == "1"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"balance": "much"}, "balance"),
        ({"cash_balance": {"settings": {}}}, "cash_balance"),
        ({"tax_id_data": [{"type": "vat", "value": "DE1"}]}, "tax_id_data[0][type]"),
        ({"invoice_prefix": "no"}, "invoice_prefix"),
        ({"tax_exempt": "never"}, "tax_exempt"),
        ({"shipping": {"name": "Ada"}}, "shipping[address]"),
        ({"address": {"street": "x"}}, "address[street]"),
        ({"invoice_settings": {"default_payment_method": "pm_0"}}, "invoice_settings"),
        ({"source": "tok_0"}, "source"),
        ({"payment_method": "pm_0"}, "payment_method"),
    ],
)
def test_what_cannot_be_is_refused_and_named(shop: Merchant, params: dict[str, Any], param: str) -> None:
    """400, and no customer was made."""
    error = shop.refused("customers", **params)

    assert shop.status == 400
    assert error["param"].startswith(param)
    assert len(shop.world.customers) == 0


def test_a_customer_with_a_declined_card_is_not_made(shop: Merchant) -> None:
    """402, in both ways of giving it."""
    for params in ({"source": "tok_chargeDeclined"}, {"payment_method": "pm_card_visa_chargeDeclined"}):
        assert shop.refused("customers", **params)["code"] == "card_declined"
        assert (shop.status, len(shop.world.customers)) == (402, 0)


def test_a_default_must_be_the_customers_own(shop: Merchant) -> None:
    """Method and source; "" takes the default away."""
    other = shop.post("customers", payment_method="pm_card_visa", source="tok_visa")["id"]
    method = shop.get(f"customers/{other}/payment_methods")["data"][-1]["id"]
    customer = shop.post("customers")["id"]
    default = {"default_payment_method": method}
    assert shop.refused(f"customers/{customer}", invoice_settings=default)["code"] == "resource_missing"
    assert shop.refused(f"customers/{customer}", default_source=method)["param"] == "default_source"

    assert shop.post(f"customers/{other}", invoice_settings=default)["invoice_settings"] == {
        "custom_fields": None,
        "default_payment_method": method,
        "footer": None,
        "rendering_options": None,
    }
    cleared = shop.post(f"customers/{other}", invoice_settings={"default_payment_method": ""})
    assert cleared["invoice_settings"]["default_payment_method"] is None


def test_a_new_source_takes_the_place_of_the_default(shop: Merchant) -> None:
    """The old one is gone."""
    customer = shop.post("customers", source="tok_visa")
    after = shop.post(f"customers/{customer['id']}", source="tok_mastercard")

    assert after["default_source"] != customer["default_source"]
    assert shop.happened == ["customer.source.created", "customer.source.deleted", "customer.updated"]
    (left,) = shop.get(f"customers/{customer['id']}/sources")["data"]
    assert left["id"] == after["default_source"]


def test_who_is_deleted_takes_everything_along(shop: Merchant) -> None:
    """Subscriptions end, methods are nobody's, and only `deleted` is left."""
    new = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = shop.post("customers", **new)
    method = customer["invoice_settings"]["default_payment_method"]
    product = shop.post("products", name="Pro")["id"]
    month = {"interval": "month"}
    price = shop.post("prices", product=product, unit_amount=1200, currency="usd", recurring=month)["id"]
    shop.post("subscriptions", customer=customer["id"], items=[{"price": price}])
    shop.delete(f"customers/{customer['id']}")

    assert shop.happened == ["customer.subscription.deleted", "customer.deleted"]
    assert shop.get(f"payment_methods/{method}")["customer"] is None
    assert shop.get(f"customers/{customer['id']}")["deleted"] is True
    assert shop.refused("payment_methods/pm_card_visa/attach", customer=customer["id"])["param"] == "customer"
    assert shop.get("customers")["data"] == []


def test_customers_are_found_by_address_and_time(shop: Merchant) -> None:
    """The whole e-mail address, letter for letter."""
    first = shop.post("customers", email="ada@example.com")
    shop.wait(60)
    shop.post("customers", email="eve@example.com")

    assert [each["id"] for each in shop.get("customers", email="ada@example.com")["data"]] == [first["id"]]
    assert shop.get("customers", email="ADA@example.com")["data"] == []
    assert len(shop.get("customers", created={"gt": first["created"]})["data"]) == 1
    (found,) = shop.get("customers", email="ada@example.com", expand=["data.sources"])["data"]
    assert found["sources"]["data"] == []


def test_a_customer_has_tax_ids(shop: Merchant) -> None:
    """From the beginning or later; deleted ones are gone."""
    number = {"type": "eu_vat", "value": "FR12345678901"}
    customer = shop.post("customers", tax_id_data=[number], expand=["tax_ids"])
    assert shop.happened == ["customer.created", "customer.tax_id.created"]
    (first,) = customer["tax_ids"]["data"]
    assert (first["country"], first["verification"]["status"]) == ("FR", "pending")
    path = f"customers/{customer['id']}/tax_ids"
    second = shop.post(path, type="us_ein", value="12-3456789")

    assert [each["id"] for each in shop.get(path)["data"]] == [second["id"], first["id"]]
    assert shop.get(f"{path}/{second['id']}")["country"] == "US"
    assert shop.delete(f"{path}/{first['id']}")["deleted"] is True
    assert shop.happened == ["customer.tax_id.deleted"]
    assert shop.get(f"{path}/{first['id']}")["error"]["code"] == "resource_missing"
