"""Which parameters an older API version took, and by which names they say the same today.

Does not know: how an answer looks in that version (`render.versions`).
Rule: the parameter types of one release of stripe-python for each flower, compared as in
`render.version_changes`; https://docs.stripe.com/changelog/endive (`payment_method_types`,
`billing_cycle_anchor`), .../dahlia (`ui_mode`), .../clover (`coupon` of a promotion code), .../basil
(`coupon` of a subscription, `price` and `unit_amount` of an invoice item, upcoming invoices).  The Stripe
CLI names no version: 1.52.0 knows dahlia.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ..api_versions import (
    BASIL_FIRST,
    CLOVER_FIRST,
    DAHLIA_FIRST,
    ENDIVE_FIRST,
    KNOWN,
    SHAPES,
    not_known,
    shape_of,
)
from ..world import World
from . import refusal
from .checkout_parameters import OfferedTypes
from .message import ApiRequest, Form
from .operation import Operation
from .parameters import Hash, Kind, ListOf, Renamed, Text
from .payment_method_parameters import MethodType
from .subscription_parameters import PREVIEW_BEFORE_ENDIVE

_CLI = "stripe-cli/"
_CLI_VERSION = "2026-08-26.dahlia"
_CLI_OLDER = "2025-02-24.acacia"  # its triggers still give a code, and a customer, a `coupon`
_CLI_LISTS = "2019-03-14"  # `listen --use-configured-webhooks` lists endpoints, whose shape has not changed
_CUSTOMER_DISCOUNT: Mapping[str, Kind | None] = {
    "coupon": Text(clearable=True),
    "promotion_code": Text(clearable=True),
}
_METHOD_TYPES: Mapping[str, Kind | None] = {"payment_method_types": ListOf(MethodType(), clearable=True)}

# The version that changed them -> route -> parameter -> its kind before, or None where it was not known
_BEFORE: Mapping[str, Mapping[str, Mapping[str, Kind | None]]] = {
    ENDIVE_FIRST: {
        "POST /v1/checkout/sessions": {
            "payment_method_types": OfferedTypes(),
            "allowed_payment_method_types": None,
        },
        "POST /v1/invoices/create_preview": {"subscription_details": Hash(PREVIEW_BEFORE_ENDIVE)},
        "POST /v1/payment_intents": _METHOD_TYPES,
        "POST /v1/payment_intents/:id": _METHOD_TYPES,
        "POST /v1/payment_intents/:id/confirm": _METHOD_TYPES,
        "POST /v1/setup_intents": _METHOD_TYPES,
        "POST /v1/setup_intents/:id": _METHOD_TYPES,
    },
    DAHLIA_FIRST: {
        "POST /v1/checkout/sessions": {
            "ui_mode": Renamed({"hosted": "hosted_page", "embedded": "embedded_page", "custom": "elements"}),
            "integration_identifier": None,
            "managed_payments": None,
        },
    },
    BASIL_FIRST: {
        "POST /v1/customers": _CUSTOMER_DISCOUNT,
        "POST /v1/customers/:id": _CUSTOMER_DISCOUNT,
    },
}
_DISCOUNTS = {"coupon": "discounts.0.coupon", "promotion_code": "discounts.0.promotion_code"}
_OF_SUBSCRIPTION = (
    "billing_cycle_anchor cancel_at cancel_at_period_end cancel_now default_tax_rates items "
    "proration_behavior proration_date resume_at start_date trial_end"
)
_PREVIEWED = {f"subscription_{name}": f"subscription_details.{name}" for name in _OF_SUBSCRIPTION.split()}
_ITEM_PRICE = {"price": "pricing.price", "unit_amount": "unit_amount_decimal"}
# The version that moved them -> route -> parameter then -> where it is now
_MOVED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    ENDIVE_FIRST: {
        "POST /v1/subscriptions/:id": {"billing_cycle_anchor": "billing_cycle_anchor.type"},
        "POST /v1/subscriptions/:id/resume": {"billing_cycle_anchor": "billing_cycle_anchor.type"},
    },
    CLOVER_FIRST: {"POST /v1/promotion_codes": {"coupon": "promotion.coupon"}},
    BASIL_FIRST: {
        "POST /v1/invoices/create_preview": {**_PREVIEWED, **_DISCOUNTS},
        "POST /v1/invoiceitems": _ITEM_PRICE,
        "POST /v1/invoiceitems/:id": _ITEM_PRICE,
        "POST /v1/subscriptions": _DISCOUNTS,
        "POST /v1/subscriptions/:id": _DISCOUNTS,
    },
}
# What a moved parameter says besides: the kind of promotion that a coupon is.
_SAID: Mapping[str, Mapping[str, str]] = {"promotion.coupon": {"promotion.type": "coupon"}}
# The first version in which a session names no plans, and an invoice leaves pending items where they are:
# https://docs.stripe.com/upgrades#2022-08-01.
_PLANS_LAST = "2022-08-01"
# The version that took operations away -> route then -> the operation that does the same now
_ROUTES: Mapping[str, Mapping[str, str]] = {
    BASIL_FIRST: {"GET /v1/invoices/upcoming": "POST /v1/invoices/create_preview"}
}


def version_of(world: World, request: ApiRequest) -> str:
    """The API version of a request: the one it names, or the account's; raises Refusal for an unknown one."""
    named = request.headers.get("stripe-version")
    if named == _CLI_LISTS and _CLI in request.headers.get("user-agent", ""):
        named = min(KNOWN)
    if not named and _CLI in request.headers.get("user-agent", ""):
        of_now = _CLI_OLDER if "coupon" in request.params else _CLI_VERSION
        return min(of_now, world.settings.api_version)
    version = named or world.settings.api_version
    if version not in KNOWN:
        message = f"Invalid Stripe-Version: {not_known(version)}."
        raise refusal.invalid(message, None, refusal.NOT_SIMULATED)
    return version


def route_of(method: str, path: str, version: str) -> tuple[str, str]:
    """Method and path of the operation that does today what was asked in that version."""
    for changed, routes in _ROUTES.items():
        if version < changed and f"{method} {path}" in routes:
            method, _, path = routes[f"{method} {path}"].partition(" ")
    return method, path


def form_of(operation: Operation, version: str, form: Form) -> Form:
    """The parameters in the newest names."""
    if version < _PLANS_LAST and operation.route == "POST /v1/invoices":
        form = {"pending_invoice_items_behavior": "include", **form}
    if version < _PLANS_LAST and operation.route == "POST /v1/checkout/sessions":
        form = _sold_by_plan(form)
    for changed in (BASIL_FIRST, CLOVER_FIRST, ENDIVE_FIRST):
        moved = _MOVED[changed].get(operation.route) if version < changed else None
        if moved is not None:
            form = _moved(form, moved)
    return form


def _sold_by_plan(form: Form) -> Form:
    """A session whose items are plans of `subscription_data`, as line items; another as it is."""
    data = form.get("subscription_data")
    items = data.get("items") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(items, Mapping) or "line_items" in form:
        return form
    lines = {place: _priced(item) for place, item in items.items()}
    rest = {name: value for name, value in data.items() if name != "items"}
    return {"mode": "subscription", **form, "line_items": lines, "subscription_data": rest}


def _priced(item: Any) -> Any:
    if not isinstance(item, Mapping):
        return item
    line = {"price" if name == "plan" else name: value for name, value in item.items()}
    return {"quantity": "1", **line}


def _moved(form: Form, moved: Mapping[str, str]) -> Form:
    """`form` with what stands under a moved name at its new place."""
    after: dict[str, Any] = {name: value for name, value in form.items() if name not in moved}
    for name, value in form.items():
        if name in moved and value == "" and moved[name].startswith("discounts."):
            after["discounts"] = ""  # taken away
        elif name in moved:
            _put(after, moved[name].split("."), value)
            for place, word in _SAID.get(moved[name], {}).items():
                _put(after, place.split("."), word)
    return after


def _put(form: dict[str, Any], place: list[str], value: Any) -> None:
    for name in place[:-1]:
        inner = form.get(name)
        form[name] = dict(inner) if isinstance(inner, Mapping) else {}
        form = form[name]
    form[place[-1]] = value


def params_of(operation: Operation, version: str) -> Hash:
    """The parameters of the operation in that version."""
    shape = shape_of(version)
    return operation.params if shape == ENDIVE_FIRST else _params_of(operation, shape)


@cache
def _params_of(operation: Operation, shape: str) -> Hash:
    fields: dict[str, Kind | None] = dict(operation.params.fields)
    for version in reversed(SHAPES):
        if version > shape:
            fields |= _BEFORE.get(version, {}).get(operation.route, {})
    known = {name: kind for name, kind in fields.items() if kind is not None}
    return Hash(known, operation.params.required)
