"""What it costs to send something, and how long that takes.

Source: the SDK type ShippingRate of stripe-python 16.1.0; https://docs.stripe.com/api/shipping_rates.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record


class ShippingRate(Record, frozen=True, kw_only=True):
    """A fixed amount; `at_least` and `at_most` are how long it takes, as (unit, how many)."""

    OBJECT: ClassVar[str] = "shipping_rate"

    id: str
    created: int
    display_name: str
    amount: int
    currency: str
    active: bool = True
    at_least: tuple[str, int] | None = None
    at_most: tuple[str, int] | None = None
    tax_behavior: str = "unspecified"
    tax_code: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()
