"""Addresses and who lives there, as parameters.

Source: the hashes `address`, `shipping` and `billing_details` of the parameter types of stripe-python 16.1.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..objects import Address, Shipping
from .parameters import Email, Hash, Kind, Raw, Text, not_simulated

_LINES: Mapping[str, Kind] = dict.fromkeys(
    ("city", "country", "line1", "line2", "postal_code", "state"), Text(clearable=True)
)
ADDRESS = Hash(_LINES)


@dataclass(frozen=True, slots=True)
class Clearable:
    """A hash, or "" in its place (answered as None) to clear it."""

    inner: Kind

    def read(self, raw: Raw, param: str) -> Any:
        return None if raw == "" else self.inner.read(raw, param)


CUSTOMER_SHIPPING = Clearable(
    Hash({"address": ADDRESS, "name": Text(), "phone": Text(clearable=True)}, required=("address", "name"))
)
SHIPPING_FIELDS: Mapping[str, Kind] = {
    "address": ADDRESS,
    "name": Text(),
    "phone": Text(clearable=True),
    "carrier": Text(clearable=True),
    "tracking_number": Text(clearable=True),
}
SHIPPING = Clearable(Hash(SHIPPING_FIELDS, required=("address", "name")))
BILLING_DETAILS = Hash(
    {
        "address": Clearable(ADDRESS),
        "email": Email(),
        "name": Text(clearable=True),
        "phone": Text(clearable=True),
        **not_simulated("tax_id"),
    }
)


def address_of(values: Mapping[str, Any] | None) -> Address | None:
    """The address, or None where it was cleared."""
    return None if values is None else Address(**values)


def shipping_of(values: Mapping[str, Any] | None) -> Shipping | None:
    """Who receives what, or None where it was cleared."""
    return None if values is None else Shipping(**{**values, "address": address_of(values["address"])})


def billing_details_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """Those fields of a payment method that its `billing_details` name."""
    details = dict(params.get("billing_details", {}))
    if "address" in details:
        details["address"] = address_of(details["address"])
    return details
