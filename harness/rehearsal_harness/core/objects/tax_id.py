"""A number under which a customer pays taxes.

Source: the SDK type TaxId of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record


class TaxId(Record, frozen=True, kw_only=True):
    """A tax id of a customer, `type` as eu_vat; it never changes, and nobody here verifies it."""

    OBJECT: ClassVar[str] = "tax_id"

    id: str
    created: int
    customer: str
    type: str
    value: str
    deleted: bool = False
