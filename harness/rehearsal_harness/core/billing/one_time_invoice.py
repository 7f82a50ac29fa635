"""The invoice of a one-time payment on the checkout page, where the session asks for one.

Decides: what it says, and that it is settled by the payment that was made.  Does not know: the payment
(`one_time`), invoices of subscriptions (`invoice`).
Rule: https://docs.stripe.com/payments/checkout/receipts#paid-invoices: the invoice is made after the payment
succeeded, already paid; while a bank has not answered it stays open.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..change import Change
from ..objects import (
    CheckoutSession,
    Customer,
    Discount,
    Invoice,
    InvoiceItem,
    InvoiceStatus,
    LineItem,
    PaymentIntent,
    Product,
)
from ..records import replace
from . import discounts
from .causes import Cause
from .discounts import Grant
from .invoice import expect_payment, finalize, settle_without_money
from .proration import line_of
from .subscription import settle_first

REPORT_DELAY_S = 14  # seconds until invoice_payment.paid, as after the first payment of a subscription


def id_of(change: Change, session: CheckoutSession) -> str | None:
    """The id of the invoice to come, or None where none is asked for."""
    return None if session.page.invoice is None else change.new_id("in", session.id)


def redeem(change: Change, session: CheckoutSession, customer: str | None) -> list[Discount]:
    """The coupons and codes of the session are used once more; what they take off an invoice."""
    invoice = id_of(change, session)
    return [
        discounts.redeem(
            change,
            Grant(each.coupon.id, each.promotion_code),
            f"{session.id}|{position}",
            customer=customer,
            invoice=invoice,
            checkout_session=session.id,
        )
        for position, each in enumerate(session.discounts)
    ]


def make(
    change: Change,
    session: CheckoutSession,
    customer_id: str,
    intent: PaymentIntent | None,
    given: list[Discount],
) -> None:
    """Draw it up, finalize it, and settle it with what was paid, or leave it open for a bank's answer."""
    for each in given:
        change.put(each)
    draft = discounts.applied(change, _draft(change, session, customer_id), given)
    invoice = finalize(change, change.create(draft, Cause.FIRST_INVOICE))
    if intent is None or not invoice.amount_due:
        settle_without_money(change, invoice)
    elif intent.status == "processing":
        tied = expect_payment(change, invoice, intent)
        row = change.row(Invoice, tied, Cause.PAYMENT_PENDING)
        change.follow(row, tied, replace(tied, attempted=True, attempt_count=1))
    else:
        settle_first(change, invoice, intent)
        change.plan(TaskKind.INVOICE_PAYMENT_PAID, change.now + REPORT_DELAY_S, invoice.id)


def _draft(change: Change, session: CheckoutSession, customer_id: str) -> Invoice:
    data = session.page.invoice
    assert data is not None, "only a session that asks for an invoice gets one"
    customer = change.get(Customer, customer_id)
    new_id = id_of(change, session) or ""
    items = [_item(change, session, line, customer_id, new_id) for line in session.line_items]
    return Invoice(
        id=new_id,
        created=change.now,
        customer=customer.id,
        test_clock=change.test_clock,
        customer_email=customer.email or session.email,
        customer_name=customer.name,
        currency=session.currency,
        billing_reason="manual",
        status=InvoiceStatus.DRAFT,
        lines=tuple(line_of(change, item) for item in items),
        period_start=change.now,
        period_end=change.now,
        total=sum(item.amount for item in items),
        description=data.description,
        footer=data.footer,
        custom_fields=data.custom_fields,
        metadata=data.metadata,
    )


def _item(
    change: Change, session: CheckoutSession, line: LineItem, customer_id: str, invoice: str
) -> InvoiceItem:
    """The item that a line of the session becomes; no event says so."""
    item = InvoiceItem(
        id=change.new_id("ii", line.id),
        created=change.now,
        customer=customer_id,
        test_clock=change.test_clock,
        amount=line.amount,
        currency=session.currency,
        description=change.get(Product, line.price.product).name,
        period_start=change.now,
        period_end=change.now,
        unit_amount=line.price.unit_amount,
        price=line.price.id,
        product=line.price.product,
        quantity=line.quantity,
        invoice=invoice,
        discountable=True,
    )
    change.put(item)
    return item
