"""What is sold: products, prices, and the features a product unlocks.

Source: the SDK types Product, Price and entitlements.Feature of stripe-python 16.1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """An entitlement feature; `lookup_key` is unique among the active ones."""

    OBJECT: ClassVar[str] = "entitlements.feature"

    id: str
    lookup_key: str
    name: str
    active: bool = True
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product; `feature_ids` are the entitlement features attached to it."""

    OBJECT: ClassVar[str] = "product"

    id: str
    created: int
    updated: int
    name: str
    active: bool = True
    description: str | None = None
    default_price: str | None = None
    feature_ids: tuple[str, ...] = ()
    deleted: bool = False
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """How often a price is due: every `interval_count` `interval`s (day, week, month, year).

    A metered price has a `meter`; what was used in a period is due at its end.
    """

    interval: str
    interval_count: int = 1
    usage_type: str = "licensed"
    meter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price; amount, currency and interval never change.

    `unit_amount` is in the currency's smallest unit.
    """

    OBJECT: ClassVar[str] = "price"

    id: str
    created: int
    product: str
    currency: str
    unit_amount: int
    recurring: Recurring | None = None
    active: bool = True
    lookup_key: str | None = None
    nickname: str | None = None
    tax_behavior: str = "unspecified"
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def is_metered(self) -> bool:
        """Whether usage is billed, so that it has no quantity and costs nothing in advance."""
        return self.recurring is not None and self.recurring.usage_type == "metered"
