"""A subscription as JSON.

Decides: its keys; the period is on the items.  Does not know: how it came to its status.
Source: the types Subscription and SubscriptionItem of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..objects import Subscription, SubscriptionItem
from .catalogue import render_plan, render_price


def render_subscription(subscription: Subscription, livemode: bool) -> dict[str, Any]:
    """The subscription: charged automatically, billing mode flexible, the period on its items."""
    return {
        "id": subscription.id,
        "object": "subscription",
        **_not_simulated(),
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": subscription.billing_cycle_anchor,
        "billing_cycle_anchor_config": _anchor_config(subscription),
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        **_cancellation(subscription),
        "collection_method": subscription.collection_method,
        "created": subscription.created,
        "currency": subscription.currency,
        "customer": subscription.customer,
        "days_until_due": subscription.days_until_due,
        "default_payment_method": subscription.default_payment_method,
        "default_tax_rates": [],
        "description": subscription.description,
        "discounts": list(subscription.discounts),
        "ended_at": subscription.ended_at,
        "invoice_settings": _invoice_settings(),
        "items": {
            "object": "list",
            "data": [render_subscription_item(item, livemode) for item in subscription.items],
            "has_more": False,
            "url": f"/v1/subscription_items?subscription={subscription.id}",
        },
        "latest_invoice": subscription.latest_invoice,
        "livemode": livemode,
        "metadata": dict(subscription.metadata),
        "pause_collection": _pause_collection(subscription),
        "payment_settings": _payment_settings(subscription),
        "start_date": subscription.created,
        "status": subscription.status.value,
        "test_clock": subscription.test_clock,
        **_trial(subscription),
    }


def _anchor_config(subscription: Subscription) -> dict[str, Any] | None:
    config = subscription.billing_cycle_anchor_config
    names = ("day_of_month", "hour", "minute", "month", "second")
    return None if config is None else {name: getattr(config, name) for name in names}


def _not_simulated() -> dict[str, Any]:
    """Keys that Stripe always sends and this imitation has nothing to say about."""
    return {
        "application": None,
        "application_fee_percent": None,
        "billing_thresholds": None,
        "customer_account": None,
        "default_source": None,
        "managed_payments": None,
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "transfer_data": None,
    }


def _cancellation(subscription: Subscription) -> dict[str, Any]:
    return {
        "cancel_at": subscription.cancel_at,
        "cancel_at_period_end": subscription.cancel_at_period_end,
        "canceled_at": subscription.canceled_at,
        "cancellation_details": {
            "comment": subscription.cancellation_comment,
            "feedback": subscription.cancellation_feedback,
            "feedback_option": None,
            "reason": subscription.cancellation_reason,
        },
    }


def _invoice_settings() -> dict[str, Any]:
    return {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": {"type": "self"},
    }


def _pause_collection(subscription: Subscription) -> dict[str, Any] | None:
    if subscription.pause_behavior is None:
        return None
    return {"behavior": subscription.pause_behavior, "resumes_at": subscription.pause_resumes_at}


def _payment_settings(subscription: Subscription) -> dict[str, Any]:
    return {
        "payment_method_options": None,
        "payment_method_types": None,
        "save_default_payment_method": subscription.save_default_payment_method,
    }


def _trial(subscription: Subscription) -> dict[str, Any]:
    return {
        "trial_end": subscription.trial_end,
        "trial_settings": {
            "end_behavior": {
                "billing_cycle_anchor": None,
                "missing_payment_method": subscription.missing_payment_method,
            }
        },
        "trial_start": subscription.trial_start,
    }


def render_subscription_item(item: SubscriptionItem, livemode: bool) -> dict[str, Any]:
    """One item with its own period; a metered one has no quantity."""
    rendered: dict[str, Any] = {
        "id": item.id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": item.created,
        "current_period_end": item.current_period_end,
        "current_period_start": item.current_period_start,
        "current_trial": None,
        "discounts": [],
        "metadata": dict(item.metadata),
        "plan": render_plan(item.price, livemode),
        "price": render_price(item.price, livemode),
        "quantity": item.quantity,
        "subscription": item.subscription,
        "tax_rates": [],
    }
    if item.price.is_metered:
        del rendered["quantity"]
    return rendered
