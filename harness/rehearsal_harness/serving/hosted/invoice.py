"""The invoice page: /i/{invoice}, with a button to pay where something is owed.

Decides: what the page offers by the invoice's status.  Does not know what a payment writes
(`core.billing.payment`).
Rule: https://docs.stripe.com/invoicing/hosted-invoice-page; a draft has no page.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import falcon

from rehearsal_harness.core.actions import PayInvoice, Via
from rehearsal_harness.core.objects import Invoice, InvoiceStatus
from rehearsal_harness.core.render import render
from rehearsal_harness.serving.look import money, pages
from rehearsal_specs.tables import NoTransition

from . import cards
from .filling_in import chosen_card
from .portal_view import invoice_kind
from .web import DeadEnd, Notes, Page, fields, find, see_other

if TYPE_CHECKING:
    from rehearsal_harness.serving.account import Account
    from rehearsal_harness.serving.bench import Bench

_PAYABLE = (InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE)


class InvoicePage(Page):
    """See what was billed, and pay it."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The invoice; the form only while something is owed."""
        _, invoice = _found(self.bench, ids)
        note = self.notes.take(invoice.id)
        pages.answer(
            resp,
            "hosted/invoice.html",
            invoice=render(invoice, livemode=False),
            kind=invoice_kind(invoice),
            owed=money(invoice.amount_remaining, invoice.currency) if _is_payable(invoice) else "",
            groups=cards.GROUPS,
            title=note.get("title", ""),
            problems=note.get("problems", ()),
            chosen=note.get("choice", cards.FIRST.number),
            number=note.get("number", ""),
        )

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Pay; what is paid already is not paid again."""
        account, invoice = _found(self.bench, ids)
        chosen = chosen_card(fields(req))
        title, problems = "Something is missing", chosen.problems
        paid = not _is_payable(invoice)
        if not paid and chosen.card is not None:
            with suppress(NoTransition):
                account.act(PayInvoice(invoice.id, chosen.card.card, Via.PORTAL))
            after = account.world.get(Invoice, invoice.id)
            paid = not _is_payable(after) or _waits(account, after)
            title = cards.refusal_of(chosen.card.card)
            problems = (("card", "Choose another card, or try this one again."),)
        if not paid:
            values = {"choice": chosen.choice, "number": chosen.number}
            self.notes.leave(invoice.id, title=title, problems=problems, **values)
        see_other(resp, f"/i/{invoice.id}")


class InvoiceAsFile(Page):
    """What `invoice_pdf` names."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """A page of it, marked as simulated."""
        from .invoice_file import invoice_pdf

        _, invoice = _found(self.bench, ids)
        resp.content_type = "application/pdf"
        name = (invoice.number or invoice.id).replace("/", "-")
        resp.set_header("Content-Disposition", f'attachment; filename="Invoice-{name}.pdf"')
        resp.data = invoice_pdf(render(invoice, livemode=False))


def _is_payable(invoice: Invoice) -> bool:
    return invoice.status in _PAYABLE and invoice.amount_remaining > 0


def _waits(account: Account, invoice: Invoice) -> bool:
    """Whether a bank has yet to answer for it."""
    intent = account.world.payment_intents.get(invoice.payment_intent or "")
    return intent is not None and intent.status == "processing"


def _found(bench: Bench, ids: dict[str, str]) -> tuple[Account, Invoice]:
    account, invoice = find(bench, Invoice, ids["invoice_id"], "invoice")
    if invoice.deleted:
        raise DeadEnd(404, "There is no such invoice", "It was a draft, and the shop has deleted it.")
    if invoice.status is InvoiceStatus.DRAFT:
        raise DeadEnd(404, "This invoice is a draft", "It has no page before it is finalized.")
    return account, invoice


def routes(bench: Bench) -> list[tuple[str, object]]:
    """The page, and the file."""
    notes = Notes()
    return [
        ("/i/{invoice_id}", InvoicePage(bench, notes)),
        ("/invoice/{invoice_id}/pdf", InvoiceAsFile(bench, notes)),
    ]
