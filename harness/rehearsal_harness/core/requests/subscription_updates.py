"""What a request wants changed of a subscription, read and checked.

Decides: which combinations are refused, and what becomes of a payment that the request insists on.  Does not
know: what a change writes or costs (`billing.updating`).
Source: https://docs.stripe.com/api/subscriptions/update; `payment_behavior` is described there and at
https://docs.stripe.com/billing/subscriptions/pending-updates.
"""

from __future__ import annotations

from typing import Any

from ..billing.discounts import Grant
from ..billing.updating import Update, update
from ..change import Change
from ..objects import Invoice, InvoiceStatus, PaymentIntent, PaymentMethod, Subscription, SubscriptionStatus
from . import refusal
from .discounts import read_grants
from .first_invoice import further_items
from .operation import Call, given, metadata_of
from .subscription_items import changes_of


def written(call: Call, change: Change, before: Subscription) -> Subscription:
    """The subscription after the update that `call` asks for; raises Refusal, and with error_if_incomplete
    also where the invoice that it makes is not paid."""
    update(change, before, _wanted(call, change, before))
    after = change.get(Subscription, before.id)
    insist(call, change, before, after)
    return after


def insist(call: Call, change: Change, before: Subscription, after: Subscription) -> None:
    """Raises Refusal 402 where the request allows no unpaid invoice, and made one."""
    if call.params.get("payment_behavior") != "error_if_incomplete":
        return
    if after.latest_invoice != before.latest_invoice:
        invoice = change.get(Invoice, after.latest_invoice or "")
        if invoice.status is InvoiceStatus.OPEN and invoice.collection_method == "charge_automatically":
            raise declined(change, invoice)


def declined(change: Change, invoice: Invoice) -> refusal.Refusal:
    """402: the invoice was tried and is not paid."""
    intent = change.get(PaymentIntent, invoice.payment_intent or "")
    if intent.status == "requires_action":
        message = "Payment for this subscription requires additional user action before it can be completed."
        return refusal.card_error(message, "subscription_payment_intent_requires_action")
    return refusal.card_error("Your card was declined.", "card_declined", decline_code=intent.decline_code)


def _wanted(call: Call, change: Change, before: Subscription) -> Update:
    params = call.params
    items = params.get("items")
    trial_end = params.get("trial_end")
    anchor = anchor_of(params.get("billing_cycle_anchor"))
    _check_times(call, before, trial_end, anchor)
    changes = changes_of(call, before, items) if items else ()
    return Update(
        items=changes,
        proration_behavior=params.get("proration_behavior", "create_prorations"),
        proration_date=params.get("proration_date"),
        resets=anchor == "now",
        keeps_anchor=anchor == "unchanged",
        ends_trial=trial_end == "now",
        trial_end=trial_end if isinstance(trial_end, int) else None,
        discounts=_discounts(call, before),
        further=further_items(call, change, before),
        fields=tuple(_fields(call, before).items()),
    )


def anchor_of(sent: dict[str, str] | str | None) -> str | None:
    """`now` or `unchanged`, however it was sent; None where it was not."""
    return sent.get("type") if isinstance(sent, dict) else sent


def _check_times(call: Call, before: Subscription, trial_end: int | str | None, anchor: str | None) -> None:
    if isinstance(trial_end, int) and trial_end <= call.world.now:
        message = "Invalid timestamp: must be an integer Unix timestamp in the future."
        raise refusal.invalid(message, "trial_end")
    if anchor == "now" and isinstance(trial_end, int):
        message = "You cannot set `trial_end` and reset `billing_cycle_anchor` in one request."
        raise refusal.invalid(message, "billing_cycle_anchor")
    start, end = before.items[0].current_period_start, before.current_period_end
    if not start <= call.params.get("proration_date", start) <= end:
        message = f"Invalid timestamp: must be within the current period, from {start} to {end}."
        raise refusal.invalid(message, "proration_date")


def _discounts(call: Call, before: Subscription) -> tuple[Grant, ...] | None:
    if "discounts" not in call.params:
        return None
    sent = call.params["discounts"]
    return read_grants(call, sent, currency=before.currency, customer=before.customer)


def _fields(call: Call, before: Subscription) -> dict[str, Any]:
    """The fields of the subscription that are written as they are sent."""
    params = call.params
    details = params.get("cancellation_details", {})
    end_behavior = params.get("trial_settings", {}).get("end_behavior", {})
    check_method(call, before.customer)
    return {
        "metadata": metadata_of(params, before.metadata),
        **given(params, "description default_payment_method"),
        **given(params.get("payment_settings", {}), "save_default_payment_method"),
        **given(end_behavior, "missing_payment_method"),
        **_collection(call, before),
        **{f"cancellation_{name}": value for name, value in details.items()},
    }


def check_method(call: Call, customer_id: str) -> None:
    """Refuses a default payment method that is not the customer's."""
    if call.params.get("default_payment_method") is None:
        return
    method = call.named(PaymentMethod, call.params["default_payment_method"], "default_payment_method")
    if method.customer != customer_id:
        message = f"The customer does not have a payment method with the ID {method.id}."
        raise refusal.invalid(message, "default_payment_method", "resource_missing")


def _collection(call: Call, before: Subscription) -> dict[str, Any]:
    """How later invoices are paid: at once, or by hand within so many days."""
    method = call.params.get("collection_method", before.collection_method)
    if method == before.collection_method and "days_until_due" not in call.params:
        return {}
    if before.status is SubscriptionStatus.INCOMPLETE:
        message = "The collection method of an incomplete subscription cannot be changed."
        raise refusal.invalid(message, "collection_method")
    days = call.params.get("days_until_due", before.days_until_due)
    check_collection(method, days, sent="days_until_due" in call.params)
    return {"collection_method": method, "days_until_due": days if method == "send_invoice" else None}


def check_collection(method: str, days: int | None, *, sent: bool) -> None:
    """Refuses a due date for what is charged, and none for what is sent."""
    if method == "send_invoice" and days is None:
        message = "If you choose `send_invoice` as the collection method, you must set `days_until_due`."
        raise refusal.invalid(message, "days_until_due")
    if method != "send_invoice" and sent:
        message = "You can only set `days_until_due` if `collection_method` is `send_invoice`."
        raise refusal.invalid(message, "days_until_due")
