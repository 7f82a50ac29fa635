"""Previews of invoices: what a subscription will be billed next, and what a change of it would be.

Decides: which invoice is previewed, and what may be changed for the preview.  Does not know: what a change
costs (`billing.plan_change`), nor what an invoice says (`billing.invoice`).  The change is made in a copy of
the world that is thrown away: nothing is written and no event is sent.
Source: https://docs.stripe.com/api/invoices/create_preview; a subscription that is about to end has no next
invoice (https://docs.stripe.com/error-codes#invoice-upcoming-none).  A preview of an end with items that wait
is not simulated.  That one of a subscription yet to be created names it by an id is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..billing.ending import end_now
from ..billing.invoice import draw_up
from ..billing.periods import next_items
from ..billing.proration import pending
from ..calendar import HOUR_S
from ..change import Change
from ..objects import Customer, Invoice, InvoiceStatus, Subscription, SubscriptionStatus
from ..world import World
from . import refusal
from .discounts import DISCOUNTS
from .invoice_parameters import UNTAXED
from .message import Json
from .operation import Call, operation, shown
from .parameters import Choice, Hash, Kind, Text, not_simulated
from .subscribing import begin_unpaid, resume
from .subscription_parameters import PREVIEW
from .subscription_updates import written

_PREVIEW: Mapping[str, Kind] = {
    "customer": Text(),
    "subscription": Text(),
    "subscription_details": Hash(PREVIEW),
    "discounts": DISCOUNTS,
    "preview_mode": Choice("next", "recurring"),
    "automatic_tax": UNTAXED,
    **not_simulated(
        "currency customer_account customer_details invoice_items issuer "
        "on_behalf_of schedule schedule_details"
    ),
}
_BILLED = (
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.TRIALING,
    SubscriptionStatus.PAST_DUE,
    SubscriptionStatus.UNPAID,
)


def _preview(call: Call) -> tuple[World, Json]:
    details = call.params.get("subscription_details", {})
    change = call.change()
    if "items" in details and "subscription" not in call.params:
        preview = _first(call, change, details)
    else:
        preview = _changed(call, change, details)
    key = f"{preview.subscription}|{call.text}|{call.world.version.hex()}"
    return call.world, shown(call.world, replace(preview, id=change.new_id("upcoming_in", key)))


def _first(call: Call, change: Change, details: Mapping[str, Any]) -> Invoice:
    """The first invoice of a subscription that is yet to be created."""
    if "customer" not in call.params:
        raise refusal.missing_parameter("customer")
    for name in details.keys() - {
        "items",
        "trial_end",
        "cancel_at",
        "cancel_at_period_end",
        "proration_behavior",
    }:
        raise refusal.not_simulated(f"subscription_details[{name}]", "without subscription")
    customer = call.named(Customer, call.params["customer"], "customer")
    begun = begin_unpaid(replace(call, params={**call.params, **details}), change, customer)
    copy = change.done()
    return _as_draft(Change(copy, call.text), begun, copy.get(Invoice, begun.latest_invoice or ""))


def _changed(call: Call, change: Change, details: Mapping[str, Any]) -> Invoice:
    """What the change would bill at once, or the next invoice after it."""
    before = _subscription(call)
    if details.get("cancel_now"):
        prorates = details.get("proration_behavior", "create_prorations") != "none"
        end_now(change, before, invoices=True, prorates=prorates)
    elif "resume_at" in details:
        resume(replace(call, params=details), change, before)
    else:
        written(replace(call, params={**call.params, **details}), change, before)
    copy = change.done()
    after = copy.get(Subscription, before.id)
    change = Change(copy, call.text, call.request)
    if after.latest_invoice != before.latest_invoice and after.latest_invoice is not None:
        return _as_draft(change, after, copy.get(Invoice, after.latest_invoice))
    if details.get("cancel_now"):
        raise _none(before.customer)
    return _next(change, after, ends_at=_ends_at(details, after))


def _ends_at(details: Mapping[str, Any], after: Subscription) -> int | None:
    """When the subscription is to end, as it stands or as the preview supposes."""
    if "cancel_at" in details:
        instant: int | str | None = details["cancel_at"]
        return after.current_period_end if isinstance(instant, str) else instant
    if "cancel_at_period_end" in details:
        return after.current_period_end if details["cancel_at_period_end"] else None
    return after.cancel_at


def _subscription(call: Call) -> Subscription:
    """The one that is named, or the customer's next to be billed; raises Refusal."""
    params = call.params
    if "subscription" in params:
        found = call.named(Subscription, params["subscription"], "subscription")
        if params.get("customer", found.customer) != found.customer:
            raise refusal.invalid("The subscription belongs to another customer.", "subscription")
        resumes = "resume_at" in params.get("subscription_details", {})
        if found.status is not SubscriptionStatus.PAUSED if resumes else found.status not in _BILLED:
            raise _none(found.customer)
        return found
    if "customer" not in params:
        raise refusal.missing_parameter("customer")
    customer = call.named(Customer, params["customer"], "customer")
    if params.get("subscription_details") or "discounts" in params:
        raise refusal.not_simulated("subscription_details", "without subscription")
    billed = [
        each
        for each in call.world.subscriptions.owned_by(customer.id)
        if each.status in _BILLED and not each.cancel_at_period_end
    ]
    if not billed:
        raise _none(customer.id)
    return min(billed, key=lambda each: each.current_period_end)


def _none(customer_id: str) -> refusal.Refusal:
    message = f"No upcoming invoices for customer: {customer_id}"
    return refusal.invalid(message, None, "invoice_upcoming_none")


def _next(change: Change, subscription: Subscription, *, ends_at: int | None) -> Invoice:
    """The invoice of the next period; nothing is written."""
    end = subscription.current_period_end
    if ends_at is not None and ends_at <= end:
        if next(pending(change, subscription.id), None) is not None:
            raise refusal.not_simulated("subscription", "ending with items that wait")
        raise _none(subscription.customer)
    start = subscription.items[0].current_period_start
    items = next_items(subscription)
    following = replace(subscription, items=items, status=SubscriptionStatus.ACTIVE)
    draft = draw_up(change, following, "upcoming", since=start)
    charged = subscription.collection_method == "charge_automatically"
    return replace(draft, created=end, next_payment_attempt=end + HOUR_S if charged else None)


def _as_draft(change: Change, subscription: Subscription, made: Invoice) -> Invoice:
    """What the change would bill at once, as it is before it is finalized."""
    draft = draw_up(change, subscription, made.billing_reason, since=made.period_start)
    return replace(
        draft,
        period_end=made.period_end,
        status=InvoiceStatus.DRAFT,
        lines=made.lines,
        total=made.total,
        discounts=made.discounts,
        starting_balance=made.starting_balance,
    )


OPERATIONS = (operation("POST /v1/invoices/create_preview", _preview, _PREVIEW),)
