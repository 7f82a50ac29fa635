"""handle(world, request): keys, headers, routes, and what becomes of the world."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from worlds import empty, subscriber

from rehearsal_harness.core.requests import OPERATIONS, ApiRequest, ApiResponse, Form, handle
from rehearsal_harness.core.world import Settings, World

KEY = "sk_test_" + "0" * 24


def ask(
    world: World, method: str, path: str, params: Form | None = None, **headers: str
) -> tuple[World, ApiResponse]:
    """One request with a good key; header names with underscores."""
    sent = {"authorization": f"Bearer {KEY}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return handle(world, ApiRequest(method=method, path=path, params=params or {}, headers=sent))


def error(response: ApiResponse) -> dict[str, Any]:
    """The error of an answer."""
    found: dict[str, Any] = response.body["error"]
    return found


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {KEY}", 200),
        ("Bearer rk_test_" + "0" * 24, 200),
        ("Basic " + b64encode(f"{KEY}:".encode()).decode(), 200),
        ("Basic ???", 401),
        ("Bearer sk_live_" + "0" * 24, 401),
        ("Bearer pk_test_" + "0" * 24, 403),
        ("Bearer", 401),
        ("", 401),
    ],
)
def test_a_secret_key_of_the_right_mode_is_needed(header: str, status: int) -> None:
    """As bearer token or as Basic user; a live key, a publishable one and none are refused."""
    _, answer = ask(empty(), "GET", "/v1/customers", authorization=header)
    assert answer.status == status


def test_a_live_world_takes_live_keys_only() -> None:
    """The other way round."""
    world = empty(settings=Settings(livemode=True))
    assert ask(world, "GET", "/v1/customers")[1].status == 401
    live = "Bearer sk_live_" + "0" * 24
    assert ask(world, "GET", "/v1/customers", authorization=live)[1].status == 200


def test_another_version_and_another_account_are_not_simulated() -> None:
    """Each answer names the header."""
    for header in ("stripe_version", "stripe_account", "stripe_context"):
        _, answer = ask(empty(), "GET", "/v1/customers", **{header: "2019-12-03"})
        assert (answer.status, error(answer)["code"]) == (400, "not_simulated")
        assert header.replace("_", "-") in error(answer)["message"].lower()


@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        ("GET", "/", " If you are trying to list objects, remove the trailing slash."),
        ("GET", "/v1/x", " Please see https://stripe.com/docs"),
        ("PATCH", "/v1/customers", " Please see https://stripe.com/docs"),
        ("GET", "/v1/customers/", " If you are trying to list objects, remove the trailing slash."),
    ],
)
def test_what_stripe_does_not_know_either_is_unrecognized(method: str, path: str, hint: str) -> None:
    """404 in Stripe's own words, without a code."""
    _, answer = ask(empty(), method, path)
    assert (answer.status, "code" in error(answer)) == (404, False)
    assert error(answer)["message"].startswith(f"Unrecognized request URL ({method}: {path}).{hint}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/transfers"),
        ("GET", "/v1/customers/cus_0/balance"),
        ("GET", "/v1/refunds/search"),
        ("GET", "/v2/core/events/evt_0"),
    ],
)
def test_an_operation_that_is_not_simulated_names_itself(method: str, path: str) -> None:
    """404 in Stripe's shape, never a success."""
    _, answer = ask(empty(), method, path)
    assert (answer.status, error(answer)["code"], answer.operation) == (404, "not_simulated", "")
    assert f"({method}: {path})" in error(answer)["message"]


def test_a_read_leaves_the_world_as_it_is() -> None:
    """Every GET without an id gives back the very same world, lists and refusals alike."""
    world = subscriber().world
    for operation in OPERATIONS:
        method, path = operation.route.split(" ")
        if method == "GET":
            assert ask(world, method, path.replace(":id", "x_0"))[0] is world


def test_a_refused_write_leaves_the_world_as_it_is() -> None:
    """An unknown parameter, a missing one, an id that is none: nothing happened."""
    world = subscriber().world
    for path, params in (
        ("/v1/customers", {"nope": "1"}),
        ("/v1/products", {}),
        ("/v1/customers/cus_0", {}),
        ("/v1/customers", {"name": "Ada", "expand": {"0": "nope"}}),
    ):
        after, answer = ask(world, "POST", path, params, idempotency_key="once")
        assert answer.status in (400, 404)
        assert after is world


def test_equal_histories_give_equal_answers_and_versions() -> None:
    """Ids, request ids and the version follow from what was asked; another order of asking gives another
    version."""
    first, second = {"name": "Ada"}, {"name": "Bob"}

    def made(*sent: Form) -> tuple[bytes, list[str]]:
        world, ids = empty(), []
        for params in sent:
            world, answer = ask(world, "POST", "/v1/customers", params)
            ids += [answer.body["id"], answer.headers["Request-Id"]]
        return world.version, ids

    assert made(first, second) == made(first, second)
    assert len(set(made(first, first)[1])) == 4
    assert made(first, second)[0] != made(second, first)[0]


def test_routes_are_distinct() -> None:
    """No two operations answer to one route."""
    routes = [operation.route for operation in OPERATIONS]
    assert len(routes) == len(set(routes))


def test_an_account_may_name_itself() -> None:
    """Stripe-Account with the key's own account is no Connect."""
    world = empty()
    own = world.settings.account_id
    assert ask(world, "GET", "/v1/customers", stripe_account=own)[1].status == 200
