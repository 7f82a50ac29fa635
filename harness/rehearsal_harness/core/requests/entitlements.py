"""Entitlements: features, and what a customer is entitled to now.

Source: https://docs.stripe.com/api/entitlements: a lookup key is unique among the features that are active.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..objects import ActiveEntitlement, Customer, Feature
from ..render.entitlements import render_entitlement
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, listed, matches
from .parameters import Kind, Text, not_simulated

_CREATE: Mapping[str, Kind] = {"lookup_key": Text(most=80), "name": Text(most=80), "metadata": Metadata()}
_LIST: Mapping[str, Kind] = {**PAGE_PARAMS, "lookup_key": Text(), **not_simulated("archived")}


def _create_feature(call: Call) -> tuple[World, Json]:
    lookup_key = call.params["lookup_key"]
    if any(feature.active for feature in call.world.features.named(lookup_key)):
        message = f"An active feature with the lookup key '{lookup_key}' already exists."
        raise refusal.invalid(message, "lookup_key", "resource_already_exists")
    change = call.change()
    feature = Feature(
        id=change.new_id("feat", call.new_key(Feature)),
        metadata=metadata_of(call.params),
        **given(call.params, "lookup_key name"),
    )
    rendered = shown(call.world, change.create(feature))
    return change.done(), rendered


def _retrieve_feature(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Feature))


def _list_features(call: Call) -> tuple[World, Json]:
    def keep(feature: Feature) -> bool:
        return matches(call.params, lookup_key=feature.lookup_key)

    features, key = call.world.features, call.params.get("lookup_key")
    rows = features.newest_first() if key is None else reversed(features.named(key))
    url = "/v1/entitlements/features"
    return call.world, listed(call, url, rows, lambda row: shown(call.world, row), keep)


def _list_active(call: Call) -> tuple[World, Json]:
    customer = call.named(Customer, call.params["customer"], "customer")
    summary = call.world.entitlement_summaries.get(customer.id)
    livemode = call.world.settings.livemode

    def render_row(row: ActiveEntitlement) -> Json:
        return render_entitlement(row, livemode)

    rows = summary.entitlements if summary else ()
    return call.world, listed(call, "/v1/entitlements/active_entitlements", rows, render_row)


OPERATIONS = (
    operation("POST /v1/entitlements/features", _create_feature, _CREATE, required="lookup_key name"),
    operation("GET /v1/entitlements/features", _list_features, _LIST),
    operation("GET /v1/entitlements/features/:id", _retrieve_feature),
    operation(
        "GET /v1/entitlements/active_entitlements",
        _list_active,
        {**PAGE_PARAMS, "customer": Text()},
        required="customer",
    ),
)
