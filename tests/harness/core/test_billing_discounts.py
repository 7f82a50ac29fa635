"""Discounts of a customer, as they could be given before 2025-03-31.basil."""

from __future__ import annotations

import json
from typing import Any

from worlds import empty

from rehearsal_harness.core.requests import ApiRequest, handle
from rehearsal_harness.core.world import World

OLD = {"authorization": "Bearer sk_test_" + "0" * 24, "stripe-version": "2025-02-24.acacia"}


def asked(world: World, path: str, params: Any, method: str = "POST") -> tuple[World, dict[str, Any]]:
    """What the API answers in the old version."""
    after, answer = handle(world, ApiRequest(method=method, path=path, params=params, headers=OLD))
    assert answer.status == 200, json.dumps(answer.body)
    return after, answer.body


def test_a_customers_coupon_counts_for_all_her_invoices() -> None:
    """Given when she is made, replaced later, taken away with an empty text; each is told."""
    world = empty()
    for percent in ("50", "20"):
        world, _ = asked(world, "/v1/coupons", {"percent_off": percent, "id": f"off{percent}"})
    world, customer = asked(world, "/v1/customers", {"coupon": "off50"})
    assert customer["discount"]["coupon"]["id"] == "off50"
    item = {"customer": customer["id"], "amount": "100", "currency": "usd"}
    world, _ = asked(world, "/v1/invoiceitems", item)
    including = {"customer": customer["id"], "pending_invoice_items_behavior": "include"}
    world, draft = asked(world, "/v1/invoices", including)
    assert (draft["subtotal"], draft["total"]) == (100, 50)

    world, customer = asked(world, f"/v1/customers/{customer['id']}", {"coupon": "off20"})
    assert customer["discount"]["coupon"]["percent_off"] == 20
    world, customer = asked(world, f"/v1/customers/{customer['id']}", {"coupon": ""})
    assert customer["discount"] is None
    assert [event.type for event in world.events if "discount" in event.type] == [
        "customer.discount.created",
        "customer.discount.updated",
        "customer.discount.deleted",
    ]
