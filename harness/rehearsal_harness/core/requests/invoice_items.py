"""Invoice items: create, retrieve, update, delete, list.

Decides: what an item costs, and which invoice it waits for.  Does not know: prorations, which plan changes
make.
Source: https://docs.stripe.com/api/invoiceitems: an item stands on a draft that it names, or waits for the
next invoice of its subscription or its customer; one on a finalized invoice can no longer change.
"""

from __future__ import annotations

from typing import Any

from ..billing import merchant_invoice
from ..billing.causes import Cause
from ..change import Change
from ..objects import Customer, Invoice, InvoiceItem, InvoiceStatus, Price, Product, Subscription
from ..records import replace
from ..render import deleted
from ..world import World
from . import refusal
from .catalogue import make_price
from .invoice_parameters import CREATE_ITEM, LIST_ITEMS, UPDATE_ITEM
from .message import Json
from .operation import Call, given, metadata_of, operation, shown
from .owned import of_customer
from .pages import inside, listed, matches


def _create(call: Call) -> tuple[World, Json]:
    params = call.params
    invoice = _draft(call, params["invoice"], "invoice") if "invoice" in params else None
    subscription = None
    if "subscription" in params:
        subscription = call.named(Subscription, params["subscription"], "subscription")
    customer_id = params.get("customer") or (invoice or subscription or _none_named()).customer
    customer = call.named(Customer, customer_id, "customer")
    if any(each is not None and each.customer != customer.id for each in (invoice, subscription)):
        raise refusal.invalid("The invoice or subscription belongs to another customer.", "customer")
    change = call.change()
    costs = _costs(call, change, None)
    default = invoice.currency if invoice else customer.currency
    currency = costs.pop("currency", None) or params.get("currency", default or "usd").lower()
    if invoice is not None and invoice.currency != currency:
        raise refusal.invalid(f"The invoice is in {invoice.currency}, the item in {currency}.", "currency")
    period = params.get("period", {})
    owner = subscription.id if subscription else invoice.subscription if invoice else None
    item = InvoiceItem(
        id=change.new_id("ii", call.new_key(InvoiceItem)),
        created=change.now,
        customer=customer.id,
        test_clock=change.test_clock,
        subscription=owner,
        currency=currency,
        description=params.get("description", costs.pop("description", None)),
        period_start=period.get("start", change.now),
        period_end=period.get("end", change.now),
        discountable=params.get("discountable", costs["amount"] >= 0),
        metadata=metadata_of(params),
        **costs,
    )
    change.create(item)
    if invoice is not None:
        change.put(merchant_invoice.with_items(change, invoice, (item,)))
        item = change.get(InvoiceItem, item.id)
    return change.done(), shown(call.world, item)


def _none_named() -> Any:
    raise refusal.missing_parameter("customer")


def _draft(call: Call, invoice_id: str, param: str) -> Invoice:
    invoice = call.named(Invoice, invoice_id, param)
    if invoice.status is not InvoiceStatus.DRAFT:
        message = "The invoice is already finalized, so you can't add invoice items to it."
        raise refusal.invalid(message, param, "invoice_not_editable")
    return invoice


def _costs(call: Call, change: Change, before: InvoiceItem | None) -> dict[str, Any]:
    """Price, quantity and amount; raises Refusal unless exactly one way is chosen."""
    params = call.params
    price_id = params.get("price") or params.get("pricing", {}).get("price")
    ways = [name for name in ("amount", "price_data", "unit_amount_decimal") if name in params]
    ways += ["pricing[price]"] if price_id else []
    if len(ways) > 1:
        raise refusal.invalid(f"You may only specify one of these parameters: {', '.join(ways)}.", ways[1])
    if not ways and before is None:
        raise refusal.missing_parameter("amount")
    if "amount" in params:
        amount: int = params["amount"]
        return {"amount": amount, "unit_amount": amount, "quantity": 1}
    quantity = params.get("quantity", before.quantity if before else 1)
    if "unit_amount_decimal" in params:
        each: int = params["unit_amount_decimal"]
        return {"amount": each * quantity, "unit_amount": each, "quantity": quantity}
    if not ways and before is not None:
        if before.price is None:
            return {}
        price = change.get(Price, before.price)
    elif price_id:
        price = _one_time(call.named(Price, price_id, "pricing[price]"))
    else:
        data = params["price_data"]
        product = call.named(Product, data["product"], "price_data[product]")
        price = make_price(change, call, product.id, {**data, "active": False})
    return {
        "amount": price.amount_of(quantity),
        "unit_amount": price.unit_amount,
        "quantity": quantity,
        "price": price.id,
        "product": price.product,
        "currency": price.currency,
        "description": change.get(Product, price.product).name,
    }


def _one_time(price: Price) -> Price:
    if price.recurring is not None:
        message = (
            "The price specified is set to `type=recurring` but this field only accepts prices with "
            "`type=one_time`."
        )
        raise refusal.invalid(message, "pricing[price]")
    return price


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(InvoiceItem))


def _editable(call: Call) -> tuple[InvoiceItem, Invoice | None]:
    """The item and the draft that it stands on, if any; raises Refusal once that is finalized."""
    item = call.target(InvoiceItem)
    invoice = call.world.get(Invoice, item.invoice) if item.invoice else None
    if invoice is not None and invoice.status is not InvoiceStatus.DRAFT:
        message = "This invoice item is attached to an invoice that can no longer be modified."
        raise refusal.invalid(message, None, "invoice_not_editable")
    return item, invoice


def _update(call: Call) -> tuple[World, Json]:
    before, invoice = _editable(call)
    change = call.change()
    costs = _costs(call, change, before)
    costs.pop("currency", None)
    costs.pop("description", None)
    period = call.params.get("period")
    bounds = {"period_start": period["start"], "period_end": period["end"]} if period else {}
    after = replace(
        before,
        metadata=metadata_of(call.params, before.metadata),
        **costs,
        **bounds,
        **given(call.params, "description discountable"),
    )
    if after != before:
        change.update(before, after)
        if invoice is not None:
            change.put(_without(change, invoice, before, after))
    return change.done(), shown(call.world, change.get(InvoiceItem, after.id))


def _without(change: Change, invoice: Invoice, item: InvoiceItem, instead: InvoiceItem | None) -> Invoice:
    """The draft without the item's line, and with the one that comes `instead`."""
    lines = tuple(line for line in invoice.lines if line.invoice_item != item.id)
    items = () if instead is None else (instead,)
    return merchant_invoice.with_items(change, replace(invoice, lines=lines), items)


def _delete(call: Call) -> tuple[World, Json]:
    item, invoice = _editable(call)
    change = call.change()
    change.update(item, replace(item, deleted=True, invoice=None), Cause.DELETED)
    if invoice is not None:
        change.put(_without(change, invoice, item, None))
    return change.done(), deleted(item)


def _list(call: Call) -> tuple[World, Json]:
    def keep(item: InvoiceItem) -> bool:
        wanted = matches(
            call.params, customer=item.customer, invoice=item.invoice, pending=item.invoice is None
        )
        return wanted and not item.deleted and inside(call.params.get("created"), item.created)

    customer, items = call.params.get("customer"), call.world.invoice_items
    rows = items if customer is None else of_customer(call.world, InvoiceItem, customer)
    return call.world, listed(call, "/v1/invoiceitems", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/invoiceitems", _create, CREATE_ITEM),
    operation("GET /v1/invoiceitems", _list, LIST_ITEMS),
    operation("GET /v1/invoiceitems/:id", _retrieve),
    operation("POST /v1/invoiceitems/:id", _update, UPDATE_ITEM),
    operation("DELETE /v1/invoiceitems/:id", _delete),
)
