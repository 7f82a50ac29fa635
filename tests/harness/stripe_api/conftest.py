"""An account in each of three ways, and a check of everything it is answered."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import conformance
import pytest
import stripe
from edges import KEY, Account, fresh, in_process, through_loopback, through_responses

from rehearsal_harness.core.requests import ApiRequest, ApiResponse, handle
from rehearsal_harness.core.requests.expansion import EXPANDABLE
from rehearsal_harness.core.world import World
from rehearsal_harness.stripe_api import holder as holding
from rehearsal_harness.stripe_api.holder import Holder


@pytest.fixture(name="loopback", scope="session")
def _loopback() -> Iterator[tuple[Holder, str]]:
    holder = fresh()
    with through_loopback(holder) as address:
        yield holder, address


@pytest.fixture(name="account")
def _account() -> Account:
    """An account whose SDK needs no wire."""
    holder = fresh()
    return Account(holder, in_process(holder))


@pytest.fixture(name="any_account", params=["in_process", "responses", "loopback"])
def _any_account(request: pytest.FixtureRequest) -> Iterator[Account]:
    """The same account in each of the three ways."""
    if request.param == "in_process":
        yield request.getfixturevalue("account")
    elif request.param == "responses":
        holder = fresh()
        with through_responses(holder) as client:
            yield Account(holder, client)
    else:
        holder, address = request.getfixturevalue("loopback")
        begin = fresh()
        holder.world, holder.exchanges, holder.fault = begin.world, begin.exchanges, begin.fault
        http = stripe.RequestsClient()
        yield Account(holder, stripe.StripeClient(KEY, http_client=http, base_addresses={"api": address}))
        http.close()


@pytest.fixture(autouse=True)
def _everything_answered_conforms(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every object in every answer has the keys, types and words of API 2026-10-28.endive; every list, error
    and deletion has the shape of one."""
    answered: list[dict[str, Any]] = []
    wrong: list[str] = []

    def listening(world: World, request: ApiRequest) -> tuple[World, ApiResponse]:
        after, response = handle(world, request)
        answered.extend(_objects(response.body))
        wrong.extend(conformance.around(response.body))
        return after, response

    monkeypatch.setattr(holding, "handle", listening)
    yield
    assert wrong == []
    unlike = [each for each in answered if not conformance.accepted(each)]
    assert [problem for each in unlike for problem in conformance.problems(each)] == []


def _objects(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects in an answer, each with ids in place of what was expanded in it."""
    if "error" in body:
        intent = body["error"].get("payment_intent")
        return [intent] if intent else []
    if "deleted" in body:
        return []
    found: list[dict[str, Any]] = []
    for each in body["data"] if body["object"] == "list" else [body]:
        found.append(_collapsed(copy.deepcopy(each), found))
    return found


def _collapsed(obj: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    for kind, path in EXPANDABLE:
        *outer, name = path.split(".")
        inner: Any = obj
        for key in outer:
            inner = inner.get(key) or {}
        if kind == obj.get("object") and isinstance(inner.get(name), dict):
            found.append(_collapsed(inner[name], found))
            inner[name] = inner[name]["id"]
        elif kind == obj.get("object") and isinstance(inner.get(name), list):
            found.extend(each for each in inner[name] if isinstance(each, dict))
            inner[name] = [each["id"] if isinstance(each, dict) else each for each in inner[name]]
    for value in obj.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                _collapsed(each, found)
    return obj
