"""The customer portal: its configuration, and one visit to it.

Source: the SDK types billing_portal.Configuration and billing_portal.Session of stripe-python 16.1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..records import Record


@dataclass(frozen=True, slots=True)
class PortalProduct:
    """A product to whose `prices` a customer may change.

    `adjustable` says whether they may take more or less of it, from `least` to `most` (None for no limit);
    where it is None, the configuration's default_allowed_updates do.
    """

    product: str
    prices: tuple[str, ...]
    adjustable: bool | None = None
    least: int = 1
    most: int | None = None


class PortalFeatures(Record, frozen=True, kw_only=True):
    """What a customer may do in the portal.

    `products`, `proration_behavior` and `trial_update_behavior` are about a change of plan.
    """

    customer_update: bool = False
    allowed_updates: tuple[str, ...] = ()
    invoice_history: bool = True
    payment_method_update: bool = True
    subscription_cancel: bool = True
    cancel_mode: str = "at_period_end"
    cancellation_reason: bool = False
    cancellation_options: tuple[str, ...] = ()
    subscription_update: bool = False
    default_allowed_updates: tuple[str, ...] = ()
    products: tuple[PortalProduct, ...] = ()
    proration_behavior: str = "none"
    trial_update_behavior: str = "end_trial"

    @property
    def price_ids(self) -> tuple[str, ...]:
        """Every price that a customer may change to."""
        return tuple(price for each in self.products for price in each.prices)

    def bounds_of(self, price_id: str) -> tuple[int, int | None] | None:
        """From how much to how much (None for no limit) of that price a customer may take, or None where the
        quantity is not theirs to change."""
        default = "quantity" in self.default_allowed_updates
        for each in self.products:
            if price_id in each.prices:
                may = default if each.adjustable is None else each.adjustable and default
                return (each.least, each.most) if may else None
        return (1, None) if default else None


_DEFAULT_FEATURES = PortalFeatures()


class PortalConfiguration(Record, frozen=True, kw_only=True):
    """A saved configuration; a session needs one, its own or the default of the mode."""

    OBJECT: ClassVar[str] = "billing_portal.configuration"

    id: str
    created: int
    updated: int
    features: PortalFeatures = _DEFAULT_FEATURES
    active: bool = True
    is_default: bool = False
    default_return_url: str | None = None
    name: str | None = None
    headline: str | None = None
    privacy_policy_url: str | None = None
    terms_of_service_url: str | None = None
    login_page: bool = False
    metadata: tuple[tuple[str, str], ...] = ()


class PortalFlow(Record, frozen=True, kw_only=True):
    """A deep link into one task of the portal, e.g. subscription_cancel of one subscription.

    subscription_update_confirm names the `item`, the `price` and the `quantity` that it is to change to.
    Where `confirmed` is not None the task ends with a page of the portal that says so, in those words.
    """

    type: str
    subscription: str | None = None
    item: str | None = None
    price: str | None = None
    quantity: int | None = None
    confirmed: str | None = None
    return_url: str | None = None


class PortalSession(Record, frozen=True, kw_only=True):
    """A link that dies 5 minutes after creation when nobody uses it."""

    OBJECT: ClassVar[str] = "billing_portal.session"

    id: str
    created: int
    customer: str
    configuration: str
    return_url: str | None = None
    locale: str | None = None
    flow: PortalFlow | None = None
