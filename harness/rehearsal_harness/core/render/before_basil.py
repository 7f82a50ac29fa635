"""What objects said before 2025-03-31.basil and 2025-09-30.clover, and how it follows from what they say now.

Decides: the older value of each key that went away.  Each function changes one rendered object in place; what
is new in it is taken out afterwards (`version_changes`).  Does not know: which version asks for it.
Rule: https://docs.stripe.com/changelog/basil/2025-03-31/adds-new-parent-field-to-invoicing-objects,
https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-subscription-current-period-start-and-end,
https://docs.stripe.com/changelog/2022-11-15 (`charges` of a payment intent and `refunds` of a charge), and
the types of stripe-python 11.6.0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..api_versions import BASIL_FIRST, CLOVER_FIRST, LATEST_CHARGE, MARKETING_FEATURES
from .links import Links

Json = dict[str, Any]
Restorer = Callable[[Json, Links], None]


def _promotion_code(code: Json, links: Links) -> None:
    code["coupon"] = links.named("coupons", code.get("promotion", {}).get("coupon"))


def _discount(discount: Json, links: Links) -> None:
    coupon = (discount.get("source") or {}).get("coupon")
    discount["coupon"] = links.named("coupons", coupon) if isinstance(coupon, str) else coupon


def _subscription(subscription: Json, links: Links) -> None:
    items = subscription["items"]["data"]
    subscription["current_period_start"] = max(item["current_period_start"] for item in items)
    subscription["current_period_end"] = max(item["current_period_end"] for item in items)
    subscription["discount"] = _first_discount(subscription, links)
    if len(items) == 1:
        subscription["plan"] = dict(items[0]["plan"])
        subscription["quantity"] = items[0].get("quantity")


def _first_discount(obj: Json, links: Links) -> Any:
    first = next(iter(obj.get("discounts") or ()), None)
    return links.named("discounts", first) if isinstance(first, str) else first


def _invoice(invoice: Json, links: Links) -> None:
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    known = links.invoice(invoice.get("id", ""))
    intent = known.payment_intent if known else None
    charges = links.charges_of_intent(intent)
    invoice["subscription"] = details.get("subscription")
    invoice["subscription_details"] = {"metadata": details.get("metadata")}
    if "subscription_proration_date" in details:
        invoice["subscription_proration_date"] = details["subscription_proration_date"]
    invoice["payment_intent"] = intent
    invoice["charge"] = charges[0].id if charges else None
    invoice["paid"] = invoice["status"] == "paid"
    invoice["paid_out_of_band"] = known is not None and known.paid_out_of_band
    invoice["discount"] = _first_discount(invoice, links)
    invoice["tax"] = None
    invoice["total_tax_amounts"] = []
    invoice |= dict.fromkeys(("application_fee_amount", "quote", "transfer_data"))


def _line(line: Json, links: Links) -> None:
    parent = line.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    is_item = parent.get("type") == "invoice_item_details"
    _put_price(line, links)
    line["type"] = "invoiceitem" if is_item else "subscription"
    line["proration"] = details.get("proration", False)
    line["proration_details"] = {"credited_items": None}
    if details.get("subscription_item"):
        line["subscription_item"] = details["subscription_item"]
    if is_item:
        line["invoice_item"] = details.get("invoice_item")
    line["amount_excluding_tax"] = line["amount"]
    line["unit_amount_excluding_tax"] = (line.get("pricing") or {}).get("unit_amount_decimal")
    line["tax_amounts"] = []
    line["tax_rates"] = []


def _put_price(line: Json, links: Links) -> None:
    price_id = ((line.get("pricing") or {}).get("price_details") or {}).get("price")
    if isinstance(price_id, dict):
        price_id = price_id["id"]
    line["price"], line["plan"] = links.price_and_plan(price_id or "")


def _invoice_item(item: Json, links: Links) -> None:
    details = (item.get("parent") or {}).get("subscription_details") or {}
    pricing = item.get("pricing") or {}
    _put_price(item, links)
    item["subscription"] = details.get("subscription")
    if details.get("subscription_item"):
        item["subscription_item"] = details["subscription_item"]
    decimal = pricing.get("unit_amount_decimal")
    item["unit_amount_decimal"] = decimal
    item["unit_amount"] = int(decimal) if decimal is not None and decimal.lstrip("-").isdigit() else None


def _charge(charge: Json, links: Links) -> None:
    intent = charge.get("payment_intent")
    charge["invoice"] = links.invoice_of_intent(intent["id"] if isinstance(intent, dict) else intent)


def _payment_intent(intent: Json, links: Links) -> None:
    intent["invoice"] = links.invoice_of_intent(intent["id"])


def _price(price: Json, _: Links) -> None:
    if price.get("recurring"):
        price["recurring"]["aggregate_usage"] = None


def _plan(plan: Json, _: Links) -> None:
    plan["aggregate_usage"] = None


def _session(session: Json, _: Links) -> None:
    session["shipping_details"] = (session.get("collected_information") or {}).get("shipping_details")


def _product(product: Json, _: Links) -> None:
    product["features"] = product.get("marketing_features", [])


def _intent_with_charges(intent: Json, links: Links) -> None:
    url = f"/v1/charges?payment_intent={intent['id']}"
    intent["charges"] = _whole_list(links.shown_charges(intent["id"]), url)


def _charge_with_refunds(charge: Json, links: Links) -> None:
    url = f"/v1/charges/{charge['id']}/refunds"
    charge["refunds"] = _whole_list(links.refunds_of_charge(charge["id"]), url)


def _whole_list(data: list[Json], url: str) -> Json:
    return {"object": "list", "data": data, "has_more": False, "total_count": len(data), "url": url}


# The version that took them away -> object -> what puts them back
RESTORED_BEFORE: Mapping[str, Mapping[str, Restorer]] = {
    CLOVER_FIRST: {"discount": _discount, "promotion_code": _promotion_code},
    BASIL_FIRST: {
        "charge": _charge,
        "checkout.session": _session,
        "invoice": _invoice,
        "invoiceitem": _invoice_item,
        "line_item": _line,
        "payment_intent": _payment_intent,
        "plan": _plan,
        "price": _price,
        "subscription": _subscription,
    },
    MARKETING_FEATURES: {"product": _product},
    LATEST_CHARGE: {"charge": _charge_with_refunds, "payment_intent": _intent_with_charges},
}
