"""The test cards that a person chooses from on a page, and what each is for.

Decides: their numbers, their order and the words beside them.  Does not know what a card does: `core.cards`.
Source: https://docs.stripe.com/testing, https://docs.stripe.com/payments/sepa-debit for the account, and
https://docs.stripe.com/declines/codes for what a customer is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rehearsal_harness.core.cards import BEHAVIOR, Card


@dataclass(frozen=True, slots=True)
class TestCard:
    """`asks`: the bank wants to see the customer before a payment made on a page."""

    number: str
    name: str
    meaning: str
    card: Card
    asks: bool = False

    @property
    def spaced(self) -> str:
        """The number as it is printed on a card."""
        return " ".join(re.findall(".{1,4}", self.number))


@dataclass(frozen=True, slots=True)
class Group:
    """Cards with the same fate; the first group is open at first, the others one press away."""

    title: str
    hint: str
    cards: tuple[TestCard, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "Works",
        "the payment succeeds",
        (TestCard("4242424242424242", "Visa", "Every payment succeeds, now and at each renewal.", Card.OK),),
    ),
    Group(
        "Declined",
        "and why",
        (
            TestCard("4000000000000002", "Declined", "The bank refuses and does not say why.", Card.DECLINED),
            TestCard(
                "4000000000009995",
                "No money",
                "Declined: insufficient funds.",
                Card.INSUFFICIENT_FUNDS,
            ),
        ),
    ),
    Group(
        "3D Secure",
        "the bank asks first",
        (
            TestCard(
                "4000002760003184",
                "Always asks",
                "The bank asks now, and again at every renewal, when nobody is there to answer.",
                Card.REQUIRES_ACTION,
                asks=True,
            ),
        ),
    ),
    Group(
        "Trouble later",
        "after a payment, or at a renewal",
        (
            TestCard(
                "4000000000000341",
                "Can be saved, never charged",
                "Saving it works, as in a trial; every payment with it is declined.",
                Card.ATTACHES_THEN_DECLINES,
            ),
        ),
    ),
    Group(
        "Bank debit",
        "the money comes later, or never",
        (
            TestCard(
                "DE89370400440532013000",
                "SEPA debit",
                "The order is complete and not paid: the bank answers later. "
                "You play the bank on the control page.",
                Card.DELAYED,
            ),
        ),
    ),
)
FIRST = GROUPS[0].cards[0]
_BY_NUMBER = {each.number: each for group in GROUPS for each in group.cards}


def find(number: str) -> TestCard | None:
    """The test card with that number, spaces and dashes aside; None for any other."""
    return _BY_NUMBER.get(re.sub(r"[\s-]", "", number).upper())


_REFUSALS = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card’s security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your bank wants to see you before it pays.",
}


def refusal_of(card: Card) -> str:
    """What a customer is told whose card is declined: a stolen card is not called one to its user's face."""
    return _REFUSALS.get(BEHAVIOR[card].decline_code or "", "Your card was declined.")
