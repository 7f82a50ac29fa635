"""What a subscription is begun with that is made on the way: prices, and further items of its first invoice.

Decides: which prices may be made so, and what such an item costs.  Does not know: the invoice
(`billing.subscription`).
Source: https://docs.stripe.com/api/subscriptions/create; a price made of `price_data` is inactive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..billing.periods import period, recurring_of
from ..billing.subscription import Terms, first_amount
from ..change import Change
from ..objects import InvoiceItem, Price, Product, Subscription
from ..records import replace
from . import refusal
from .catalogue import PERIOD, make_price
from .invoice_parameters import PRICE_DATA
from .operation import Call
from .parameters import Hash, Kind, Text, Whole, not_simulated
from .subscription_items import price_of

RECURRING_PRICE_DATA = Hash(
    {**PRICE_DATA.fields, "recurring": Hash(PERIOD, required=("interval",)), "unit_amount": Whole()},
    required=("currency", "product", "recurring"),
)
FURTHER_ITEM: Mapping[str, Kind] = {
    "price": Text(),
    "price_data": PRICE_DATA,
    "quantity": Whole(least=1, most=999_999),
    **not_simulated("discountable discounts metadata period tax_rates"),
}


def price_for(call: Call, change: Change, item: dict[str, Any], param: str) -> Price:
    """The recurring price that an item names or describes; raises Refusal."""
    made = _made(call, change, item, param)
    return made or price_of(call, item["price"], f"{param}[price]")


def _made(call: Call, change: Change, item: dict[str, Any], param: str) -> Price | None:
    if "price" in item and "price_data" in item:
        message = "You may only specify one of these parameters: price, price_data."
        raise refusal.invalid(message, f"{param}[price]")
    if "price_data" in item:
        data = item["price_data"]
        product = call.named(Product, data["product"], f"{param}[price_data][product]")
        return make_price(change, call, product.id, {**data, "active": False}, param)
    if "price" not in item:
        raise refusal.missing_parameter(f"{param}[price]")
    return None


def add_items(call: Call, change: Change, terms: Terms) -> None:
    """Let the further items wait for the first invoice; raises Refusal where that would be over nothing else,
    or for a price that is not one-time and of the same currency."""
    items: list[dict[str, Any]] = call.params.get("add_invoice_items", [])
    if items and first_amount(change, terms) <= 0:
        raise refusal.not_simulated("add_invoice_items", "where nothing else is due at first")
    prices = tuple(price for price, _ in terms.lines)
    span = period(recurring_of(prices), change.now, 0)
    for each in _further(call, change, terms.customer, prices[0].currency, span):
        change.create(each)


def further_items(call: Call, change: Change, subscription: Subscription) -> tuple[InvoiceItem, ...]:
    """The further items of an update, which are to wait for the subscription's next invoice; raises
    Refusal."""
    span = change.now, subscription.current_period_end
    found = _further(call, change, subscription.customer, subscription.currency, span)
    return tuple(replace(each, subscription=subscription.id) for each in found)


def _further(
    call: Call, change: Change, customer: str, currency: str, span: tuple[int, int]
) -> Iterator[InvoiceItem]:
    items: list[dict[str, Any]] = call.params.get("add_invoice_items", [])
    for position, item in enumerate(items):
        param = f"add_invoice_items[{position}]"
        price = _made(call, change, item, param) or call.named(Price, item["price"], f"{param}[price]")
        if price.recurring is not None or price.currency != currency:
            message = "This field only accepts prices with `type=one_time`, in the subscription's currency."
            raise refusal.invalid(message, f"{param}[price]")
        quantity = item.get("quantity", 1)
        yield InvoiceItem(
            id=change.new_id("ii", call.new_key(InvoiceItem) + param),
            created=change.now,
            customer=customer,
            test_clock=change.test_clock,
            amount=price.amount_of(quantity),
            currency=price.currency,
            description=change.get(Product, price.product).name,
            period_start=span[0],
            period_end=span[1],
            price=price.id,
            product=price.product,
            unit_amount=price.unit_amount,
            quantity=quantity,
            discountable=True,
        )
