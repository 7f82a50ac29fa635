"""Subscriptions that a merchant begins, pauses and resumes by API.

Decides: what the terms of a subscription may be, and what is refused.  Does not know: what beginning one
writes (`billing.subscription`).
Source: https://docs.stripe.com/api/subscriptions/create and https://docs.stripe.com/api/subscriptions/resume.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..billing import pausing, paying
from ..billing.discounts import Grant
from ..billing.resuming import resume_unchanged
from ..billing.subscription import Terms, first_amount, subscribe
from ..change import Change
from ..objects import Customer, Invoice, Price, Subscription, SubscriptionStatus
from ..world import World
from . import refusal
from .anchors import read_anchor
from .discounts import read_grants
from .first_invoice import add_items, price_for
from .message import Json
from .operation import Call, given, metadata_of, operation, shown
from .parameters import Choice, Hash, Kind, not_simulated
from .subscription_parameters import CREATE
from .subscription_updates import anchor_of, check_collection, check_method, declined
from .test_clocks import check_subscriptions

_PAUSE: Mapping[str, Kind] = {
    "bill_for": Hash(
        {
            "outstanding_usage_through": Hash({"type": Choice("none", "now")}, required=("type",)),
            "unused_time_from": Hash(
                {"type": Choice("none now", "item_current_period_start")}, required=("type",)
            ),
        }
    ),
    "invoicing_behavior": Choice("pending_invoice_item", "invoice"),
    "type": Choice("subscription"),
}
_RESUME: Mapping[str, Kind] = {
    "billing_cycle_anchor": Hash({"type": Choice("now unchanged")}, required=("type",)),
    "payment_behavior": Choice("resume_on_payment_attempt", "resume_on_payment_success"),
    "proration_behavior": Choice("none create_prorations always_invoice"),
    **not_simulated("proration_date"),
}


def _create(call: Call) -> tuple[World, Json]:
    params = call.params
    if "customer" not in params:
        raise refusal.missing_parameter("customer")
    customer = call.named(Customer, params["customer"], "customer")
    check_subscriptions(call.world, customer)
    change = call.change()
    terms = _terms(call, change, customer)
    behavior = params.get("payment_behavior", "allow_incomplete")
    waits = behavior == "default_incomplete"
    add_items(call, change, terms)
    charges = terms.collection_method == "charge_automatically" and first_amount(change, terms) > 0
    named = waits or terms.default_payment_method is not None
    if charges and not named and paying.method_of(change, customer.id) is None:
        message = (
            "This customer has no attached payment source or default payment method. Please consider "
            "adding a default payment method."
        )
        raise refusal.invalid(message, None, "resource_missing")
    subscription = subscribe(change, terms, waits=waits)
    if behavior == "error_if_incomplete" and subscription.status is SubscriptionStatus.INCOMPLETE:
        raise declined(change, change.get(Invoice, subscription.latest_invoice or ""))
    return change.done(), shown(call.world, subscription)


def begin_unpaid(call: Call, change: Change, customer: Customer) -> Subscription:
    """The subscription that these parameters would begin, before anybody pays for it; raises Refusal."""
    return subscribe(change, _terms(call, change, customer), waits=True)


def _terms(call: Call, change: Change, customer: Customer) -> Terms:
    params = call.params
    items: list[dict[str, Any]] = params.get("items", [])
    if not items:
        raise refusal.missing_parameter("items")
    lines = tuple(
        (price_for(call, change, item, f"items[{position}]"), item.get("quantity", 1))
        for position, item in enumerate(items)
    )
    method, days = params.get("collection_method", "charge_automatically"), params.get("days_until_due")
    check_collection(method, days, sent=days is not None)
    check_method(call, customer.id)
    grants: tuple[Grant, ...] = ()
    if params.get("discounts"):
        grants = read_grants(call, params["discounts"], currency=lines[0][0].currency, customer=customer.id)
    settings = params.get("trial_settings", {}).get("end_behavior", {})
    return Terms(
        customer=customer.id,
        lines=lines,
        metadata=metadata_of(params),
        item_metadata=tuple(metadata_of(item) for item in items),
        trial_end=_trial_end(call),
        discounts=grants,
        **given(settings, "missing_payment_method"),
        **given(params.get("payment_settings", {}), "save_default_payment_method"),
        **_end(call),
        **_anchor(call, lines),
        **given(
            params,
            "trial_period_days default_payment_method description collection_method days_until_due",
        ),
    )


def _anchor(call: Call, lines: tuple[tuple[Price, int], ...]) -> dict[str, Any]:
    anchor = read_anchor(call, tuple(price for price, _ in lines))
    free = bool(anchor) and call.params.get("proration_behavior") == "none"
    return {**anchor, "is_free_until_anchor": free}


def _end(call: Call) -> dict[str, Any]:
    end = given(call.params, "cancel_at cancel_at_period_end")
    if len(end) > 1:
        message = "You may only specify one of these parameters: cancel_at, cancel_at_period_end."
        raise refusal.invalid(message, "cancel_at")
    if isinstance(end.get("cancel_at"), str):
        return {"cancel_at": None, "ends_with_period": True}
    if end.get("cancel_at") is not None and end["cancel_at"] <= call.world.now:
        raise refusal.invalid("cancel_at must be in the future.", "cancel_at")
    return end


def _trial_end(call: Call) -> int | None:
    if "trial_end" not in call.params:
        return None
    if "trial_period_days" in call.params:
        message = "You may only specify one of these parameters: trial_end, trial_period_days."
        raise refusal.invalid(message, "trial_end")
    instant: int | str = call.params["trial_end"]
    if instant == "now":
        return None
    assert isinstance(instant, int)
    if instant <= call.world.now:
        message = "Invalid timestamp: must be an integer Unix timestamp in the future."
        raise refusal.invalid(message, "trial_end")
    return instant


def _pause(call: Call) -> tuple[World, Json]:
    active = call.target(Subscription)
    if active.status is not SubscriptionStatus.ACTIVE:
        raise refusal.invalid(f"This subscription is {active.status}; only an active one can be paused.")
    bill_for = call.params.get("bill_for", {})
    metered = any(item.price.is_metered for item in active.items)
    if metered and "outstanding_usage_through" not in bill_for:
        raise refusal.not_simulated("bill_for[outstanding_usage_through][type]", "now")
    unused = bill_for.get("unused_time_from", {"type": "now"})
    change = call.change()
    pausing.pause(change, active, credits_unused=unused["type"] == "now")
    return change.done(), shown(call.world, change.get(Subscription, active.id))


def resume(call: Call, change: Change, paused: Subscription) -> None:
    """A paused subscription goes on with the anchor that the request chooses."""
    if anchor_of(call.params.get("billing_cycle_anchor")) == "unchanged":
        resume_unchanged(change, paused, call.params.get("proration_behavior", "create_prorations"))
    else:
        pausing.resume(change, paused)


def _resume(call: Call) -> tuple[World, Json]:
    paused = call.target(Subscription)
    if paused.status is not SubscriptionStatus.PAUSED:
        message = f"This subscription is {paused.status}; only a paused one can be resumed."
        raise refusal.invalid(message)
    change = call.change()
    if paying.method_of(change, paused.customer, paused) is None:
        message = "The subscription cannot be resumed: its customer has no default payment method."
        raise refusal.invalid(message, None, "resource_missing")
    resume(call, change, paused)
    return change.done(), shown(call.world, change.get(Subscription, paused.id))


OPERATIONS = (
    operation("POST /v1/subscriptions", _create, CREATE),
    operation("POST /v1/subscriptions/:id/pause", _pause, _PAUSE),
    operation("POST /v1/subscriptions/:id/resume", _resume, _RESUME),
)
