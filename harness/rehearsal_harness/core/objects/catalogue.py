"""What is sold: products, prices, and the features a product unlocks.

Source: the SDK types Product, Price and entitlements.Feature of stripe-python 16.1.0.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

from ..records import Record


class Feature(Record, frozen=True, kw_only=True):
    """An entitlement feature; `lookup_key` is unique among the active ones."""

    OBJECT: ClassVar[str] = "entitlements.feature"

    id: str
    lookup_key: str
    name: str
    active: bool = True
    metadata: tuple[tuple[str, str], ...] = ()


class Product(Record, frozen=True, kw_only=True):
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
    images: tuple[str, ...] = ()
    marketing_features: tuple[str, ...] = ()
    package_dimensions: tuple[str, ...] = ()
    shippable: bool | None = None
    statement_descriptor: str | None = None
    tax_code: str | None = None
    unit_label: str | None = None
    url: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()


class Recurring(Record, frozen=True, kw_only=True):
    """How often a price is due: every `interval_count` `interval`s (day, week, month, year).

    A metered price has a `meter`; what was used in a period is due at its end.
    """

    interval: str
    interval_count: int = 1
    usage_type: str = "licensed"
    meter: str | None = None
    trial_period_days: int | None = None


class Tier(Record, frozen=True, kw_only=True):
    """What units up to the number `up_to` cost, None for all further ones: so much each, and so much once."""

    up_to: int | None
    unit_amount: str = "0"
    flat_amount: str = "0"


class CustomAmount(Record, frozen=True, kw_only=True):
    """The customer chooses what to pay, in the smallest unit."""

    minimum: int | None = None
    maximum: int | None = None
    preset: int | None = None


class Price(Record, frozen=True, kw_only=True):
    """A price; amount, currency and interval never change.

    `unit_amount` is in the currency's smallest unit.  `unit_amount_decimal` is there where that is no whole
    number; `tiers` (by `tiers_mode` graduated or volume) or a `custom_amount` stand in place of both, which
    are then 0.  `divide_by` units are sold as one, rounded `divide_round`.
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
    unit_amount_decimal: str | None = None
    tiers: tuple[Tier, ...] = ()
    tiers_mode: str | None = None
    custom_amount: CustomAmount | None = None
    divide_by: int | None = None
    divide_round: str = "up"
    deleted: bool = False
    metadata: tuple[tuple[str, str], ...] = ()

    def amount_of(self, quantity: int) -> int:
        """What so many cost, in the smallest unit; of an amount that a customer chooses, what is preset.

        Halves are rounded up, as https://docs.stripe.com/billing/subscriptions/decimal-amounts says.
        """
        if self.divide_by is not None:
            extra = self.divide_by - 1 if self.divide_round == "up" else 0
            quantity = (quantity + extra) // self.divide_by
        if self.tiers:
            return _rounded(_tiered(self.tiers, quantity, graduated=self.tiers_mode == "graduated"))
        if self.unit_amount_decimal is not None:
            return _rounded(Decimal(self.unit_amount_decimal) * quantity)
        if self.custom_amount is not None:
            return (self.custom_amount.preset or 0) * quantity
        return self.unit_amount * quantity

    @property
    def is_metered(self) -> bool:
        """Whether usage is billed, so that it has no quantity and costs nothing in advance."""
        return self.recurring is not None and self.recurring.usage_type == "metered"


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def _tiered(tiers: tuple[Tier, ...], quantity: int, *, graduated: bool) -> Decimal:
    """Graduated: each unit costs what its own tier says; volume: all cost what the last one's says."""
    total, below = Decimal(0), 0
    for tier in tiers:
        is_last = tier.up_to is None or quantity <= tier.up_to
        if graduated or is_last:
            within = quantity if is_last else tier.up_to or 0
            units = within - below if graduated else quantity
            total += Decimal(tier.unit_amount) * units + Decimal(tier.flat_amount)
        if is_last:
            return total
        below = tier.up_to or 0
    return total


class Plan(Record, frozen=True, kw_only=True):
    """A recurring price in the words of the plan it once was; its id is the price's."""

    OBJECT: ClassVar[str] = "plan"

    id: str
    price: Price
    deleted: bool = False
