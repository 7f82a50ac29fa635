"""One visit to a checkout session: who comes, what they fill in, and where they go next.

Decides: which fields a session asks for, and that a session which was completed elsewhere is not paid again.
Does not know how a page looks, or what a payment writes (`core.billing.checkout`).
Rule: https://docs.stripe.com/payments/checkout/fulfill-orders: a visitor who has paid goes to success_url.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.actions import CompleteCheckout, EnterPromotionCode, FillInCheckout
from rehearsal_harness.core.objects import CheckoutSession, Coupon, Customer, PromotionCode, SessionStatus
from rehearsal_harness.core.requests.discounts import why_not
from rehearsal_specs.tables import NoTransition

from .arriving import wait_until_told
from .asking import Answers, Order, read_answers
from .cards import TestCard, refusal_of
from .filling_in import Chosen, Problem, chosen_card, email_problems
from .questions import Group, groups_of
from .web import Notes, find

if TYPE_CHECKING:
    from rehearsal_harness.serving.account import Account
    from rehearsal_harness.serving.bench import Bench


_STAYS = ("if_required", "never")  # no test card here leads to another page


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
        """Whether the page asks for a payment method; what costs nothing now may need none."""
        session = self.session
        spared = session.mode == "payment" or (
            session.mode == "subscription" and session.payment_method_collection == "if_required"
        )
        return not spared or session.amount_total > 0

    @property
    def onward(self) -> str:
        """Where a visitor goes once it is complete: the merchant's page, or "" where there is none."""
        page = self.session.page
        if self.session.status is not SessionStatus.COMPLETE or page.redirect_on_completion in _STAYS:
            return ""
        onward = self.session.success_url or page.return_url or ""
        return onward.replace("{CHECKOUT_SESSION_ID}", self.session.id)

    @property
    def customer(self) -> Customer | None:
        """Who the merchant says comes."""
        return self.account.world.table(Customer).get(self.session.customer or "")

    @property
    def groups(self) -> list[Group]:
        """What is asked beside the payment method."""
        return groups_of(self.session, self.customer, with_card=self.needs_card)

    @property
    def known_email(self) -> str | None:
        """The address that the merchant or the customer gave before, which cannot be changed here."""
        customer = self.customer
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
    answers: Answers
    problems: tuple[Problem, ...]

    @property
    def kept(self) -> dict[str, Any]:
        """What the page shows again."""
        typed = self.answers.typed
        return {
            "email": self.email,
            "typed": typed,
            "choice": self.chosen.choice,
            "number": self.chosen.number,
        }


def read(seen: Visit, form: Mapping[str, str]) -> Filled:
    """What was filled in."""
    fixed = seen.known_email
    email = fixed or form.get("email", "")
    chosen = chosen_card(form)
    answers = read_answers(seen.session, seen.groups, form)
    problems = (*(() if fixed else email_problems(email)), *answers.problems)
    return Filled(chosen, email, answers, problems + (chosen.problems if seen.needs_card else ()))


def keep_answers(seen: Visit, answers: Answers) -> None:
    """Keep what was said on the page; where somebody has paid meanwhile it is too late for that."""
    if any(answers.typed.values()):
        with suppress(NoTransition):
            seen.account.act(FillInCheckout(seen.session.id, answers.collected))


def change_order(seen: Visit, order: Order) -> None:
    """Take more or less of something, or have it sent another way, before it is paid."""
    with suppress(NoTransition):
        seen.account.act(
            FillInCheckout(seen.session.id, quantities=order.quantities, shipping_rate=order.shipping_rate)
        )


def complete(seen: Visit, card: TestCard, email: str, notes: Notes, kept: Mapping[str, Any]) -> str:
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
