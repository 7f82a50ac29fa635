"""Expanding: an id becomes the object it stands for, and a field that is left out becomes a list.

Decides: which fields can be expanded.  Does not know: which operation answered.
Rule: https://docs.stripe.com/api/expanding_objects: at most four levels; below a list as `data.customer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..api_versions import API_VERSION
from ..objects import (
    BalanceTransaction,
    Charge,
    Coupon,
    Customer,
    Discount,
    Feature,
    Invoice,
    InvoicePayment,
    PaymentIntent,
    PaymentLink,
    PaymentMethod,
    PortalConfiguration,
    Price,
    Product,
    PromotionCode,
    Refund,
    SetupIntent,
    ShippingRate,
    Source,
    StripeObject,
    Subscription,
    SubscriptionStatus,
    TestClock,
)
from ..render.catalogue import render_tiers
from ..render.checkout_session import render_line_item, render_line_items
from ..render.intents import client_secret
from ..render.links import Links
from ..render.portal import render_products
from ..render.versions import in_version
from ..world import World
from . import refusal
from .message import Json
from .null_here import NULL_HERE
from .operation import shown

_LEVELS_MOST = 4

# (object, path of the field inside it) -> what its id stands for
EXPANDABLE: Mapping[tuple[str, str], type[StripeObject]] = {
    ("billing_portal.session", "configuration"): PortalConfiguration,
    ("charge", "balance_transaction"): BalanceTransaction,
    ("charge", "customer"): Customer,
    ("charge", "payment_intent"): PaymentIntent,
    ("checkout.session", "customer"): Customer,
    ("checkout.session", "invoice"): Invoice,
    ("checkout.session", "payment_intent"): PaymentIntent,
    ("checkout.session", "payment_link"): PaymentLink,
    ("checkout.session", "setup_intent"): SetupIntent,
    ("checkout.session", "shipping_cost.shipping_rate"): ShippingRate,
    ("checkout.session", "subscription"): Subscription,
    ("customer", "invoice_settings.default_payment_method"): PaymentMethod,
    ("customer", "test_clock"): TestClock,
    ("customer_balance_transaction", "customer"): Customer,
    ("customer_balance_transaction", "invoice"): Invoice,
    ("discount", "customer"): Customer,
    ("discount", "promotion_code"): PromotionCode,
    ("discount", "source.coupon"): Coupon,
    ("dispute", "charge"): Charge,
    ("dispute", "payment_intent"): PaymentIntent,
    ("radar.early_fraud_warning", "charge"): Charge,
    ("radar.early_fraud_warning", "payment_intent"): PaymentIntent,
    ("entitlements.active_entitlement", "feature"): Feature,
    ("invoice", "customer"): Customer,
    ("invoice", "default_payment_method"): PaymentMethod,
    ("invoice", "default_source"): Source,
    ("invoice", "discounts"): Discount,
    ("invoice", "parent.subscription_details.subscription"): Subscription,
    ("invoice", "test_clock"): TestClock,
    ("invoice_payment", "invoice"): Invoice,
    ("invoice_payment", "payment.payment_intent"): PaymentIntent,
    ("line_item", "pricing.price_details.price"): Price,
    ("payment_intent", "customer"): Customer,
    ("payment_intent", "latest_charge"): Charge,
    ("payment_intent", "payment_method"): PaymentMethod,
    ("payment_method", "customer"): Customer,
    ("price", "product"): Product,
    ("plan", "product"): Product,
    ("product", "default_price"): Price,
    ("promotion_code", "customer"): Customer,
    ("promotion_code", "promotion.coupon"): Coupon,
    ("refund", "balance_transaction"): BalanceTransaction,
    ("refund", "charge"): Charge,
    ("refund", "customer"): Customer,
    ("refund", "payment_method"): PaymentMethod,
    ("setup_intent", "customer"): Customer,
    ("setup_intent", "payment_method"): PaymentMethod,
    ("card", "customer"): Customer,
    ("customer", "default_source"): Source,
    ("refund", "payment_intent"): PaymentIntent,
    ("subscription", "customer"): Customer,
    ("subscription", "discounts"): Discount,
    ("subscription", "default_payment_method"): PaymentMethod,
    ("subscription", "latest_invoice"): Invoice,
    ("subscription", "test_clock"): TestClock,
}
# What only versions before 2025-03-31.basil name.
EXPANDABLE_THEN: Mapping[tuple[str, str], type[StripeObject]] = {
    ("charge", "invoice"): Invoice,
    ("invoice", "charge"): Charge,
    ("invoice", "payment_intent"): PaymentIntent,
    ("invoice", "subscription"): Subscription,
    ("payment_intent", "invoice"): Invoice,
}
_EXPANDABLE = {**EXPANDABLE, **EXPANDABLE_THEN}


def _line_items(world: World, session_id: str) -> Json:
    rendered = list(render_line_items(world.checkout_sessions[session_id], world.settings.livemode).values())
    return _whole_list(rendered, f"/v1/checkout/sessions/{session_id}/line_items")


def _link_line_items(world: World, link_id: str) -> Json:
    items = world.payment_links[link_id].line_items
    rendered = [render_line_item(item, world.settings.livemode) for item in items]
    return _whole_list(rendered, f"/v1/payment_links/{link_id}/line_items")


def _invoice_payments(world: World, invoice_id: str) -> Json:
    payments = world.table(InvoicePayment).owned_by(invoice_id)
    return _whole_list([shown(world, payment) for payment in payments], "/v1/invoice_payments")


def _confirmation_secret(world: World, invoice_id: str) -> Json | None:
    """What a page needs to let the customer pay an open invoice."""
    intent = world.payment_intents.get(world.invoices[invoice_id].payment_intent or "")
    if intent is None:
        return None
    return {"client_secret": client_secret(intent), "type": "payment_intent"}


def _tiers(world: World, price_id: str) -> list[Json] | None:
    return render_tiers(world.prices[price_id])


def _applies_to(world: World, coupon_id: str) -> Json | None:
    products = world.coupons[coupon_id].products
    return {"products": list(products)} if products else None


def _sources(world: World, customer_id: str) -> Json:
    kept = [row for row in reversed(world.sources.owned_by(customer_id)) if not row.deleted]
    return _whole_list([shown(world, row) for row in kept], f"/v1/customers/{customer_id}/sources")


def _tax_ids(world: World, customer_id: str) -> Json:
    kept = [row for row in reversed(world.tax_ids.owned_by(customer_id)) if not row.deleted]
    return _whole_list([shown(world, row) for row in kept], f"/v1/customers/{customer_id}/tax_ids")


def _subscriptions(world: World, customer_id: str) -> Json:
    rows = world.table(Subscription).owned_by(customer_id)
    kept = [row for row in reversed(rows) if row.status is not SubscriptionStatus.CANCELED]
    return _whole_list([shown(world, row) for row in kept], f"/v1/customers/{customer_id}/subscriptions")


def _refunds(world: World, charge_id: str) -> Json:
    rows = reversed(world.table(Refund).owned_by(charge_id))
    return _whole_list([shown(world, row) for row in rows], f"/v1/charges/{charge_id}/refunds")


def _customer_tax(world: World, customer_id: str) -> Json:
    """Where the customer is, by the address; nobody collects taxes here."""
    address = world.customers[customer_id].details.address
    country = address.country if address else None
    state = address.state if address else None
    location = {"country": country, "source": "billing_address", "state": state} if country else None
    return {
        "automatic_tax": "not_collecting" if country else "unrecognized_location",
        "ip_address": None,
        "location": location,
        "provider": "stripe",
    }


def _portal_products(world: World, configuration_id: str) -> list[Json]:
    return render_products(world.portal_configurations[configuration_id].features)


def _whole_list(data: list[Json], url: str) -> Json:
    return {"object": "list", "data": data, "has_more": False, "url": url}


# Fields that are there only when they are asked for.
_INCLUDABLE: Mapping[tuple[str, str], Callable[[World, str], Any]] = {
    ("billing_portal.configuration", "features.subscription_update.products"): _portal_products,
    ("coupon", "applies_to"): _applies_to,
    ("checkout.session", "line_items"): _line_items,
    ("charge", "refunds"): _refunds,
    ("customer", "sources"): _sources,
    ("customer", "tax"): _customer_tax,
    ("customer", "subscriptions"): _subscriptions,
    ("customer", "tax_ids"): _tax_ids,
    ("invoice", "confirmation_secret"): _confirmation_secret,
    ("invoice", "payments"): _invoice_payments,
    ("payment_link", "line_items"): _link_line_items,
    ("price", "tiers"): _tiers,
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One path to expand, in a world, for a request pinned to a version."""

    world: World
    path: str
    version: str

    def old(self, rendered: Json) -> Json:
        """What was rendered in the newest version, in the request's."""
        older: Json = in_version(self.version, rendered, Links(self.world))
        return older

    def object_of(self, kind: type[StripeObject], object_id: str) -> Json:
        """The object that an id stands for, in the request's version."""
        return self.old(shown(self.world, self.world.get(kind, object_id)))


def expand(world: World, body: Json, paths: Iterable[str], version: str = API_VERSION) -> Json:
    """The body, which is in `version`, with every path of `paths` expanded in place; raises Refusal for one
    that cannot be."""
    for path in paths:
        if path == "total_count" and body.get("object") == "search_result":
            continue
        segments = path.split(".")
        if len(segments) - (segments[0] == "data") > _LEVELS_MOST:
            message = f"You cannot expand more than {_LEVELS_MOST} levels of a property ({path})."
            raise refusal.invalid(message, "expand")
        _expand(_Asked(world, path, version), body, body, "", segments)
    return body


def _expand(asked: _Asked, obj: Json, value: Any, inside: str, segments: list[str]) -> None:
    """Expand `segments` below `value`, which lies at `inside` in the object `obj`."""
    if isinstance(value, list):
        for each in value:
            _expand(asked, each, each, "", segments)
        return
    name, *rest = segments
    field = f"{inside}.{name}" if inside else name
    child = _child(asked, obj, value, field, name)
    if child is not None and rest:
        is_object = isinstance(child, dict) and "object" in child
        _expand(asked, child if is_object else obj, child, "" if is_object else field, rest)


def _included(asked: _Asked, rendered: Any) -> Any:
    return rendered if isinstance(rendered, list) else asked.old(rendered)


def _child(asked: _Asked, obj: Json, value: Json, field: str, name: str) -> Any:
    key = (obj.get("object", ""), field)
    child = value.get(name)
    if key in _INCLUDABLE:
        if child is None:
            child = value[name] = _included(asked, _INCLUDABLE[key](asked.world, obj["id"]))
    elif key in _EXPANDABLE and name in value:
        if isinstance(child, str):
            child = value[name] = asked.object_of(_EXPANDABLE[key], child)
        elif isinstance(child, list):
            kind = _EXPANDABLE[key]
            child = value[name] = [
                asked.object_of(kind, each) if isinstance(each, str) else each for each in child
            ]
    elif child is None and key in NULL_HERE:
        return None
    elif not isinstance(child, dict | list):
        raise refusal.invalid(f"This property cannot be expanded ({asked.path}).", "expand")
    return child
