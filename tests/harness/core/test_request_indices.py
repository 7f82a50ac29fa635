"""A write, and a list of what is somebody's, cost the same in a full account: counted, not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from test_request_handler import ask, error
from worlds import START, empty, subscriber, with_price

from rehearsal_harness.core.actions import CreateSubscription
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.objects import Customer, Invoice, PaymentIntent
from rehearsal_harness.core.requests import Form
from rehearsal_harness.core.requests.owned import of_customer
from rehearsal_harness.core.world import World

FEW, MANY = 10, 700
ROOM = 150  # calls: a trie that is deeper, a chunk of a log that is full


def calls_of(work: Callable[[], object]) -> int:
    """How many functions, generators' next steps included, are called."""
    count = 0

    def called(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def _made(world: World, path: str, form: Form) -> tuple[World, dict[str, Any]]:
    after, answer = ask(world, "POST", path, form)
    assert answer.status == 200, answer.body
    return after, answer.body


def crowded(people: int) -> World:
    """An account with so many customers, each with a subscription, a card, a code, a price and more."""
    world, price = with_price(empty())
    world, coupon = _made(world, "/v1/coupons", {"percent_off": "10"})
    meter = {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}
    world, _ = _made(world, "/v1/billing/meters", meter)
    for number in range(people):
        form: dict[str, Form | str] = {"email": f"p{number}@example.com", "source": "tok_visa"}
        world, customer = _made(world.at(START + number), "/v1/customers", form)
        world = step(world, CreateSubscription(customer["id"], (price.id,)))
        promotion = {"type": "coupon", "coupon": coupon["id"]}
        world, _ = _made(world, "/v1/promotion_codes", {"promotion": promotion, "code": f"CODE{number}"})
        key = {"product": price.product, "currency": "usd", "unit_amount": "5", "lookup_key": f"key{number}"}
        world, _ = _made(world, "/v1/prices", key)
        world, _ = _made(world, "/v1/entitlements/features", {"name": "f", "lookup_key": f"f{number}"})
    return world


@pytest.fixture(name="worlds", scope="module")
def _worlds() -> tuple[World, World]:
    return crowded(FEW), crowded(MANY)


def _filled(world: World, form: Any) -> Any:
    """The form with ids of the first customer and of what is hers in place of words in angles."""
    customer = next(iter(world.customers))
    subscription = world.subscriptions.owned_by(customer.id)[0]
    ids = {
        "<customer>": customer.id,
        "<product>": next(iter(world.products)).id,
        "<coupon>": next(iter(world.coupons)).id,
        "<item>": subscription.items[0].id,
        "<method>": world.payment_methods.owned_by(customer.id)[0].id,
    }
    if isinstance(form, str):
        for word, value in ids.items():
            form = form.replace(word, value)
        return form
    return {name: _filled(world, value) for name, value in form.items()}


WRITES = [
    ("/v1/promotion_codes", {"promotion": {"type": "coupon", "coupon": "<coupon>"}, "code": "NEW"}),
    ("/v1/customers", {"email": "p1@example.com"}),
    ("/v1/customers/<customer>", {"email": "new@example.com"}),
    ("/v1/prices", {"product": "<product>", "currency": "usd", "unit_amount": "7", "lookup_key": "new"}),
    ("/v1/entitlements/features", {"name": "f", "lookup_key": "new"}),
    ("/v1/invoiceitems", {"customer": "<customer>", "amount": "5", "currency": "usd"}),
    ("/v1/invoices", {"customer": "<customer>"}),
    ("/v1/charges", {"customer": "<customer>", "amount": "500", "currency": "usd"}),
    (
        "/v1/payment_intents",
        {"customer": "<customer>", "amount": "500", "currency": "usd", "payment_method": "<method>"},
    ),
    ("/v1/setup_intents", {"customer": "<customer>", "payment_method": "<method>"}),
    ("/v1/subscription_items/<item>", {"quantity": "2"}),
    (
        "/v1/billing/meter_events",
        {"event_name": "calls", "payload": {"stripe_customer_id": "<customer>", "value": "1"}},
    ),
]

LISTS = [
    ("/v1/invoices", {"customer": "<customer>"}),
    ("/v1/payment_intents", {"customer": "<customer>"}),
    ("/v1/charges", {"customer": "<customer>"}),
    ("/v1/setup_intents", {"customer": "<customer>"}),
    ("/v1/checkout/sessions", {"customer": "<customer>"}),
    ("/v1/invoiceitems", {"customer": "<customer>"}),
    ("/v1/subscriptions", {"customer": "<customer>"}),
    ("/v1/payment_methods", {"customer": "<customer>"}),
    ("/v1/customers", {"email": "p1@example.com"}),
    ("/v1/promotion_codes", {"code": "code1"}),
    ("/v1/prices", {"lookup_keys": {"0": "key1"}}),
    ("/v1/entitlements/features", {"lookup_key": "f1"}),
]


@pytest.mark.parametrize(("path", "form"), WRITES, ids=[path for path, _ in WRITES])
def test_a_write_looks_at_as_much_among_many_as_among_few(
    worlds: tuple[World, World], path: str, form: Form
) -> None:
    """What is there already is not gone through."""
    few, many = (_calls_of_request(world, "POST", path, form) for world in worlds)
    assert many <= few + ROOM


@pytest.mark.parametrize(("path", "form"), LISTS, ids=[path for path, _ in LISTS])
def test_a_list_of_a_customers_looks_at_hers_alone(
    worlds: tuple[World, World], path: str, form: Form
) -> None:
    """So does a list by a name."""
    few, many = (_calls_of_request(world, "GET", path, form) for world in worlds)
    assert many <= few + ROOM


def _calls_of_request(world: World, method: str, path: str, form: Form) -> int:
    answers = []
    path, sent = _filled(world, path), _filled(world, form)
    counted = calls_of(lambda: answers.append(ask(world, method, path, sent)[1]))
    assert answers[0].status == 200, answers[0].body
    return counted


def test_a_code_is_free_again_when_the_old_one_is_switched_off() -> None:
    """Upper and lower case are one code."""
    world, coupon = _made(empty(), "/v1/coupons", {"percent_off": "10"})
    form: Form = {"promotion": {"type": "coupon", "coupon": coupon["id"]}, "code": "Summer"}
    world, code = _made(world, "/v1/promotion_codes", form)
    again: Form = {**form, "code": "SUMMER"}
    assert error(ask(world, "POST", "/v1/promotion_codes", again)[1])["code"] == "resource_already_exists"
    world, _ = _made(world, f"/v1/promotion_codes/{code['id']}", {"active": "false"})
    assert _made(world, "/v1/promotion_codes", again)[1]["active"]


def test_a_customers_list_is_in_the_order_of_creation_whatever_it_is_filed_under() -> None:
    """Invoices of a subscription and of the merchant alone, made in one second, as the table has them."""
    world = subscriber().world
    customer = next(iter(world.customers))
    for _ in range(2):
        world, _ = _made(world, "/v1/invoices", {"customer": customer.id})
        world = step(world, CreateSubscription(customer.id, (next(iter(world.prices)).id,)))
    for kind in (Invoice, PaymentIntent):
        everything = list(world.table(kind).newest_first())
        assert len(everything) > 2
        assert list(of_customer(world, kind, customer.id)) == everything


def test_who_gets_a_new_address_is_found_by_it_alone() -> None:
    """And those who come back to an old one stand where they were."""
    world = empty()
    for number in range(3):
        world, _ = _made(world.at(START + number), "/v1/customers", {"email": "a@example.com"})
    first = next(iter(world.customers)).id
    world, _ = _made(world, f"/v1/customers/{first}", {"email": "b@example.com"})

    def found(email: str) -> list[str]:
        return [row["id"] for row in ask(world, "GET", "/v1/customers", {"email": email})[1].body["data"]]

    assert (len(found("a@example.com")), found("b@example.com")) == (2, [first])
    world, _ = _made(world, f"/v1/customers/{first}", {"email": "a@example.com"})
    assert (found("a@example.com")[-1], found("b@example.com")) == (first, [])
    assert [row.id for row in world.table(Customer).named("a@example.com")][-1] == first


def test_an_intent_that_gets_its_customer_later_is_on_her_list() -> None:
    """And so is its charge."""
    world, customer = _made(empty(), "/v1/customers", {})
    world, intent = _made(world, "/v1/payment_intents", {"amount": "500", "currency": "usd"})
    mine: Form = {"customer": customer["id"]}
    assert ask(world, "GET", "/v1/payment_intents", mine)[1].body["data"] == []
    world, _ = _made(world, f"/v1/payment_intents/{intent['id']}", mine)
    world, _ = _made(world, f"/v1/payment_intents/{intent['id']}/confirm", {"payment_method": "pm_card_visa"})
    for path in ("/v1/payment_intents", "/v1/charges"):
        assert len(ask(world, "GET", path, mine)[1].body["data"]) == 1
