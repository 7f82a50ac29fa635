"""A shipping rate as JSON.  Source: the type ShippingRate of stripe-python 16.1.0."""

from __future__ import annotations

from typing import Any

from ..objects import ShippingRate


def render_shipping_rate(rate: ShippingRate, livemode: bool) -> dict[str, Any]:
    """The rate; without an estimate nothing is said of the time it takes."""
    bounds = {"maximum": rate.at_most, "minimum": rate.at_least}
    estimate = {
        name: None if bound is None else {"unit": bound[0], "value": bound[1]}
        for name, bound in bounds.items()
    }
    return {
        "id": rate.id,
        "object": "shipping_rate",
        "active": rate.active,
        "created": rate.created,
        "delivery_estimate": estimate if any(bounds.values()) else None,
        "display_name": rate.display_name,
        "fixed_amount": {"amount": rate.amount, "currency": rate.currency},
        "livemode": livemode,
        "metadata": dict(rate.metadata),
        "tax_behavior": rate.tax_behavior,
        "tax_code": rate.tax_code,
        "type": "fixed_amount",
    }
