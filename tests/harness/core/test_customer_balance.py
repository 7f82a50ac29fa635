"""A customer's balance: credit lowers her next invoices, debt raises them, and each change is kept."""

from __future__ import annotations

from typing import Any

import pytest
from merchant import Merchant
from worlds import empty

from rehearsal_harness.core.calendar import HOUR_S

DAY_S = 24 * HOUR_S


@pytest.fixture(name="shop")
def _shop() -> Merchant:
    return Merchant(empty())


def _customer(shop: Merchant, balance: int = 0) -> str:
    """Somebody with a card that works and that balance."""
    made = shop.post("customers", email="ada@example.com", source="tok_visa", balance=balance)
    return str(made["id"])


def _subscribed(shop: Merchant, customer: str, amount: int = 1200, **params: Any) -> dict[str, Any]:
    product = shop.post("products", name="Pro")["id"]
    month = {"interval": "month"}
    price = shop.post("prices", product=product, currency="usd", unit_amount=amount, recurring=month)["id"]
    return shop.post(
        "subscriptions", customer=customer, items=[{"price": price}], expand=["latest_invoice"], **params
    )


def _amounts(invoice: dict[str, Any]) -> tuple[int, ...]:
    names = "total starting_balance ending_balance amount_due amount_paid amount_remaining"
    return tuple(invoice[name] for name in names.split())


def _moves(shop: Merchant, customer: str) -> list[tuple[str, int, int]]:
    rows = shop.get(f"customers/{customer}/balance_transactions")["data"]
    return [(row["type"], row["amount"], row["ending_balance"]) for row in rows]


@pytest.mark.parametrize(
    ("balance", "amounts", "left"),
    [
        (-500, (1200, -500, 0, 700, 700, 0), 0),
        (-2000, (1200, -2000, -800, 0, 0, 0), -800),
        (300, (1200, 300, 0, 1500, 1500, 0), 0),
        (0, (1200, 0, 0, 1200, 1200, 0), 0),
    ],
)
def test_an_invoice_uses_the_balance_up(
    shop: Merchant, balance: int, amounts: tuple[int, ...], left: int
) -> None:
    """Only what is due is charged; what is left waits for the next invoice."""
    customer = _customer(shop, balance)
    subscription = _subscribed(shop, customer)

    assert _amounts(subscription["latest_invoice"]) == amounts
    assert (subscription["status"], subscription["latest_invoice"]["status"]) == ("active", "paid")
    assert shop.get(f"customers/{customer}")["balance"] == left
    charged = [each["amount"] for each in shop.get("charges", customer=customer)["data"]]
    assert charged == ([amounts[3]] if amounts[3] else [])


def test_each_change_is_a_transaction(shop: Merchant) -> None:
    """With the invoice that made it, and an event of the customer's."""
    customer = _customer(shop, -500)
    invoice = _subscribed(shop, customer)["latest_invoice"]["id"]
    assert _moves(shop, customer) == [("applied_to_invoice", 500, 0), ("initial", -500, -500)]

    path = f"customers/{customer}/balance_transactions"
    made = shop.post(path, amount=-900, currency="usd", description="sorry", metadata={"a": "b"})
    assert shop.happened == ["customer.updated"]
    assert (made["type"], made["amount"], made["ending_balance"]) == ("adjustment", -900, -900)
    assert shop.get(f"{path}/{made['id']}") == made
    assert shop.post(f"{path}/{made['id']}", description="thanks")["description"] == "thanks"
    (found,) = shop.get(path, invoice=invoice)["data"]
    assert found["invoice"] == invoice


def test_a_renewal_uses_what_is_left(shop: Merchant) -> None:
    """Its draft says so from the beginning; the whole of it is settled without money here."""
    customer = _customer(shop, -3000)
    _subscribed(shop, customer)
    shop.wait(31 * DAY_S)
    draft = shop.get("invoices", customer=customer)["data"][0]
    assert (draft["status"], draft["starting_balance"], draft["amount_due"]) == ("draft", -1800, 0)
    assert draft["ending_balance"] is None
    shop.wait(HOUR_S)

    assert _amounts(shop.get(f"invoices/{draft['id']}")) == (1200, -1800, -600, 0, 0, 0)
    assert shop.get(f"customers/{customer}")["balance"] == -600


def test_an_invoice_over_less_than_nothing_becomes_credit(shop: Merchant) -> None:
    """Paid at once, and nothing is due."""
    customer = _customer(shop)
    shop.post("invoiceitems", customer=customer, amount=-700, currency="usd")
    draft = shop.post("invoices", customer=customer, pending_invoice_items_behavior="include")
    invoice = shop.post(f"invoices/{draft['id']}/finalize")

    assert (invoice["status"], *_amounts(invoice)) == ("paid", -700, 0, -700, 0, 0, 0)
    assert shop.get(f"customers/{customer}")["balance"] == -700


def test_voiding_gives_back_what_was_used(shop: Merchant) -> None:
    """The customer has her credit again."""
    customer = _customer(shop, -500)
    shop.post("invoiceitems", customer=customer, amount=2000, currency="usd")
    draft = shop.post("invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    assert shop.post(f"invoices/{draft}/finalize", auto_advance=False)["amount_due"] == 1500
    shop.post(f"invoices/{draft}/void")

    assert _moves(shop, customer)[0] == ("unapplied_from_invoice", -500, -500)


def test_the_merchant_can_set_the_balance(shop: Merchant) -> None:
    """An update is an adjustment by the difference; the same again is none."""
    customer = _customer(shop)
    for _ in range(2):
        assert shop.post(f"customers/{customer}", balance=-250)["balance"] == -250
    assert _moves(shop, customer) == [("adjustment", -250, -250)]


def test_another_currency_is_refused_by_name(shop: Merchant) -> None:
    """There is one balance."""
    customer = _customer(shop, -250)
    error = shop.refused(f"customers/{customer}/balance_transactions", amount=5, currency="eur")
    assert (error["code"], error["param"]) == ("not_simulated", "currency")


def test_a_page_for_somebody_with_a_balance_is_refused_by_name(shop: Merchant) -> None:
    """What Checkout would take is not simulated."""
    customer = _customer(shop, -250)
    data = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Pro"}}
    line = {"price_data": {**data, "recurring": {"interval": "month"}}, "quantity": 1}
    page = {"success_url": "https://example.com", "line_items": [line], "mode": "subscription"}
    error = shop.refused("checkout/sessions", customer=customer, **page)
    assert (error["code"], error["param"]) == ("not_simulated", "customer")
