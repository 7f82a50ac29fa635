"""Another plan, quantity or price in the portal: what it costs is told before it is made."""

from __future__ import annotations

from typing import Any

import pytest
from benches import ask
from hosting import (
    Visitor,
    location,
    now,
    portal,
    price_of,
    session_of,
    text_of,
)

from rehearsal_harness.core.objects import Subscription
from rehearsal_harness.serving.bench import Bench

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 24 * 3_600
CANNOT_PAY = "4000000000000341"


def offering(bench: Bench, *prices: str, **more: Any) -> dict[str, Any]:
    """Features that let the plan be changed to any of these prices."""
    products = {
        str(n): {"product": bench.main.world.prices[each].product, "prices": {"0": each}}
        for n, each in enumerate(prices)
    }
    update = {"enabled": "true", "default_allowed_updates": {"0": "price"}, "products": products}
    return {"subscription_update": {**update, **more}}


@pytest.mark.parametrize(
    ("behavior", "costs"),
    [
        ("none", "Nothing is charged before 2 November 2096."),
        ("create_prorations", "$12.00 more on the invoice of 2 November 2096."),
        ("always_invoice", "$12.00 is charged now for the rest of the period."),
    ],
)
def test_a_plan_is_changed_after_one_was_told_what_it_costs(
    bench: Bench, visitor: Visitor, bought: Subscription, behavior: str, costs: str
) -> None:
    """By the configuration's own way of prorating; looking changes nothing."""
    dearer = price_of(bench, cents=2_400, name="Team")
    path = portal(bench, bought.customer, offering(bench, dearer, proration_behavior=behavior))
    version = bench.main.world.version
    page = text_of(visitor.look(f"{path}/plan/{bought.id}"))

    assert f"Team $24.00 per month {costs}" in page
    assert bench.main.world.version == version
    answer = visitor.send(f"{path}/plan/{bought.id}", price=dearer)
    assert "Changed to Team, $24.00 per month." in text_of(visitor.look(location(answer)))
    assert now(bench, bought).items[0].price.id == dearer


def test_a_plan_that_is_not_offered_cannot_be_chosen(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """Neither another price of the account nor nothing at all; the plan one has is not offered."""
    offered, other = price_of(bench, cents=2_400), price_of(bench, cents=1)
    mine = bought.items[0].price.id
    path = portal(bench, bought.customer, offering(bench, offered, mine))

    for chosen in (other, "", mine):
        back = location(visitor.send(f"{path}/plan/{bought.id}", price=chosen))
        assert "Choose a plan." in text_of(visitor.look(back))
    assert now(bench, bought).items[0].price.id == mine


def test_a_change_that_is_not_simulated_says_so(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """Another interval while nothing is collected: the reason stands where the cost would."""
    yearly = price_of(bench, cents=9_900, interval="year", name="Year")
    path = portal(bench, bought.customer, offering(bench, yearly))
    ask(bench.main, "POST", f"/v1/subscriptions/{bought.id}", pause_collection={"behavior": "void"})
    page = visitor.look(f"{path}/plan/{bought.id}")

    assert "Not simulated:" in text_of(page)
    assert " disabled" in page.text


def test_a_trial_would_end_by_a_change_of_plan_unless_it_may_go_on(bench: Bench, visitor: Visitor) -> None:
    """Stripe's default ends it, which is refused by name; continue_trial changes only the price."""
    visitor.pay(session_of(bench, subscription_data={"trial_period_days": "14"}))
    trying = next(bench.main.world.subscriptions.newest_first())
    other = price_of(bench, cents=2_400)
    ends = portal(bench, trying.customer, offering(bench, other))
    goes_on = portal(bench, trying.customer, offering(bench, other, trial_update_behavior="continue_trial"))

    assert "which is not simulated" in text_of(visitor.look(f"{ends}/plan/{trying.id}"))
    visitor.send(f"{goes_on}/plan/{trying.id}", price=other)
    assert now(bench, trying).items[0].price.id == other
    assert now(bench, trying).status == "trialing"


def test_a_link_may_lead_to_one_plan(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """subscription_update_confirm shows the one price it names."""
    one, other = price_of(bench, cents=2_400, name="One"), price_of(bench, cents=3_600, name="Other")
    items = {"0": {"id": bought.items[0].id, "price": one}}
    flow = {
        "type": "subscription_update_confirm",
        "subscription_update_confirm": {"subscription": bought.id, "items": items},
    }
    path = portal(bench, bought.customer, offering(bench, one, other), flow_data=flow)
    page = text_of(visitor.look(location(visitor.look(path))))

    assert "One $24.00" in page
    assert "Other" not in page


def seats(bench: Bench, price: str, **bounds: Any) -> dict[str, Any]:
    """The features of a configuration that lets a customer take more or less of `price`."""
    product = ask(bench.main, "GET", f"/v1/prices/{price}")["product"]
    offered: dict[str, Any] = {"product": product, "prices": {"0": price}}
    if bounds:
        offered["adjustable_quantity"] = bounds
    return {
        "subscription_update": {
            "enabled": "true",
            "default_allowed_updates": {"0": "quantity"},
            "products": {"0": offered},
            "proration_behavior": "always_invoice",
        }
    }


def test_a_quantity_is_changed_after_one_was_told_what_it_costs(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """What was typed is priced first, and taken when the button is pressed again."""
    price = bought.items[0].price.id
    path = f"{portal(bench, bought.customer, seats(bench, price))}/plan/{bought.id}"
    back = location(visitor.send(path, price=price, quantity="3", shown="1"))
    page = text_of(visitor.look(*back.split("?")))

    assert "Look at what 3 would cost, then change." in page
    assert "$24.00 is charged now" in page
    assert now(bench, bought).items[0].quantity == 1
    done = location(visitor.send(path, price=price, quantity="3", shown="3"))
    assert "Changed to 3 × Pro" in text_of(visitor.look(done))
    assert now(bench, bought).items[0].quantity == 3


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"enabled": "true", "minimum": "1", "maximum": "5"}, "Take between 1 and 5 of it."),
        ({"enabled": "false"}, "How much of it one has cannot be changed here."),
    ],
)
def test_a_quantity_stays_within_its_bounds(
    bench: Bench, visitor: Visitor, bought: Subscription, bounds: dict[str, str], said: str
) -> None:
    """Those that the configuration sets for the product."""
    price = bought.items[0].price.id
    path = f"{portal(bench, bought.customer, seats(bench, price, **bounds))}/plan/{bought.id}"
    back = location(visitor.send(path, price=price, quantity="9", shown="9"))

    assert said in text_of(visitor.look(*back.split("?")))
    assert now(bench, bought).items[0].quantity == 1


def test_a_link_may_lead_to_a_quantity_and_end_in_the_shops_words(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """subscription_update_confirm with a quantity, and a confirmation that the portal shows."""
    price = bought.items[0].price.id
    flow = {
        "type": "subscription_update_confirm",
        "subscription_update_confirm": {
            "subscription": bought.id,
            "items": {"0": {"id": bought.items[0].id, "quantity": "4"}},
        },
        "after_completion": {
            "type": "hosted_confirmation",
            "hosted_confirmation": {"custom_message": "See you on Monday."},
        },
    }
    path = portal(bench, bought.customer, seats(bench, price), flow_data=flow)
    task = location_of_task(visitor, path)
    done = text_of(visitor.look(location(visitor.send(task, price=price))))

    assert "See you on Monday." in done
    assert now(bench, bought).items[0].quantity == 4


def location_of_task(visitor: Visitor, path: str) -> str:
    """Where a link that names a task leads."""
    return str(visitor.look(path).headers["location"])


def test_a_promotion_code_is_used_in_the_portal(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """Priced first, and the subscription's discount afterwards; one that is not known changes nothing."""
    coupon = ask(bench.main, "POST", "/v1/coupons", percent_off="50", duration="forever")["id"]
    promotion = {"type": "coupon", "coupon": coupon}
    ask(bench.main, "POST", "/v1/promotion_codes", promotion=promotion, code="HALF")
    price = bought.items[0].price.id
    features = seats(bench, price)
    features["subscription_update"]["default_allowed_updates"] = {"0": "promotion_code"}
    path = f"{portal(bench, bought.customer, features)}/plan/{bought.id}"

    wrong = location(visitor.send(path, price=price, code="NONE", shown_code="NONE"))
    assert "This code is invalid." in text_of(visitor.look(*wrong.split("?")))
    first = location(visitor.send(path, price=price, code="half", shown_code=""))
    assert "Look at what it costs with this code" in text_of(visitor.look(*first.split("?")))
    assert not now(bench, bought).discounts
    visitor.send(path, price=price, code="half", shown_code="half")
    assert len(now(bench, bought).discounts) == 1
