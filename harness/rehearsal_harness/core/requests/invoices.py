"""Invoices: create, retrieve, update, delete, list, lines.

Decides: what a merchant may say about an invoice, and until when.  Does not know: what becomes of it
(`invoice_steps`), nor what settles it (`invoice_payments`).
Source: https://docs.stripe.com/api/invoices; a finalized invoice can change only what is on no paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..billing import discounts, merchant_invoice
from ..billing.customer_balance import counting
from ..billing.proration import pending
from ..calendar import DAY_S
from ..change import Change
from ..objects import Customer, Discount, Invoice, InvoiceStatus, PaymentMethod, Subscription
from ..records import replace
from ..render import deleted
from ..render.invoice import render_line
from ..world import World
from . import refusal
from .discounts import read_grants
from .invoice_parameters import CREATE, LIST, UPDATE
from .message import Json
from .operation import Call, given, metadata_of, operation, shown
from .owned import of_customer
from .pages import PAGE_PARAMS, inside, is_listed, listed, matches, rows_of

_PLAIN = (
    "auto_advance collection_method days_until_due default_payment_method description due_date footer "
    "statement_descriptor"
)
_AFTER_FINALIZING = frozenset({"auto_advance", "default_payment_method", "expand", "metadata"})


def _create(call: Call) -> tuple[World, Json]:
    params = call.params
    if "customer" not in params:
        raise refusal.missing_parameter("customer")
    customer = call.named(Customer, params["customer"], "customer")
    subscription = None
    if "subscription" in params:
        subscription = call.named(Subscription, params["subscription"], "subscription")
        if subscription.customer != customer.id:
            message = "The subscription belongs to another customer."
            raise refusal.invalid(message, "subscription")
    change = call.change()
    draft = _draft(call, change, customer, subscription)
    draft = _with_discounts(call, change, draft, customer, subscription)
    if params.get("pending_invoice_items_behavior", "exclude") == "include" or subscription:
        owners = (subscription.id,) if subscription else (customer.id,)
        items = [each for owner in owners for each in pending(change, owner)]
        draft = merchant_invoice.with_items(
            change, draft, [each for each in items if each.currency == draft.currency]
        )
    created = merchant_invoice.create(change, draft)
    return change.done(), shown(call.world, created)


def _draft(call: Call, change: Change, customer: Customer, subscription: Subscription | None) -> Invoice:
    params = call.params
    _check_due(call, params.get("collection_method", "charge_automatically"))
    _check_method(call)
    waiting = next(pending(change, subscription.id if subscription else customer.id), None)
    included = params.get("pending_invoice_items_behavior") == "include" and waiting is not None
    known = waiting.currency if included and waiting else customer.currency or "usd"
    currency = params.get("currency", subscription.currency if subscription else known).lower()
    return Invoice(
        id=change.new_id("in", call.new_key(Invoice)),
        created=change.now,
        customer=customer.id,
        test_clock=change.test_clock,
        customer_email=customer.email,
        customer_name=customer.name,
        currency=currency,
        starting_balance=counting(customer, currency),
        billing_reason="manual",
        status=InvoiceStatus.DRAFT,
        lines=(),
        period_start=change.now,
        period_end=change.now,
        subscription=subscription.id if subscription else None,
        subscription_metadata=subscription.metadata if subscription else (),
        total=0,
        metadata=metadata_of(params),
        **_sent(params),
    )


def _sent(params: Mapping[str, Any]) -> dict[str, Any]:
    found = given(params, _PLAIN)
    if "custom_fields" in params:
        found["custom_fields"] = tuple((each["name"], each["value"]) for each in params["custom_fields"])
    return found


def _check_due(call: Call, collection_method: str) -> None:
    """Only what is sent has a date by which it is to be paid, and must have one."""
    params = call.params
    sent = [name for name in ("days_until_due", "due_date") if name in params]
    if collection_method == "charge_automatically" and sent:
        message = f"You can only set `{sent[0]}` if `collection_method` is `send_invoice`."
        raise refusal.invalid(message, sent[0])
    if len(sent) > 1:
        message = "You may only specify one of these parameters: days_until_due, due_date."
        raise refusal.invalid(message, "due_date")
    if params.get("due_date", call.world.now) < call.world.now:
        raise refusal.invalid("due_date must be in the future.", "due_date")
    if collection_method == "send_invoice" and not sent and "collection_method" in params:
        raise refusal.missing_parameter("days_until_due")


def _check_method(call: Call) -> None:
    method_id = call.params.get("default_payment_method")
    if method_id is not None:
        call.named(PaymentMethod, method_id, "default_payment_method")


def _with_discounts(
    call: Call, change: Change, draft: Invoice, customer: Customer, subscription: Subscription | None
) -> Invoice:
    """The draft with the discounts that were sent, or with those that count for its customer."""
    if "discounts" not in call.params:
        counting = discounts.counting(change, customer, subscription)
        return replace(draft, discounts=tuple(each.id for each in counting))
    grants = read_grants(call, call.params["discounts"], currency=draft.currency, customer=customer.id)
    kept: list[Discount] = []
    for position, grant in enumerate(grants):
        key = f"{draft.id}|{position}"
        discount = discounts.redeem(change, grant, key, invoice=draft.id, customer=customer.id)
        change.put(discount)
        kept.append(discount)
    return replace(draft, discounts=tuple(each.id for each in kept))


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Invoice))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(Invoice)
    params = call.params
    if before.status is not InvoiceStatus.DRAFT:
        for name in params:
            if name not in _AFTER_FINALIZING:
                message = f"Finalized invoices can't be updated in this way: {name}."
                raise refusal.invalid(message, name, "invoice_not_editable")
    method = params.get("collection_method", before.collection_method)
    _check_due(call, method)
    _check_method(call)
    change = call.change()
    sent = _sent(params)
    if "days_until_due" in sent:
        sent["due_date"] = before.created + sent["days_until_due"] * DAY_S
    after = replace(before, metadata=metadata_of(params, before.metadata), **sent)
    if "discounts" in params:
        customer = call.world.get(Customer, before.customer)
        after = merchant_invoice.summed(change, _with_discounts(call, change, after, customer, None))
    after = merchant_invoice.update(change, before, after)
    return change.done(), shown(call.world, after)


def _delete(call: Call) -> tuple[World, Json]:
    before = call.target(Invoice)
    if before.status is not InvoiceStatus.DRAFT or before.billing_reason != "manual":
        message = (
            "You can only delete draft invoices, and none that a subscription made; void an open one instead."
        )
        raise refusal.invalid(message, None, "invoice_not_editable")
    change = call.change()
    merchant_invoice.delete(change, before)
    return change.done(), deleted(before)


def _list(call: Call) -> tuple[World, Json]:
    params = call.params

    def keep(invoice: Invoice) -> bool:
        return (
            matches(
                params,
                collection_method=invoice.collection_method,
                customer=invoice.customer,
                status=invoice.status,
                subscription=invoice.subscription,
            )
            and not invoice.deleted
            and inside(params.get("created"), invoice.created)
            and ("due_date" not in params or invoice.due_date is not None)
            and (invoice.due_date is None or inside(params.get("due_date"), invoice.due_date))
            and is_listed(params, invoice.test_clock)
        )

    subscription, customer = params.get("subscription"), params.get("customer")
    rows = rows_of(call.world.invoices, subscription)
    if subscription is None and customer is not None:
        rows = of_customer(call.world, Invoice, customer)
    return call.world, listed(call, "/v1/invoices", rows, lambda row: shown(call.world, row), keep)


def _list_lines(call: Call) -> tuple[World, Json]:
    invoice = call.target(Invoice)
    live = call.world.settings.livemode
    url = f"/v1/invoices/{invoice.id}/lines"
    return call.world, listed(call, url, invoice.lines, lambda line: render_line(line, invoice, live))


OPERATIONS = (
    operation("POST /v1/invoices", _create, CREATE),
    operation("GET /v1/invoices", _list, LIST),
    operation("GET /v1/invoices/:id", _retrieve),
    operation("POST /v1/invoices/:id", _update, UPDATE),
    operation("DELETE /v1/invoices/:id", _delete),
    operation("GET /v1/invoices/:id/lines", _list_lines, PAGE_PARAMS),
)
