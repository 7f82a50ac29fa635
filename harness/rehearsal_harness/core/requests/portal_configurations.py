"""Customer portal configurations: create, retrieve, update, list; and the default one, saved in the
dashboard.

Source: https://docs.stripe.com/api/customer_portal/configurations.  One made by API is never the default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..change import Change
from ..objects import PortalConfiguration, PortalFeatures, PortalProduct, Price, Product
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, listed, matches
from .parameters import Choice, Flag, Hash, Kind, ListOf, Only, Text, Url, Whole, not_simulated

_ENABLED = Hash({"enabled": Flag()}, required=("enabled",))
_UPDATES = ListOf(Choice("email address shipping phone tax_id name"), clearable=True)
_PRODUCT = Hash(
    {
        "product": Text(),
        "prices": ListOf(Text()),
        "adjustable_quantity": Hash(
            {"enabled": Flag(), "minimum": Whole(), "maximum": Whole(least=1)}, required=("enabled",)
        ),
    },
    required=("product", "prices"),
)
_PRODUCTS_MOST = 10
_CHANGE: Mapping[str, Kind] = {
    "enabled": Flag(),
    "default_allowed_updates": ListOf(Choice("price promotion_code quantity"), clearable=True),
    "products": ListOf(_PRODUCT, most=_PRODUCTS_MOST, clearable=True),
    "proration_behavior": Choice("none create_prorations always_invoice"),
    "trial_update_behavior": Choice("continue_trial end_trial"),
    "billing_cycle_anchor": Choice("unchanged", "now", clearable=True),
    **not_simulated("schedule_at_period_end"),
}


def _features_kind(*needed: str) -> Hash:
    """`needed`: what a creation must say of each feature that it names, and an update need not."""
    reason: dict[str, Kind] = {
        "enabled": Flag(),
        "options": ListOf(Text(), clearable=True),
        **not_simulated("feedback_options"),
    }
    cancel: dict[str, Kind] = {
        "enabled": Flag(),
        "mode": Choice("at_period_end immediately"),
        "proration_behavior": Only("none"),
        "cancellation_reason": Hash(reason, required=("enabled", *(["options"] if needed else []))),
    }
    method: dict[str, Kind] = {"enabled": Flag(), **not_simulated("payment_method_configuration")}
    return Hash(
        {
            "customer_update": Hash({"enabled": Flag(), "allowed_updates": _UPDATES}, required=needed),
            "invoice_history": _ENABLED,
            "payment_method_update": Hash(method, required=("enabled",)),
            "subscription_cancel": Hash(cancel, required=needed),
            "subscription_update": Hash(_CHANGE, required=needed),
            "subscription_pause": Hash({"enabled": Only("false"), **not_simulated("duration")}),
        }
    )


_FIELDS: Mapping[str, Kind] = {
    "business_profile": Hash(
        {
            "headline": Text(most=60, clearable=True),
            "privacy_policy_url": Url(),
            "terms_of_service_url": Url(),
        }
    ),
    "default_return_url": Url(clearable=True),
    "login_page": _ENABLED,
    "metadata": Metadata(),
    "name": Text(clearable=True),
}
_CREATE: Mapping[str, Kind] = {**_FIELDS, "features": _features_kind("enabled")}
_UPDATE: Mapping[str, Kind] = {**_FIELDS, "features": _features_kind(), "active": Flag()}
_OFF = PortalFeatures(invoice_history=False, payment_method_update=False, subscription_cancel=False)


def save_default_portal(world: World) -> World:
    """The owner saves the portal settings in the dashboard: from now on there is a default configuration, one
    however often they are saved."""
    if any(each.is_default for each in world.portal_configurations):
        return world
    change = Change(world, "save the default portal configuration")
    configuration = PortalConfiguration(
        id=change.new_id("bpc", f"default|{len(world.portal_configurations)}"),
        created=change.now,
        updated=change.now,
        is_default=True,
    )
    change.create(configuration)
    return change.done()


def _create(call: Call) -> tuple[World, Json]:
    change = call.change()
    configuration = PortalConfiguration(
        id=change.new_id("bpc", call.new_key(PortalConfiguration)),
        created=change.now,
        updated=change.now,
        **_sent(call, _OFF, ()),
    )
    rendered = shown(call.world, change.create(configuration))
    return change.done(), rendered


def _sent(call: Call, features: PortalFeatures, metadata: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    params = call.params
    sent = given(params, "active default_return_url name")
    sent |= given(params.get("business_profile", {}), "headline privacy_policy_url terms_of_service_url")
    if "login_page" in params:
        sent["login_page"] = params["login_page"]["enabled"]
    sent["features"] = _features(call, features, params.get("features", {}))
    return sent | {"metadata": metadata_of(params, metadata)}


def _features(call: Call, features: PortalFeatures, sent: Mapping[str, Any]) -> PortalFeatures:
    """The features with those that were sent in place of the old ones."""
    update, cancel = sent.get("customer_update", {}), sent.get("subscription_cancel", {})
    reason, changes = cancel.get("cancellation_reason", {}), sent.get("subscription_update", {})
    products = changes.get("products")
    return replace(
        features,
        customer_update=update.get("enabled", features.customer_update),
        allowed_updates=tuple(update.get("allowed_updates", features.allowed_updates)),
        invoice_history=sent.get("invoice_history", {}).get("enabled", features.invoice_history),
        payment_method_update=sent.get("payment_method_update", {}).get(
            "enabled", features.payment_method_update
        ),
        subscription_cancel=cancel.get("enabled", features.subscription_cancel),
        cancel_mode=cancel.get("mode", features.cancel_mode),
        cancellation_reason=reason.get("enabled", features.cancellation_reason),
        cancellation_options=tuple(reason.get("options", features.cancellation_options)),
        subscription_update=changes.get("enabled", features.subscription_update),
        products=features.products if products is None else tuple(_products(call, products)),
        default_allowed_updates=tuple(
            changes.get("default_allowed_updates", features.default_allowed_updates)
        ),
        **given(changes, "proration_behavior trial_update_behavior"),
    )


def _products(call: Call, sent: Sequence[Mapping[str, Any]]) -> Iterator[PortalProduct]:
    """What a customer may change to; raises Refusal for a price that is not the product's."""
    at = "features[subscription_update][products]"
    for position, each in enumerate(sent):
        product = call.named(Product, each["product"], f"{at}[{position}][product]")
        for number, price_id in enumerate(each["prices"]):
            param = f"{at}[{position}][prices][{number}]"
            price = call.named(Price, price_id, param)
            if price.product != product.id or price.recurring is None:
                message = f"The price {price_id} is no recurring price of the product {product.id}."
                raise refusal.invalid(message, param)
        yield PortalProduct(product.id, tuple(each["prices"]), *_bounds(each, f"{at}[{position}]"))


def _bounds(sent: Mapping[str, Any], param: str) -> tuple[bool | None, int, int | None]:
    """Whether the quantity may be changed, and within which bounds; raises Refusal for none between them."""
    bounds = sent.get("adjustable_quantity", {"enabled": None})
    least, most = bounds.get("minimum", 1), bounds.get("maximum")
    if most is not None and least > most:
        message = "`minimum` must not be more than `maximum`."
        raise refusal.invalid(message, f"{param}[adjustable_quantity][minimum]")
    return bounds["enabled"], least, most


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(PortalConfiguration))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(PortalConfiguration)
    after = replace(before, **_sent(call, before.features, before.metadata))
    change = call.change()
    if after != before:
        after = change.update(before, replace(after, updated=change.now))
    return change.done(), shown(call.world, after)


def _list(call: Call) -> tuple[World, Json]:
    def keep(configuration: PortalConfiguration) -> bool:
        return matches(call.params, active=configuration.active, is_default=configuration.is_default)

    rows = call.world.portal_configurations.newest_first()
    url = "/v1/billing_portal/configurations"
    return call.world, listed(call, url, rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/billing_portal/configurations", _create, _CREATE, required="features"),
    operation(
        "GET /v1/billing_portal/configurations",
        _list,
        {**PAGE_PARAMS, "active": Flag(), "is_default": Flag()},
    ),
    operation("GET /v1/billing_portal/configurations/:id", _retrieve),
    operation("POST /v1/billing_portal/configurations/:id", _update, _UPDATE),
)
