"""Requests about subscriptions as older API versions make them."""

from __future__ import annotations

from merchant import Merchant
from worlds import subscriber

CLOVER = {"stripe_version": "2025-09-30.clover"}


def test_before_endive_the_anchor_is_one_word() -> None:
    """In an update and in a preview of one."""
    merchant = Merchant(subscriber().world)
    begun = merchant.subscription.id
    sent = {"billing_cycle_anchor": "now", "proration_behavior": "none"}
    preview = {"subscription": begun, "subscription_details": sent}
    said = merchant.ask("POST", "invoices/create_preview", preview, **CLOVER)
    merchant.wait(60).ask("POST", f"subscriptions/{begun}", sent, **CLOVER)

    assert said["total"] == merchant.invoice.total == 1200
    assert merchant.subscription.billing_cycle_anchor == merchant.world.now
