"""Plans, the legacy view of prices, and the ways in which a price can say what it costs."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.objects import Price


def test_a_plan_is_a_price_of_the_same_id(account: Account) -> None:
    """Made with its product, told in both words, and gone from both lists when it is deleted."""
    plans = account.stripe.v1.plans
    made = plans.create(
        {"id": "gold", "currency": "usd", "interval": "month", "amount": 2000, "product": {"name": "Gold"}}
    )
    assert (made.amount, made.interval, made.active) == (2000, "month", True)
    price = account.stripe.v1.prices.retrieve("gold")
    assert (price.unit_amount, price.product) == (2000, made.product)
    assert plans.update("gold", {"metadata": {"a": "b"}}).metadata["a"] == "b"

    assert plans.delete("gold").deleted
    assert (plans.list().data, account.stripe.v1.prices.list().data) == ([], [])
    assert [event.type for event in account.holder.world.events] == [
        "product.created",
        *("plan.created", "price.created", "plan.updated", "price.updated", "plan.deleted", "price.deleted"),
    ]


def test_a_recurring_price_is_a_plan(account: Account) -> None:
    """A one-time price is none."""
    price, once = account.price(), account.price(recurring=None)

    assert account.stripe.v1.plans.retrieve(price.id).amount == 1200
    assert [plan.id for plan in account.stripe.v1.plans.list().data] == [price.id]
    with pytest.raises(stripe.InvalidRequestError, match="No such plan"):
        account.stripe.v1.plans.retrieve(once.id)


TIERS = [
    {"up_to": 10, "unit_amount": 100, "flat_amount": 500},
    {"up_to": "inf", "unit_amount_decimal": "50.5"},
]


@pytest.mark.parametrize(
    ("fields", "quantity", "amount"),
    [
        ({"unit_amount": None, "unit_amount_decimal": "0.5"}, 3, 2),
        ({"unit_amount": None, "unit_amount_decimal": "12.0"}, 3, 36),
        ({"unit_amount": 100, "transform_quantity": {"divide_by": 10, "round": "up"}}, 11, 200),
        ({"unit_amount": 100, "transform_quantity": {"divide_by": 10, "round": "down"}}, 19, 100),
        ({"tiers": TIERS, "tiers_mode": "graduated"}, 12, 500 + 1000 + 101),
        ({"tiers": TIERS, "tiers_mode": "volume"}, 12, 606),
        ({"tiers": TIERS, "tiers_mode": "volume"}, 10, 1500),
    ],
)
def test_a_price_says_what_so_many_cost(
    account: Account, fields: dict[str, Any], quantity: int, amount: int
) -> None:
    """Fractions of a cent, packages and tiers."""
    if "tiers" in fields:
        fields = {**fields, "unit_amount": None, "billing_scheme": "tiered"}
    made = account.price(**fields)

    assert account.holder.world.get(Price, made.id).amount_of(quantity) == amount
    if "tiers" in fields:
        assert made.unit_amount is None
        shown = account.stripe.v1.prices.retrieve(made.id, {"expand": ["tiers"]})
        assert [tier.up_to for tier in shown.tiers] == [10, None]


@pytest.mark.parametrize(
    "fields",
    [
        {"unit_amount": None},
        {"unit_amount_decimal": "1.5"},
        {"unit_amount": None, "tiers": TIERS},
        {"unit_amount": None, "tiers": TIERS[:1], "tiers_mode": "volume", "billing_scheme": "tiered"},
    ],
)
def test_a_price_says_it_in_one_way(account: Account, fields: dict[str, Any]) -> None:
    """None, two, or half of one is refused."""
    with pytest.raises(stripe.InvalidRequestError):
        account.price(**fields)


def test_a_product_has_looks(account: Account) -> None:
    """Images, marketing features, a unit, a size, a web address."""
    looks: Any = {
        "images": ["https://x.test/1.png"],
        "marketing_features": [{"name": "Fast"}],
        "package_dimensions": {"height": 1, "length": 2, "weight": 3, "width": 4},
        "shippable": False,
        "statement_descriptor": "NYRA",
        "tax_code": "txcd_10103001",
        "unit_label": "seat",
        "url": "https://x.test",
    }
    made = account.stripe.v1.products.create({"name": "Pro", **looks})

    assert {name: made.to_dict()[name] for name in looks} == looks
    assert account.stripe.v1.products.list({"shippable": False}).data[0].id == made.id
    cleared = account.stripe.v1.products.update(made.id, {"images": "", "url": ""})
    assert (cleared.images, cleared.url) == ([], None)
