"""Products, prices and features as JSON.  Source: the types of stripe-python 16.1.0.

`plan` is the legacy mirror of a price that subscription items still carry; it is in no public schema.
"""

from __future__ import annotations

from typing import Any

from ..objects import Feature, Price, Product


def render_product(product: Product, livemode: bool) -> dict[str, Any]:
    """The product."""
    return {
        "id": product.id,
        "object": "product",
        "active": product.active,
        "created": product.created,
        "default_price": product.default_price,
        "description": product.description,
        "images": [],
        "livemode": livemode,
        "marketing_features": [],
        "metadata": dict(product.metadata),
        "name": product.name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "tax_details": None,
        "type": "service",
        "unit_label": None,
        "updated": product.updated,
        "url": None,
    }


def render_price(price: Price, livemode: bool) -> dict[str, Any]:
    """The price; amounts also as a decimal string, as on the wire."""
    return {
        "id": price.id,
        "object": "price",
        "active": price.active,
        "billing_scheme": "per_unit",
        "created": price.created,
        "currency": price.currency,
        "custom_unit_amount": None,
        "livemode": livemode,
        "lookup_key": price.lookup_key,
        "metadata": dict(price.metadata),
        "nickname": price.nickname,
        "product": price.product,
        "recurring": _recurring(price),
        "tax_behavior": price.tax_behavior,
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if price.recurring else "one_time",
        "unit_amount": price.unit_amount,
        "unit_amount_decimal": str(price.unit_amount),
    }


def _recurring(price: Price) -> dict[str, Any] | None:
    if price.recurring is None:
        return None
    return {
        "interval": price.recurring.interval,
        "interval_count": price.recurring.interval_count,
        "meter": price.recurring.meter,
        "trial_period_days": None,
        "usage_type": price.recurring.usage_type,
    }


def render_plan(price: Price, livemode: bool) -> dict[str, Any]:
    """The recurring price in the words of the plan it once was."""
    recurring = price.recurring
    assert recurring is not None, "only recurring prices are in subscriptions"
    return {
        "id": price.id,
        "object": "plan",
        "active": price.active,
        "amount": price.unit_amount,
        "amount_decimal": str(price.unit_amount),
        "billing_scheme": "per_unit",
        "created": price.created,
        "currency": price.currency,
        "interval": recurring.interval,
        "interval_count": recurring.interval_count,
        "livemode": livemode,
        "metadata": dict(price.metadata),
        "meter": recurring.meter,
        "nickname": price.nickname,
        "product": price.product,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": recurring.usage_type,
    }


def render_feature(feature: Feature, livemode: bool) -> dict[str, Any]:
    """The entitlement feature."""
    return {
        "id": feature.id,
        "object": "entitlements.feature",
        "active": feature.active,
        "livemode": livemode,
        "lookup_key": feature.lookup_key,
        "metadata": dict(feature.metadata),
        "name": feature.name,
    }
