"""One visit to a checkout session: who comes, what they fill in, and where they go next.

Decides: which fields a session asks for, and that a session which was completed elsewhere is not paid again.
Does not know how a page looks, or what a payment writes (`core.billing.checkout`).
Rule: https://docs.stripe.com/payments/checkout/fulfill-orders: a visitor who has paid goes to success_url.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehearsal_harness.core.actions import CompleteCheckout, EnterPromotionCode
from rehearsal_harness.core.objects import CheckoutSession, Coupon, Customer, PromotionCode, SessionStatus
from rehearsal_harness.core.requests.discounts import why_not
from rehearsal_specs.tables import NoTransition

from .arriving import wait_until_told
from .cards import TestCard, refusal_of
from .filling_in import Chosen, Problem, chosen_card, email_problems
from .web import Notes, find

if TYPE_CHECKING:
    from rehearsal_harness.serving.account import Account
    from rehearsal_harness.serving.bench import Bench


@dataclass(frozen=True, slots=True)
class Visit:
    """An account of the bench, and its session as it is now."""

    bench: Bench
    account: Account
    session: CheckoutSession

    @property
    def page(self) -> str:
        """The address of the checkout page."""
        return f"/c/pay/{self.session.id}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be paid."""
        return self.session.status is SessionStatus.OPEN

    @property
    def needs_card(self) -> bool:
        """Whether the page asks for a payment method; a free one-time order needs none."""
        return self.session.mode != "payment" or self.session.amount_total > 0

    @property
    def onward(self) -> str:
        """Where a visitor goes once it is complete: the merchant's page, or "" where there is none."""
        if self.session.status is not SessionStatus.COMPLETE:
            return ""
        return (self.session.success_url or "").replace("{CHECKOUT_SESSION_ID}", self.session.id)

    @property
    def known_email(self) -> str | None:
        """The address that the merchant or the customer gave before, which cannot be changed here."""
        customer = self.account.world.table(Customer).get(self.session.customer or "")
        return (customer.email if customer else None) or self.session.customer_email


def visit(bench: Bench, ids: Mapping[str, str]) -> Visit:
    """The visit that an address means; raises DeadEnd where no account has the session."""
    account, session = find(bench, CheckoutSession, ids["session_id"], "checkout session")
    return Visit(bench, account, session)


def enter_code(seen: Visit, typed: str) -> str:
    """Use the promotion code that was typed; why it cannot be used, or "" where it is.

    Letters are as good large as small.  Raises NoTransition where the session is not open any more.
    """
    session, world = seen.session, seen.account.world
    codes = world.promotion_codes.named(typed.lower())
    code = next((each for each in codes if each.active), None)
    if code is None or not session.allow_promotion_codes:
        return "This code is invalid."
    currency = world.get(Coupon, code.coupon).currency
    if currency not in (None, session.currency):
        return "This code is for another currency."
    refused = why_not(world, code, session.customer, session.amount_subtotal, session.currency)
    if not refused:
        seen.account.act(EnterPromotionCode(session.id, code.id))
    return refused


def code_of(seen: Visit) -> str:
    """The promotion code that the session has, as it is typed."""
    ids = [each.promotion_code for each in seen.session.discounts if each.promotion_code]
    code = seen.account.world.table(PromotionCode).get(ids[0]) if ids else None
    return code.code if code else ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent, and what is wrong with it."""

    chosen: Chosen
    email: str
    problems: tuple[Problem, ...]

    @property
    def kept(self) -> dict[str, str]:
        """What the page shows again."""
        return {"email": self.email, "choice": self.chosen.choice, "number": self.chosen.number}


def read(seen: Visit, form: Mapping[str, str]) -> Filled:
    """What was filled in."""
    fixed = seen.known_email
    email = fixed or form.get("email", "")
    chosen = chosen_card(form)
    problems = () if fixed else email_problems(email)
    return Filled(chosen, email, problems + (chosen.problems if seen.needs_card else ()))


def complete(seen: Visit, card: TestCard, email: str, notes: Notes, kept: Mapping[str, str]) -> str:
    """Pay, and the address to go on to: the merchant's page, or this one to say what happened."""
    typed = None if seen.known_email else email
    try:
        world = seen.account.act(CompleteCheckout(seen.session.id, card.card, typed))
    except NoTransition:
        return visit(seen.bench, {"session_id": seen.session.id}).onward or seen.page  # somebody was faster
    after = Visit(seen.bench, seen.account, world.get(CheckoutSession, seen.session.id))
    if after.is_open:
        problems = (("card", "Choose another card, or try this one again."),)
        notes.leave(seen.session.id, title=refusal_of(card.card), problems=problems, **kept)
        return seen.page
    wait_until_told(seen.bench, world, seen.session.id)
    return after.onward or seen.page
