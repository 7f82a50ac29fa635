"""Products, prices and features as JSON.  Source: the types of stripe-python 16.1.0.

`plan` is the legacy mirror of a price that subscription items still carry; it is in no public schema.
"""

from __future__ import annotations

from typing import Any

from ..objects import Feature, Plan, Price, Product
from .discount import number


def render_product(product: Product, livemode: bool) -> dict[str, Any]:
    """The product."""
    return {
        "id": product.id,
        "object": "product",
        "active": product.active,
        "created": product.created,
        "default_price": product.default_price,
        "description": product.description,
        "images": list(product.images),
        "livemode": livemode,
        "marketing_features": [{"name": name} for name in product.marketing_features],
        "metadata": dict(product.metadata),
        "name": product.name,
        "package_dimensions": _dimensions(product),
        "shippable": product.shippable,
        "statement_descriptor": product.statement_descriptor,
        "tax_code": product.tax_code,
        "tax_details": None,
        "type": "service",
        "unit_label": product.unit_label,
        "updated": product.updated,
        "url": product.url,
    }


def _dimensions(product: Product) -> dict[str, float] | None:
    if not product.package_dimensions:
        return None
    sides = [number(side) for side in product.package_dimensions]
    return dict(zip(("height", "length", "weight", "width"), sides, strict=True))


def render_price(price: Price, livemode: bool) -> dict[str, Any]:
    """The price; amounts also as a decimal string, as on the wire."""
    return {
        "id": price.id,
        "object": "price",
        "active": price.active,
        "billing_scheme": _scheme(price),
        "created": price.created,
        "currency": price.currency,
        "custom_unit_amount": _custom(price),
        "livemode": livemode,
        "lookup_key": price.lookup_key,
        "metadata": dict(price.metadata),
        "nickname": price.nickname,
        "product": price.product,
        "recurring": _recurring(price),
        "tax_behavior": price.tax_behavior,
        "tiers_mode": price.tiers_mode,
        "transform_quantity": _transformed(price),
        "type": "recurring" if price.recurring else "one_time",
        "unit_amount": _whole_amount(price),
        "unit_amount_decimal": _decimal_amount(price),
    }


def _scheme(price: Price) -> str:
    return "tiered" if price.tiers else "per_unit"


def _whole_amount(price: Price) -> int | None:
    """The amount where it is one, and a whole number."""
    return price.unit_amount if _decimal_amount(price) == str(price.unit_amount) else None


def _decimal_amount(price: Price) -> str | None:
    if price.tiers or price.custom_amount is not None:
        return None
    return price.unit_amount_decimal or str(price.unit_amount)


def _custom(price: Price) -> dict[str, int | None] | None:
    custom = price.custom_amount
    if custom is None:
        return None
    return {"maximum": custom.maximum, "minimum": custom.minimum, "preset": custom.preset}


def _transformed(price: Price) -> dict[str, Any] | None:
    if price.divide_by is None:
        return None
    return {"divide_by": price.divide_by, "round": price.divide_round}


def render_tiers(price: Price) -> list[dict[str, Any]] | None:
    """The tiers of a price, which are there only when they are expanded; a fraction has no whole amount."""
    return [
        {
            "flat_amount": _int(tier.flat_amount),
            "flat_amount_decimal": tier.flat_amount,
            "unit_amount": _int(tier.unit_amount),
            "unit_amount_decimal": tier.unit_amount,
            "up_to": tier.up_to,
        }
        for tier in price.tiers
    ] or None


def _int(decimal: str) -> int | None:
    return int(decimal) if decimal.isdigit() else None


def _recurring(price: Price) -> dict[str, Any] | None:
    if price.recurring is None:
        return None
    return {
        "interval": price.recurring.interval,
        "interval_count": price.recurring.interval_count,
        "meter": price.recurring.meter,
        "trial_period_days": price.recurring.trial_period_days,
        "usage_type": price.recurring.usage_type,
    }


def render_plan_object(plan: Plan, livemode: bool) -> dict[str, Any]:
    """What was made or changed as a plan."""
    return render_plan(plan.price, livemode)


def render_plan(price: Price, livemode: bool) -> dict[str, Any]:
    """The recurring price in the words of the plan it once was."""
    recurring = price.recurring
    assert recurring is not None, "only recurring prices are in subscriptions"
    return {
        "id": price.id,
        "object": "plan",
        "active": price.active,
        "amount": _whole_amount(price),
        "amount_decimal": _decimal_amount(price),
        "billing_scheme": _scheme(price),
        "created": price.created,
        "currency": price.currency,
        "interval": recurring.interval,
        "interval_count": recurring.interval_count,
        "livemode": livemode,
        "metadata": dict(price.metadata),
        "meter": recurring.meter,
        "nickname": price.nickname,
        "product": price.product,
        "tiers_mode": price.tiers_mode,
        "transform_usage": _transformed(price),
        "trial_period_days": recurring.trial_period_days,
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
