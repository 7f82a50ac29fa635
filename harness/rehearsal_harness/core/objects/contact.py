"""Where somebody lives, and where something is sent.

Source: the hashes `address`, `shipping` and `billing_details` of the SDK types of stripe-python 16.1.0.
"""

from __future__ import annotations

from ..records import Record


class Address(Record, frozen=True, kw_only=True):
    """A postal address; every line may be missing."""

    city: str | None = None
    country: str | None = None
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    state: str | None = None


class Shipping(Record, frozen=True, kw_only=True):
    """Who receives a parcel; `carrier` and `tracking_number` are known to payments only."""

    name: str | None = None
    phone: str | None = None
    address: Address | None = None
    carrier: str | None = None
    tracking_number: str | None = None
