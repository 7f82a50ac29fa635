"""What a customer fills in on the checkout page, and where it goes when the session is complete.

Decides: which answers a new or a known customer keeps, and that a change of quantities or of shipping changes
what is due.  Does not know which questions a page asks (`requests.checkout_page`), nor that an answer fits
(`serving.hosted.asking`).
Rule: https://docs.stripe.com/payments/checkout/customers: a new customer gets what was entered; a known one
only what `customer_update` says, and the phone number
(https://docs.stripe.com/payments/checkout/phone-numbers).
"""

from __future__ import annotations

from typing import Any

from ..actions import FillInCheckout
from ..change import Change
from ..objects import CheckoutSession, Customer, PaymentIntent, PaymentMethod, TaxId
from ..objects.checkout_page import NOTHING
from ..objects.customer import CustomerDetails
from ..records import replace
from .causes import Cause


def fill_in(change: Change, action: FillInCheckout) -> None:
    """Keep the answers; raises NoTransition for a session that is not open."""
    before = change.get(CheckoutSession, action.session_id)
    row = change.row(CheckoutSession, before, Cause.PAGE_FILLED_IN)
    wanted = dict(action.quantities)
    lines = tuple(
        replace(line, quantity=wanted[line.id]) if line.adjustable and line.id in wanted else line
        for line in before.line_items
    )
    offered = {each.shipping_rate for each in before.page.shipping_options}
    after = replace(
        before,
        line_items=tuple(line for line in lines if line.quantity),
        collected=action.collected or before.collected,
        shipping_rate=action.shipping_rate if action.shipping_rate in offered else before.shipping_rate,
    )
    change.follow(row, before, after)


def new_customer(session: CheckoutSession) -> dict[str, Any]:
    """The fields of a customer that the session makes."""
    said = session.collected
    if said == NOTHING:
        return {}
    details = CustomerDetails(
        address=said.address,
        shipping=said.shipping,
        business_name=said.business_name,
        individual_name=said.individual_name,
    )
    return {"name": said.business_name or said.name, "phone": said.phone, "details": details}


def known_customer(session: CheckoutSession, customer: Customer) -> Customer:
    """A customer whom the session named, with what it lets the page change."""
    said = session.collected
    if said == NOTHING:
        return customer
    auto = {name for name, how in session.page.customer_update if how == "auto"}
    details = customer.details
    if "address" in auto and said.address is not None:
        details = replace(details, address=said.address)
    if "shipping" in auto and said.shipping is not None:
        details = replace(details, shipping=said.shipping)
    name = said.business_name or said.name
    return replace(
        customer,
        name=name if "name" in auto and name else customer.name,
        phone=said.phone or customer.phone,
        details=details,
    )


def keep_tax_ids(change: Change, session: CheckoutSession, customer_id: str) -> None:
    """The customer has the tax ids that were typed."""
    for position, (kind, value) in enumerate(session.collected.tax_ids):
        change.create(
            TaxId(
                id=change.new_id("txi", f"{session.id}|{position}"),
                created=change.now,
                customer=customer_id,
                type=kind,
                value=value,
            )
        )


def paid_with(session: CheckoutSession, method: PaymentMethod) -> PaymentMethod:
    """The payment method with the billing details that were typed beside it."""
    said = session.collected
    if said == NOTHING:
        return method
    return replace(method, name=said.name, phone=said.phone, address=said.address)


def sent_to(session: CheckoutSession, intent: PaymentIntent) -> PaymentIntent:
    """The payment with the address that was asked for the parcel."""
    shipping = session.collected.shipping
    if shipping is None:
        return intent
    return replace(intent, details=replace(intent.details, shipping=shipping))
