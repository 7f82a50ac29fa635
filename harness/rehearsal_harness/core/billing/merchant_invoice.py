"""Invoices and invoice items that a merchant makes by API, and what it can do with any invoice.

Decides: what each call writes.  Does not know: which requests are refused (`requests.invoices`), nor how
money is taken (`payment`).
Rule: https://docs.stripe.com/invoicing/integration/workflow-transitions; a draft that advances by itself is
finalized after an hour; one that is sent is due `days_until_due` days after it was finalized.  An invoice
that is paid out of band gives no invoice.payment_succeeded: https://docs.stripe.com/api/events/types.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..agenda import TaskKind
from ..calendar import HOUR_S
from ..change import Change
from ..objects import Discount, Invoice, InvoiceItem, InvoiceStatus
from ..records import replace
from . import discounts, dunning, paying
from .causes import Cause
from .invoice import cancel_payments
from .invoice import void as void_with
from .proration import line_of

DRAFT_S = HOUR_S


def with_items(change: Change, draft: Invoice, items: Iterable[InvoiceItem]) -> Invoice:
    """The draft with these items as further lines; the items wait no longer, and no event says so."""
    new = tuple(items)
    for item in new:
        change.put(replace(item, invoice=draft.id))
    return summed(change, replace(draft, lines=(*draft.lines, *(line_of(change, item) for item in new))))


def summed(change: Change, draft: Invoice) -> Invoice:
    """The draft with its total, after the discounts it has."""
    kept = [change.get(Discount, each) for each in draft.discounts]
    return discounts.applied(change, replace(draft, total=draft.subtotal), kept)


def create(change: Change, draft: Invoice) -> Invoice:
    """Keep a new draft; one that advances by itself is finalized in an hour."""
    return change.create(_planned(change, draft))


def _planned(change: Change, draft: Invoice) -> Invoice:
    if not draft.auto_advance:
        change.drop(TaskKind.FINALIZE, draft.id)
        return replace(draft, automatically_finalizes_at=None)
    due = draft.automatically_finalizes_at or change.now + DRAFT_S
    change.plan(TaskKind.FINALIZE, due, draft.id)
    return replace(draft, automatically_finalizes_at=due)


def update(change: Change, before: Invoice, after: Invoice) -> Invoice:
    """The merchant changes an invoice; a draft's schedule follows."""
    if after.status is InvoiceStatus.DRAFT:
        after = _planned(change, after)
    elif after.auto_advance != before.auto_advance:
        after = replace(after, next_payment_attempt=None)
        change.drop(TaskKind.COLLECT, after.id)
    return before if after == before else change.update(before, after)


def delete(change: Change, draft: Invoice) -> None:
    """A draft goes, and its items with it, as if they had never been; raises NoTransition for any other."""
    row = change.row(Invoice, draft, Cause.DELETED)
    change.drop(TaskKind.FINALIZE, draft.id)
    for line in draft.lines:
        if line.invoice_item is not None:
            item = change.get(InvoiceItem, line.invoice_item)
            change.put(replace(item, invoice=None, deleted=line.is_proration is False))
    change.follow(row, draft, replace(draft, deleted=True))


def finalize(change: Change, draft: Invoice, *, auto_advance: bool) -> Invoice:
    """The draft is open; one that advances by itself is collected at once, or sent."""
    invoice = paying.open_for_payment(change, replace(draft, auto_advance=auto_advance))
    if invoice.status is not InvoiceStatus.OPEN or not auto_advance:
        return invoice
    return advanced(change, invoice)


def advanced(change: Change, invoice: Invoice) -> Invoice:
    """An open invoice goes its way: it is sent where its customer pays by hand, and collected otherwise."""
    if invoice.collection_method == "send_invoice":
        return change.update(invoice, invoice, Cause.INVOICE_SENT)
    paying.collect(change, invoice, automatic=True)
    return change.get(Invoice, invoice.id)


def send(change: Change, invoice: Invoice) -> Invoice:
    """The customer gets the invoice by e-mail; a draft is finalized first."""
    if invoice.status is InvoiceStatus.DRAFT:
        invoice = paying.open_for_payment(change, invoice)
    return change.update(invoice, invoice, Cause.INVOICE_SENT)


def void(change: Change, invoice: Invoice) -> Invoice:
    """The invoice is as good as never made; its payment is canceled."""
    _stop(change, invoice)
    void_with(change, invoice, Cause.VOIDED)
    return change.get(Invoice, invoice.id)


def mark_uncollectible(change: Change, invoice: Invoice) -> Invoice:
    """Nobody expects the money any more; it can still be paid."""
    row = change.row(Invoice, invoice, Cause.MARKED_UNCOLLECTIBLE)
    _stop(change, invoice)
    after = replace(
        invoice,
        status=InvoiceStatus(row.after),
        marked_uncollectible_at=change.now,
        next_payment_attempt=None,
        auto_advance=False,
    )
    return change.follow(row, invoice, after)


def _stop(change: Change, invoice: Invoice) -> None:
    change.drop(TaskKind.COLLECT, invoice.id)
    change.drop(TaskKind.FINALIZE, invoice.id)


def pay_out_of_band(change: Change, invoice: Invoice) -> Invoice:
    """The merchant got the money elsewhere; the payment that was to settle the invoice is canceled."""
    if invoice.status is InvoiceStatus.DRAFT:
        invoice = paying.open_for_payment(change, invoice)
    row = change.row(Invoice, invoice, Cause.PAID_OUT_OF_BAND)
    _stop(change, invoice)
    cancel_payments(change, invoice, Cause.PAID_OUT_OF_BAND)
    after = replace(
        invoice,
        status=InvoiceStatus(row.after),
        amount_paid=invoice.amount_due,
        paid_at=change.now,
        paid_out_of_band=True,
        attempted=True,
        next_payment_attempt=None,
        auto_advance=False,
    )
    after = change.follow(row, invoice, after)
    dunning.payment_succeeded(change, after)
    return after
