"""One story for whichever stripe-python is installed: `python older.py ADDRESS`, by hand.

Decides: what an older backend may expect of every major version since 2.  A version that names no API version
(before 6) is answered in the account's: start the bench with `rehearse serve --api-version 2022-11-15`.
Prints how many checks passed, and what the others said.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import metadata
from typing import Any

import stripe as installed

stripe: Any = installed  # its types are the newest version's
CHECKS: list[Callable[[], None]] = []
MONTHLY = {"interval": "month"}
CARD = "pm_card_visa"


def check(told: Callable[[], None]) -> Callable[[], None]:
    """One of the story's checks."""
    CHECKS.append(told)
    return told


def error(name: str) -> Any:
    """An error's class, which was in a module of its own until 13."""
    return getattr(getattr(stripe, "error", stripe), name)


def price(amount: int = 1200) -> Any:
    """A monthly price with a product of its own."""
    product = stripe.Product.create(name="Pro", metadata={"tier": "1"})
    return stripe.Price.create(product=product.id, currency="usd", unit_amount=amount, recurring=MONTHLY)


def payer() -> Any:
    """A customer who can pay."""
    return stripe.Customer.create(
        email="ada@example.com", payment_method=CARD, invoice_settings={"default_payment_method": CARD}
    )


@check
def a_customer_is_changed_and_deleted() -> None:
    """Also by methods of the object."""
    customer = payer()
    stripe.Customer.modify(customer.id, metadata={"a": "b"})
    assert stripe.Customer.retrieve(customer.id).metadata["a"] == "b"
    assert customer.delete().deleted


@check
def a_subscription_is_paid_changed_and_cancelled() -> None:
    """From its first invoice to its end."""
    customer, cheap, dear = payer(), price(), price(3000)
    made = stripe.Subscription.create(
        customer=customer.id, items=[{"price": cheap.id}], expand=["latest_invoice"]
    )
    assert (made.status, made.latest_invoice.status) == ("active", "paid")
    item = made["items"].data[0].id
    changed = stripe.Subscription.modify(
        made.id, cancel_at_period_end=True, items=[{"id": item, "price": dear.id}]
    )
    assert changed.cancel_at_period_end
    assert changed["items"].data[0].price.id == dear.id
    end = getattr(stripe.Subscription, "cancel", stripe.Subscription.delete)
    assert end(made.id).status == "canceled"


@check
def a_person_is_sent_to_checkout_and_to_the_portal() -> None:
    """Both have an address."""
    lines = [{"price": price().id, "quantity": 1}]
    there = {"success_url": "https://shop.example.com/s", "cancel_url": "https://shop.example.com/c"}
    assert stripe.checkout.Session.create(mode="subscription", line_items=lines, **there).url
    back = "https://shop.example.com"
    assert stripe.billing_portal.Session.create(customer=payer().id, return_url=back).url


@check
def a_payment_is_confirmed_and_refunded() -> None:
    """By an intent, and by a charge as the oldest backends make it."""
    automatic = {"enabled": True, "allow_redirects": "never"}
    intent = stripe.PaymentIntent.create(
        amount=500, currency="usd", payment_method=CARD, confirm=True, automatic_payment_methods=automatic
    )
    assert intent.status == "succeeded"
    assert stripe.Refund.create(payment_intent=intent.id).status == "succeeded"
    assert stripe.Charge.create(amount=700, currency="usd", source="tok_visa").paid


@check
def an_invoice_is_made_and_paid() -> None:
    """Of an item that waits."""
    customer = payer()
    stripe.InvoiceItem.create(customer=customer.id, amount=300, currency="usd")
    made = stripe.Invoice.create(customer=customer.id, pending_invoice_items_behavior="include")
    assert stripe.Invoice.pay(stripe.Invoice.finalize_invoice(made.id).id).status == "paid"


@check
def errors_are_of_their_class() -> None:
    """A declined card, an unknown parameter, a key for something else."""
    for wrong, ask in (
        ("CardError", lambda: stripe.Charge.create(amount=7, currency="usd", source="tok_chargeDeclined")),
        ("InvalidRequestError", lambda: stripe.Customer.create(nmae="Ada")),
        ("IdempotencyError", lambda: stripe.Product.create(name="Pro", idempotency_key="once")),
    ):
        if wrong == "IdempotencyError":
            stripe.Customer.create(idempotency_key="once")
        try:
            ask()
        except error(wrong):
            continue
        raise AssertionError(f"no {wrong}")


@check
def a_list_is_paged_through() -> None:
    """Newest first."""
    for number in range(12):
        stripe.Customer.create(name=str(number))
    names = [each.name for each in stripe.Customer.list(limit=5).auto_paging_iter()]
    assert names[:12] == [str(number) for number in range(11, -1, -1)]


def main(address: str) -> int:
    """Tell the whole story; the exit status."""
    version = metadata.version("stripe")
    stripe.api_base, stripe.api_key = address, "sk_test_" + version.replace(".", "x").ljust(24, "0")
    failed = []
    for told in CHECKS:
        try:
            told()
        except Exception as problem:
            failed.append(f"  {told.__name__}: {type(problem).__name__}: {problem}")
    passed = len(CHECKS) - len(failed)
    sys.stdout.write("\n".join([f"stripe-python {version}: {passed} of {len(CHECKS)}", *failed]) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
