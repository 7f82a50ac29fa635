"""The customer's balance: credit that her next invoices use up, or debt that they collect.

Decides: what an invoice makes of it when it is finalized, and voided, and how each change is kept.  Does not
know: how much is due (`objects.invoice`).
Rule: https://docs.stripe.com/billing/customer/balance: it is applied when an invoice is finalized; an invoice
over less than nothing becomes credit; voiding gives back what was applied.  That an invoice over nothing
leaves a debt as it is, and that customer.updated tells of each change, is assumed; amounts that are too small
to be charged are not carried over.
"""

from __future__ import annotations

from ..change import Change
from ..objects import Customer, CustomerBalanceTransaction, Invoice
from ..objects.invoice import balance_left
from ..records import replace


def counting(customer: Customer, currency: str) -> int:
    """What of the customer's balance counts for an invoice in that currency."""
    return customer.balance if customer.currency in (None, currency) else 0


def applied(change: Change, invoice: Invoice) -> Invoice:
    """The invoice that is being finalized, with what it uses of the balance."""
    customer = change.get(Customer, invoice.customer)
    before = counting(customer, invoice.currency)
    after = balance_left(invoice.total, before)
    if after != before:
        move(change, customer, after - before, "applied_to_invoice", invoice.currency, invoice=invoice.id)
    return replace(invoice, starting_balance=before, ending_balance=after)


def given_back(change: Change, invoice: Invoice) -> None:
    """The invoice is void: the balance is as if it had never been."""
    used = (invoice.ending_balance or 0) - invoice.starting_balance
    if invoice.ending_balance is not None and used:
        customer = change.get(Customer, invoice.customer)
        move(change, customer, -used, "unapplied_from_invoice", invoice.currency, invoice=invoice.id)


def move(
    change: Change,
    customer: Customer,
    amount: int,
    kind: str,
    currency: str,
    *,
    invoice: str | None = None,
    description: str | None = None,
    metadata: tuple[tuple[str, str], ...] = (),
) -> CustomerBalanceTransaction:
    """Change the balance by `amount`, in the smallest unit; less than nothing is credit."""
    known = len(change.table(CustomerBalanceTransaction).ids_owned_by(customer.id))
    after = replace(customer, balance=customer.balance + amount, currency=customer.currency or currency)
    moved = CustomerBalanceTransaction(
        id=change.new_id("cbtxn", f"{customer.id}|{known}"),
        created=change.now,
        customer=customer.id,
        amount=amount,
        currency=currency,
        ending_balance=after.balance,
        type=kind,
        invoice=invoice,
        description=description,
        metadata=metadata,
    )
    change.create(moved)
    change.update(customer, after)
    return moved
