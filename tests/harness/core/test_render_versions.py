"""Older API versions: what came later is not in them, and what went away is."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from test_conformance import everything
from worlds import START, empty, subscriber

from rehearsal_harness.core.actions import CancelAtPeriodEnd
from rehearsal_harness.core.api_versions import API_VERSIONS, ENDIVE_FIRST, SHAPES, shape_of
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import Product
from rehearsal_harness.core.render import render, render_event
from rehearsal_harness.core.render.links import Links
from rehearsal_harness.core.render.version_changes import ABSENT_BEFORE
from rehearsal_harness.core.render.versions import in_version
from rehearsal_harness.core.requests import OPERATIONS, ApiRequest, handle
from rehearsal_harness.core.requests.versions import form_of, route_of
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


@pytest.mark.parametrize("version", API_VERSIONS)
def test_what_came_later_is_left_out(version: str) -> None:
    """Each key that a later version brought is in the newest one and not in the older one."""
    world = everything()
    rendered = [render(each, livemode=False) for kind in TABLES for each in world.table(kind)]
    older = set(_keys(in_version(version, copy.deepcopy(rendered), Links(world))))
    later = [shape for shape in SHAPES if shape > version]
    listed = {
        (kind, path)
        for shape in later
        for kind, paths in ABSENT_BEFORE.get(shape, {}).items()
        for path in paths.split()
    }

    assert not listed & older
    assert older == set(_keys(rendered)) or shape_of(version) != ENDIVE_FIRST


def test_what_is_listed_as_new_is_rendered() -> None:
    """What an endive has and a clover has not, this imitation shows; else the table would say nothing."""
    world = everything()
    newest = set(_keys([render(each, livemode=False) for kind in TABLES for each in world.table(kind)]))

    assert {("subscription", "billing_mode"), ("invoice", "parent"), ("product", "tax_details")} <= newest


@pytest.mark.parametrize("version", ["2025-02-24.acacia", "2024-06-20", "2022-11-15", "2020-08-27"])
def test_a_subscription_had_its_period_before_basil(version: str) -> None:
    """On itself and not on its items; the invoice names its subscription and its payment, these name it."""
    world = subscriber().world
    subscription = _get(world, f"/v1/subscriptions/{next(iter(world.subscriptions)).id}", version)[1]
    newest = next(iter(world.subscriptions))
    invoice = _get(world, f"/v1/invoices/{newest.latest_invoice}", version)[1]
    intent = _get(world, f"/v1/payment_intents/{invoice['payment_intent']}", version)[1]
    charge = _get(world, f"/v1/charges/{invoice['charge']}", version)[1]

    assert subscription["current_period_end"] == newest.current_period_end
    assert "current_period_end" not in subscription["items"]["data"][0]
    assert subscription["plan"]["id"] == newest.items[0].price.id
    assert (invoice["paid"], invoice["subscription"], "parent" in invoice) == (True, newest.id, False)
    assert intent["invoice"] == charge["invoice"] == invoice["id"]
    assert intent["latest_charge"] == charge["id"]
    assert ("charges" in intent) == ("refunds" in charge) == (version < "2022-11-15")


def test_a_line_had_its_price_before_basil() -> None:
    """The whole price and plan, its type, and whether it is a proration."""
    world = subscriber().world
    line = _get(world, f"/v1/invoices/{next(iter(world.invoices)).id}", "2024-06-20")[1]["lines"]["data"][0]
    item = next(iter(world.subscriptions)).items[0]

    assert (line["price"]["id"], line["plan"]["object"]) == (item.price.id, "plan")
    assert (line["type"], line["proration"], line["subscription_item"]) == ("subscription", False, item.id)
    assert not {"parent", "pricing", "taxes"} & set(line)


def test_older_versions_expand_what_they_name() -> None:
    """`latest_invoice.payment_intent`, as backends did for years; the newest version refuses it."""
    world = subscriber().world
    subscription = next(iter(world.subscriptions))
    path = f"/v1/subscriptions/{subscription.id}"
    expanded = {"expand": {"0": "latest_invoice.payment_intent.latest_charge.invoice"}}

    status, body, _ = _get(world, path, "2024-06-20", expanded)
    intent = body["latest_invoice"]["payment_intent"]
    assert (status, intent["status"]) == (200, "succeeded")
    assert intent["latest_charge"]["invoice"]["paid"] is True

    status, body, _ = _get(world, path, API_VERSION, expanded)
    assert (status, body["error"]["param"]) == (400, "expand")


def test_an_older_event_names_what_its_object_does_not() -> None:
    """The invoice of a charge, found in the world; the charge of an invoice as it was at that second."""
    scene = subscriber()
    charge = render_event(scene.event("charge.succeeded"), "2024-06-20", scene.world)["data"]["object"]
    draft = render_event(scene.event("invoice.created"), "2024-06-20", scene.world)["data"]["object"]

    assert charge["invoice"] == next(iter(scene.world.invoices)).id
    assert (draft["payment_intent"], draft["charge"], draft["paid"]) == (None, None, False)


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


def _get(
    world: World, path: str, version: str = "", params: dict[str, Any] | None = None
) -> tuple[int, dict[str, Any], str]:
    headers = {**HEADERS, "stripe-version": version} if version else HEADERS
    request = ApiRequest(method="GET", path=path, params=params or {}, headers=headers)
    answer = handle(world, request)[1]
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
    status, body, _ = _get(empty(), "/v1/prices", "2019-12-03")

    assert status == 400
    assert body["error"]["code"] == "not_simulated"
    for named in ("2019-12-03", API_VERSION, CLOVER):
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


@pytest.mark.parametrize(
    ("agent", "version", "echoed"),
    [
        ("Stripe/v1 stripe-cli/1.52.0", "", "2026-08-26.dahlia"),
        ("Stripe/v1 stripe-cli/1.52.0", API_VERSION, API_VERSION),
        ("Stripe/v1 PythonBindings/16.1.0", "", API_VERSION),
    ],
)
def test_the_stripe_cli_speaks_the_version_it_was_made_for(agent: str, version: str, echoed: str) -> None:
    """It names none, and its fixtures send what endive no longer takes."""
    headers = {**HEADERS, "user-agent": agent} | ({"stripe-version": version} if version else {})
    answer = handle(empty(), ApiRequest(method="GET", path="/v1/prices", headers=headers))[1]
    assert answer.headers["Stripe-Version"] == echoed


def test_the_stripe_cli_is_never_newer_than_the_account() -> None:
    """An older account is answered in its own version."""
    headers = {**HEADERS, "user-agent": "Stripe/v1 stripe-cli/1.52.0"}
    world = empty(settings=Settings(api_version="2023-10-16"))
    answer = handle(world, ApiRequest(method="GET", path="/v1/prices", headers=headers))[1]
    assert answer.headers["Stripe-Version"] == "2023-10-16"


@pytest.mark.parametrize(
    ("route", "version", "form", "today"),
    [
        (
            "POST /v1/subscriptions",
            "2024-06-20",
            {"coupon": "half", "customer": "cus_1"},
            {"customer": "cus_1", "discounts": {"0": {"coupon": "half"}}},
        ),
        (
            "POST /v1/subscriptions/:id",
            "2025-02-24.acacia",
            {"promotion_code": "promo_1", "billing_cycle_anchor": "now"},
            {"discounts": {"0": {"promotion_code": "promo_1"}}, "billing_cycle_anchor": {"type": "now"}},
        ),
        ("POST /v1/subscriptions", "2025-03-31.basil", {"coupon": "half"}, {"coupon": "half"}),
        ("POST /v1/subscriptions/:id", "2024-06-20", {"coupon": ""}, {"discounts": ""}),
        (
            "POST /v1/invoiceitems",
            "2024-06-20",
            {"price": "price_1", "unit_amount": "5"},
            {"pricing": {"price": "price_1"}, "unit_amount_decimal": "5"},
        ),
        ("POST /v1/invoices", "2020-08-27", {}, {"pending_invoice_items_behavior": "include"}),
        ("POST /v1/invoices", "2022-08-01", {}, None),
        (
            "POST /v1/checkout/sessions",
            "2020-08-27",
            {"subscription_data": {"items": {"0": {"plan": "gold"}}, "metadata": {"a": "b"}}},
            {
                "mode": "subscription",
                "line_items": {"0": {"price": "gold", "quantity": "1"}},
                "subscription_data": {"metadata": {"a": "b"}},
            },
        ),
        ("POST /v1/subscriptions/:id", API_VERSION, {"billing_cycle_anchor": "now"}, None),
    ],
)
def test_older_names_mean_what_newer_ones_say(
    route: str, version: str, form: dict[str, Any], today: dict[str, Any] | None
) -> None:
    """And a version that has the newest names is read as it is."""
    operation = next(each for each in OPERATIONS if each.route == route)
    assert form_of(operation, version, form) == (form if today is None else today)


@pytest.mark.parametrize(
    ("version", "route"),
    [
        ("2025-02-24.acacia", ("POST", "/v1/invoices/create_preview")),
        ("2025-03-31.basil", ("GET", "/v1/invoices/upcoming")),
    ],
)
def test_upcoming_invoices_became_previews(version: str, route: tuple[str, str]) -> None:
    """Only for those who knew them."""
    assert route_of("GET", "/v1/invoices/upcoming", version) == route


def test_a_coupon_stood_in_its_promotion_code_before_clover() -> None:
    """As a parameter by its id, and in the answer as an object."""
    headers = {**HEADERS, "stripe-version": "2025-08-27.basil"}
    coupon = ApiRequest(
        method="POST",
        path="/v1/coupons",
        params={"id": "half", "percent_off": "50", "duration": "once"},
        headers=headers,
    )
    world, made = handle(empty(), coupon)
    assert made.status == 200, made.body
    form = {"coupon": "half", "code": "HALF"}
    code = ApiRequest(method="POST", path="/v1/promotion_codes", params=form, headers=headers)
    world, made = handle(world, code)
    newest = _get(world, f"/v1/promotion_codes/{made.body['id']}")[1]

    assert made.body["coupon"] == _get(world, "/v1/coupons/half")[1]
    assert "promotion" not in made.body
    assert newest["promotion"] == {"coupon": "half", "type": "coupon"}
