"""Search: what a query finds, and what it is told when it means nothing."""

from __future__ import annotations

import pytest
from test_request_handler import KEY, error
from worlds import empty, subscriber

from rehearsal_harness.core.requests import ApiRequest, ApiResponse, Form, handle
from rehearsal_harness.core.world import World


def ask(world: World, method: str, path: str, params: Form) -> tuple[World, ApiResponse]:
    """One request to a running bench."""
    headers = {"authorization": f"Bearer {KEY}"}
    request = ApiRequest(method=method, path=path, params=params, headers=headers, waits=lambda _: False)
    return handle(world, request)


@pytest.fixture(name="world")
def _world() -> World:
    world = empty()
    for number, name in enumerate(("Ada Lovelace", "Grace Hopper", "Alan Turing")):
        params = {"name": name, "email": f"{name[:3].lower()}@example.com", "metadata": {"n": str(number)}}
        world, answer = ask(world, "POST", "/v1/customers", params)
        assert answer.status == 200
    return world


def found(world: World, query: str, resource: str = "customers", **params: str) -> list[str]:
    """The names (or ids) of what the query finds, newest first."""
    answer = ask(world, "GET", f"/v1/{resource}/search", {"query": query, **params})[1]
    assert answer.status == 200, answer.body
    return [each.get("name") or each["id"] for each in answer.body["data"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('name:"ada lovelace"', ["Ada Lovelace"]),
        ("name:'Ada Lovelace'", ["Ada Lovelace"]),
        ('name~"LAN"', ["Alan Turing"]),
        ('-name~"LAN"', ["Grace Hopper", "Ada Lovelace"]),
        ('metadata["n"]:"1"', ["Grace Hopper"]),
        ('metadata["none"]:null', ["Alan Turing", "Grace Hopper", "Ada Lovelace"]),
        ('-metadata["none"]:null', []),
        ('name:"Ada Lovelace" email:"gra@example.com"', []),
        ('name:"Ada Lovelace" OR email:"gra@example.com"', ["Grace Hopper", "Ada Lovelace"]),
        ('name~"ada" AND created>0', ["Ada Lovelace"]),
        ("created<=0", []),
        ("phone:null", ["Alan Turing", "Grace Hopper", "Ada Lovelace"]),
    ],
)
def test_a_query_finds(world: World, query: str, names: list[str]) -> None:
    """Equal, containing, absent, negated, compared, joined."""
    assert found(world, query) == names


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Ada", "unable to parse"),
        ('name:"Ada', "unable to parse"),
        ('name:"Ada"AND email:"x"', "unable to parse"),
        ('shoe:"9"', "Field `shoe` is an unsupported search field for resource `customers`"),
        ("metadata:1", "unsupported search field"),
        ('name["x"]:"1"', "unsupported search field"),
        ('name>"Ada"', "compares numbers"),
        ('name~"Ad"', "at least 3 characters"),
        ('name:"a" AND name:"b" OR name:"c"', "not both"),
        (" ".join(['name:"a"'] * 11), "at most 10"),
    ],
)
def test_a_query_that_means_nothing_is_refused(world: World, query: str, words: str) -> None:
    """400 that names `query`."""
    answer = ask(world, "GET", "/v1/customers/search", {"query": query})[1]
    assert (answer.status, error(answer)["param"]) == (400, "query")
    assert words in error(answer)["message"]


def test_pages_follow_one_another(world: World) -> None:
    """`next_page` leads on, and is null at the end; the whole number is counted when it is asked for."""
    params = {"query": "created>0", "limit": "2", "expand": {"0": "total_count"}}
    first = ask(world, "GET", "/v1/customers/search", params)[1].body
    second = ask(world, "GET", "/v1/customers/search", {**params, "page": first["next_page"]})[1].body

    assert (first["object"], first["has_more"], first["total_count"]) == ("search_result", True, 3)
    assert [each["name"] for each in first["data"] + second["data"]] == found(world, "created>0")
    assert (second["has_more"], second["next_page"]) == (False, None)
    refused = ask(world, "GET", "/v1/customers/search", {"query": "created>0", "page": "x"})[1]
    assert (refused.status, error(refused)["param"]) == (400, "page")


def test_each_resource_is_searched_in_its_own_fields() -> None:
    """What billing made is found by what it is."""
    world = subscriber().world
    subscription, invoice = next(iter(world.subscriptions)), next(iter(world.invoices))

    assert found(world, 'status:"active"', "subscriptions") == [subscription.id]
    assert found(world, f'subscription:"{subscription.id}" total>0', "invoices") == [invoice.id]
    assert found(world, 'status:"succeeded"', "payment_intents") == [invoice.payment_intent]
    assert len(found(world, 'payment_method_details.last4:"4242" refunded:"false"', "charges")) == 1
    assert found(world, 'type:"recurring" active:"true"', "prices") == [subscription.items[0].price.id]
    assert len(found(world, 'active:"true"', "products")) == 1
