"""Invoices: drawn up, finalized, settled without money.

Decides: what an invoice of a subscription says, its number and its lines.  Does not know: how money is taken
(`payment`), or when (`renewal`, `checkout`).
Rule: https://docs.stripe.com/billing/invoices/subscription: lines carry the period that is paid for; the
invoice's own period is the one before.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..agenda import TaskKind
from ..calendar import DAY_S
from ..change import Change
from ..errors import NotSimulated
from ..objects import (
    Customer,
    Invoice,
    InvoiceLine,
    InvoicePayment,
    InvoiceStatus,
    PaymentIntent,
    Product,
    Subscription,
    SubscriptionItem,
)
from ..records import replace
from . import customer_balance, discounts
from .causes import Cause
from .periods import period_s
from .proration import line_of, pending, share
from .usage import used


def invoice_id(change: Change, subscription_id: str, period_start: int) -> str:
    """The id of the invoice that pays for the period beginning at `period_start`.

    A second period may begin in the same second, as when a trial ends at once; its invoice is another.
    """
    new_id = change.new_id("in", f"{subscription_id}|{period_start}")
    made = change.table(Invoice).ids_owned_by(subscription_id)
    return change.new_id("in", f"{subscription_id}|{period_start}|{len(made)}") if new_id in made else new_id


def draw_up(change: Change, subscription: Subscription, reason: str, *, since: int) -> Invoice:
    """The draft that pays for the subscription's current period; `since` is the start of the period before.

    Nothing is written.  Items cost nothing while the subscription is trialing; what a metered one cost in
    the period before is due now, unless that was the trial; prorations that wait are lines too.
    """
    customer = change.get(Customer, subscription.customer)
    start = subscription.items[0].current_period_start
    new_id = invoice_id(change, subscription.id, start)
    lines = (
        *(_line(change, subscription, item, new_id, since) for item in subscription.items),
        *(line_of(change, item) for item in pending(change, subscription.id)),
        *_waiting(change, customer.id, subscription.currency),
    )
    draft = Invoice(
        id=new_id,
        created=change.now,
        customer=customer.id,
        test_clock=change.test_clock,
        customer_email=customer.email,
        customer_name=customer.name,
        currency=subscription.currency,
        billing_reason=reason,
        status=InvoiceStatus.DRAFT,
        lines=lines,
        period_start=since,
        period_end=start,
        subscription=subscription.id,
        subscription_metadata=subscription.metadata,
        collection_method=subscription.collection_method,
        days_until_due=subscription.days_until_due,
        total=sum(line.amount for line in lines),
        starting_balance=customer.balance and customer_balance.counting(customer, subscription.currency),
    )
    if not subscription.discounts and customer.discount is None:
        return draft
    return discounts.applied(change, draft, discounts.counting(change, customer, subscription))


def _waiting(change: Change, customer_id: str, currency: str) -> Iterator[InvoiceLine]:
    """What waits for the customer's next invoice, whichever it is."""
    return (line_of(change, item) for item in pending(change, customer_id) if item.currency == currency)


def _line(
    change: Change, subscription: Subscription, item: SubscriptionItem, new_id: str, since: int
) -> InvoiceLine:
    """What one item costs: its price in advance, or what was used of it since the start of the period
    before."""
    name = change.get(Product, item.price.product).name
    trial = subscription.status == "trialing"
    unit_amount = 0 if trial else item.price.unit_amount
    start, end, quantity = item.current_period_start, item.current_period_end, item.quantity
    if item.price.is_metered:
        quantity = 0
        if since < start and start != subscription.trial_end:
            quantity = used(change, subscription.customer, item.price, since, start)
            start, end = since, start
    amount = 0 if trial else item.price.amount_of(quantity)
    if amount and not item.price.is_metered and end == subscription.billing_cycle_anchor:
        amount = share(amount, end - start, period_s(subscription, item))
    return InvoiceLine(
        id=change.new_id("il", f"{new_id}|{item.id}"),
        amount=amount,
        currency=subscription.currency,
        description=f"Trial period for {name}" if trial else f"{quantity} × {name}",
        period_start=start,
        period_end=end,
        price=item.price.id,
        product=item.price.product,
        unit_amount=unit_amount,
        quantity=quantity,
        subscription=subscription.id,
        subscription_item=item.id,
        metadata=item.metadata,
    )


def finalize(change: Change, draft: Invoice) -> Invoice:
    """The draft becomes open and gets a number."""
    customer = change.get(Customer, draft.customer)
    row = change.row(Invoice, draft, Cause.INVOICE_FINALIZED)
    change.put(replace(customer, next_invoice_sequence=customer.next_invoice_sequence + 1))
    change.drop(TaskKind.FINALIZE, draft.id)
    opened = replace(
        draft,
        status=InvoiceStatus(row.after),
        due_date=_due_date(change, draft),
        number=f"{customer.invoice_prefix}-{customer.next_invoice_sequence:04d}",
        finalized_at=change.now,
        automatically_finalizes_at=None,
        webhooks_delivered_at=draft.created,
    )
    if customer.balance or opened.total < 0:
        opened = customer_balance.applied(change, opened)
    opened = change.follow(row, draft, opened)
    if opened.discounts:
        discounts.used(change, opened)
    return opened


def _due_date(change: Change, draft: Invoice) -> int | None:
    if draft.due_date is not None or draft.days_until_due is None:
        return draft.due_date
    return change.now + draft.days_until_due * DAY_S


def expect_payment(change: Change, invoice: Invoice, intent: PaymentIntent) -> Invoice:
    """Tie an open invoice to the payment intent that is to settle it; no event says so.

    Raises NotSimulated where a page took the whole and the customer's balance changed what is due.
    """
    if intent.amount != invoice.amount_due:
        raise NotSimulated("a payment on a page by a customer with a balance")
    payment = InvoicePayment(
        id=change.new_id("inpay", f"{invoice.id}|{intent.id}"),
        created=change.now,
        invoice=invoice.id,
        payment_intent=intent.id,
        amount_requested=intent.amount,
        currency=intent.currency,
        status="open",
    )
    change.create(payment, Cause.INVOICE_FINALIZED)
    tied = replace(invoice, payment_intent=intent.id)
    change.put(tied)
    return tied


def settle_without_money(change: Change, invoice: Invoice) -> Invoice:
    """An open invoice over nothing is paid at once."""
    row = change.row(Invoice, invoice, Cause.NOTHING_TO_PAY)
    paid = replace(
        invoice, status=InvoiceStatus(row.after), attempted=True, paid_at=change.now, auto_advance=False
    )
    return change.follow(row, invoice, paid)


def report_payment(change: Change, invoice: Invoice) -> None:
    """Announce that the payment of a paid invoice is paid."""
    for payment in change.table(InvoicePayment).owned_by(invoice.id):
        if payment.status == "open":
            row = change.row(InvoicePayment, payment, Cause.PAYMENT_REPORTED)
            paid = replace(
                payment, status=row.after, amount_paid=payment.amount_requested, paid_at=change.now
            )
            change.follow(row, payment, paid)


def void(change: Change, invoice: Invoice, cause: Cause = Cause.INCOMPLETE_EXPIRES) -> None:
    """The invoice is void, and so is the payment that was to settle it."""
    row = change.row(Invoice, invoice, cause)
    voided = replace(
        invoice,
        status=InvoiceStatus(row.after),
        voided_at=change.now,
        next_payment_attempt=None,
        auto_advance=False,
    )
    change.follow(row, invoice, voided)
    customer_balance.given_back(change, voided)
    cancel_payments(change, invoice, cause)


def cancel_payments(change: Change, invoice: Invoice, cause: Cause) -> None:
    """The payments that were to settle the invoice are canceled."""
    for each in change.table(InvoicePayment).owned_by(invoice.id):
        if each.status == "open":
            row = change.row(InvoicePayment, each, cause)
            change.follow(row, each, replace(each, status=row.after, canceled_at=change.now))
            intent = change.get(PaymentIntent, each.payment_intent)
            row = change.row(PaymentIntent, intent, Cause.INCOMPLETE_EXPIRES)
            change.follow(row, intent, replace(intent, status=row.after, canceled_at=change.now))


def latest_finalized(change: Change, subscription: Subscription) -> Invoice | None:
    """The newest invoice of the subscription that is no draft: the one its status depends on."""
    invoices = change.table(Invoice)
    for each_id in reversed(invoices.ids_owned_by(subscription.id)):
        if invoices[each_id].status != InvoiceStatus.DRAFT:
            return invoices[each_id]
    return None
