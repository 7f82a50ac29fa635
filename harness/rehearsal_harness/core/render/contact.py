"""Addresses and what is sent to them, as JSON.

Source: the hashes `address`, `shipping` and `billing_details` of the SDK types of stripe-python 16.1.0.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..objects import Address, Shipping


def render_address(address: Address | None) -> dict[str, Any] | None:
    """All lines of the address, null where there is nothing."""
    return None if address is None else asdict(address)


def render_shipping(shipping: Shipping | None, *, tracked: bool) -> dict[str, Any] | None:
    """Who receives what; a payment's is `tracked`, a customer's is not."""
    if shipping is None:
        return None
    shown: dict[str, Any] = {
        "address": render_address(shipping.address or Address()),
        "name": shipping.name,
        "phone": shipping.phone,
    }
    if tracked:
        shown |= {"carrier": shipping.carrier, "tracking_number": shipping.tracking_number}
    return shown
