"""API version 2026-02-25.clover: what came later is not in it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from test_conformance import everything
from worlds import START, empty, subscriber

from rehearsal_harness.core.actions import CancelAtPeriodEnd
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import Product
from rehearsal_harness.core.render import render, render_event
from rehearsal_harness.core.render.versions import _ABSENT, in_version
from rehearsal_harness.core.requests import ApiRequest, handle
from rehearsal_harness.core.world import API_VERSION, CLOVER, TABLES, Settings, World

HEADERS = {"authorization": "Bearer sk_test_" + "0" * 24}


def _keys(value: Any, kind: str = "", path: str = "") -> Iterator[tuple[str, str]]:
    """(object, path inside it) of every key at every depth."""
    for each in value if isinstance(value, list) else []:
        yield from _keys(each, kind, path)
    if isinstance(value, dict):
        if isinstance(value.get("object"), str) and value["object"] != "list":
            kind, path = value["object"], ""
        for key, each in value.items():
            at = f"{path}.{key}" if path else key
            yield kind, at
            yield from _keys(each, kind, at)


def test_what_came_later_is_left_out() -> None:
    """Each listed key is rendered in the newest version, and none of them in the older one."""
    world = everything()
    rendered = [render(each, livemode=False) for kind in TABLES for each in world.table(kind)]
    newest = set(_keys(rendered))
    older = set(_keys(in_version(CLOVER, copy.deepcopy(rendered))))
    listed = {(kind, path) for kind, paths in _ABSENT[CLOVER].items() for path in paths.split()}

    assert listed <= newest
    assert newest - older == {
        key
        for key in newest
        for kind, path in listed
        if key[0] == kind and f"{key[1]}.".startswith(f"{path}.")
    }


def test_an_event_says_its_version() -> None:
    """The body of an endpoint of that version, previous_attributes included."""
    scene = subscriber()
    scene.do(CancelAtPeriodEnd(scene.subscription.id))
    event = render_event(scene.event("customer.subscription.updated"), CLOVER)

    assert event["api_version"] == CLOVER
    assert "managed_payments" not in event["data"]["object"]
    assert sorted(event["data"]["previous_attributes"]) == [
        "cancel_at",
        "canceled_at",
        "cancellation_details",
    ]


def test_a_session_is_hosted_in_older_words() -> None:
    """ui_mode had other words before 2026-03-25.dahlia."""
    session = next(iter(subscriber().world.checkout_sessions))

    assert render(session, livemode=False)["ui_mode"] == "hosted_page"
    assert in_version(CLOVER, render(session, livemode=False))["ui_mode"] == "hosted"


def _get(world: World, path: str, version: str = "") -> tuple[int, dict[str, Any], str]:
    headers = {**HEADERS, "stripe-version": version} if version else HEADERS
    answer = handle(world, ApiRequest(method="GET", path=path, headers=headers))[1]
    return answer.status, answer.body, answer.headers["Stripe-Version"]


def test_a_request_is_answered_in_the_version_it_is_pinned_to() -> None:
    """And in the account's where it is pinned to none."""
    scene = subscriber(empty(settings=Settings(api_version=CLOVER)))
    path = f"/v1/subscriptions/{scene.subscription.id}"

    assert "current_trial" in _get(scene.world, path, API_VERSION)[1]["items"]["data"][0]
    status, pinned, echoed = _get(scene.world, path, CLOVER)
    assert "current_trial" not in pinned["items"]["data"][0]
    assert (status, pinned, echoed) == _get(scene.world, path)
    assert echoed == CLOVER


def test_an_event_keeps_the_accounts_version() -> None:
    """However new the version is that asks for it."""
    scene = subscriber(empty(settings=Settings(api_version=CLOVER)))
    event_id = scene.event("invoice.paid").id

    status, event, echoed = _get(scene.world, f"/v1/events/{event_id}", API_VERSION)

    assert (status, event["api_version"], echoed) == (200, CLOVER, API_VERSION)
    assert "amount_paid_off_stripe" not in event["data"]["object"]


def test_an_event_is_not_made_older_by_an_older_request() -> None:
    """It was told in the account's version, and stays as it was told."""
    scene = subscriber()
    event = scene.event("invoice.paid")

    assert _get(scene.world, f"/v1/events/{event.id}", CLOVER)[1] == render_event(event)


def test_an_unknown_version_is_refused_by_name() -> None:
    """With the versions there are."""
    status, body, _ = _get(empty(), "/v1/prices", "2024-06-20")

    assert status == 400
    assert body["error"]["code"] == "not_simulated"
    for named in ("2024-06-20", API_VERSION, CLOVER):
        assert named in body["error"]["message"]


@pytest.mark.parametrize(
    ("version", "ui_mode", "status"),
    [(CLOVER, "hosted", 200), (CLOVER, "hosted_page", 400), (API_VERSION, "hosted", 400)],
)
def test_each_version_has_its_own_parameters(version: str, ui_mode: str, status: int) -> None:
    """The words of ui_mode are those of the request's version."""
    change = Change(empty(), "product")
    change.create(Product(id="prod_1", created=START, updated=START, name="Pro"))
    world = change.done()
    headers = {**HEADERS, "stripe-version": version}
    price = {"product": "prod_1", "currency": "usd", "unit_amount": "500"}
    world, made = handle(world, ApiRequest(method="POST", path="/v1/prices", params=price, headers=headers))
    form = {
        "mode": "payment",
        "success_url": "https://x.test",
        "ui_mode": ui_mode,
        "line_items": {"0": {"price": made.body["id"], "quantity": "1"}},
    }
    request = ApiRequest(method="POST", path="/v1/checkout/sessions", params=form, headers=headers)
    answer = handle(world, request)[1]

    assert answer.status == status
    assert answer.body.get("ui_mode") == ("hosted" if status == 200 else None)
