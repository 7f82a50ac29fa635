"""The test cards that a person chooses from on a page, and what each is for.

Decides: their order and the words beside them.  Does not know what a card does, nor its number: `core.cards`.
Source: https://docs.stripe.com/testing, and https://docs.stripe.com/payments/sepa-debit for the accounts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rehearsal_harness.core.billing.declines import message_of
from rehearsal_harness.core.cards import BEHAVIOR, Asks, Card


@dataclass(frozen=True)
class TestCard:
    """A card under the number that is typed for it."""

    card: Card
    name: str
    meaning: str

    @property
    def number(self) -> str:
        """The number of the card, or of the account."""
        return BEHAVIOR[self.card].number

    @property
    def spaced(self) -> str:
        """The number as it is printed on a card."""
        return " ".join(re.findall(".{1,4}", self.number))

    @property
    def asks(self) -> bool:
        """Whether the bank wants to see the customer before a payment made on a page."""
        return BEHAVIOR[self.card].asks is not Asks.NEVER and self.card is not Card.ALREADY_SET_UP


@dataclass(frozen=True)
class Group:
    """Cards with the same fate; the first group is open at first, the others one press away."""

    title: str
    hint: str
    words: dict[Card, tuple[str, str]]

    @cached_property
    def cards(self) -> tuple[TestCard, ...]:
        """The cards, in the order of their words."""
        return tuple(TestCard(card, *words) for card, words in self.words.items())


_RENEWALS = "The bank asks now, and again at every renewal, when nobody is there to answer."
_PAYS = "Every payment succeeds, now and at each renewal."
_LATER = "The order is complete and not paid: the bank answers later. You play the bank on the control page."

GROUPS: tuple[Group, ...] = (
    Group(
        "Works",
        "the payment succeeds",
        {
            Card.OK: ("Visa", _PAYS),
            Card.MASTERCARD: ("Mastercard", _PAYS),
            Card.AMEX: ("American Express", _PAYS),
        },
    ),
    Group(
        "Declined",
        "and why",
        {
            Card.DECLINED: ("Declined", "The bank refuses and does not say why."),
            Card.INSUFFICIENT_FUNDS: ("No money", "Declined: insufficient funds."),
            Card.EXPIRED_CARD: ("Expired", "Declined: the card has expired."),
            Card.INCORRECT_CVC: ("Wrong code", "Declined: the security code is incorrect."),
            Card.PROCESSING_ERROR: ("Error", "Declined: an error occurred while it was processed."),
            Card.LOST_CARD: ("Lost", "Declined as lost; whoever uses it is only told that it was declined."),
            Card.STOLEN_CARD: ("Stolen", "Declined as stolen; whoever uses it is not told so."),
            Card.VELOCITY_EXCEEDED: ("Too often", "Declined: used too often, or for too much."),
            Card.FRAUDULENT: ("Blocked", "Declined as fraudulent; it can be saved all the same."),
            Card.HIGHEST_RISK: ("Highest risk", "Blocked as too risky, as accounts do by default."),
        },
    ),
    Group(
        "3D Secure",
        "the bank asks first",
        {
            Card.AUTHENTICATE_UNLESS_SET_UP: ("Asks once", "The bank asks now. Set up, it asks no more."),
            Card.REQUIRES_ACTION: ("Always asks", _RENEWALS),
            Card.ALREADY_SET_UP: ("Set up already", "Does not ask here, nor at renewals."),
            Card.AUTHENTICATE_THEN_DECLINES: (
                "Asks, then declines",
                "The bank asks, and finds no money afterwards.",
            ),
            Card.THREE_D_SECURE_2: ("3D Secure 2", "The bank asks; without its yes nothing is paid."),
            Card.THREE_D_SECURE: ("3D Secure, older", "The bank asks; without its yes nothing is paid."),
        },
    ),
    Group(
        "Trouble later",
        "after a payment, or at a renewal",
        {
            Card.ATTACHES_THEN_DECLINES: (
                "Can be saved, never charged",
                "Saving it works, as in a trial; every payment with it is declined.",
            ),
            Card.DISPUTED_AS_FRAUDULENT: ("Disputed as fraud", "Pays; then its owner disputes the charge."),
            Card.DISPUTED_AS_NOT_RECEIVED: (
                "Disputed as not received",
                "Pays; then its owner says that nothing arrived.",
            ),
            Card.DISPUTE_INQUIRY: (
                "Inquiry",
                "Pays; then the bank asks questions, without taking the money.",
            ),
            Card.FRAUD_WARNING: ("Fraud warning", "Pays; then its bank warns that it may be fraud."),
            Card.REFUND_PENDING: ("Slow refund", "Pays; a refund is pending at first."),
            Card.REFUND_FAILS: ("Failing refund", "Pays; a refund seems to succeed, and fails."),
        },
    ),
    Group(
        "Checks fail",
        "the payment succeeds all the same",
        {
            Card.CVC_CHECK_FAILS: ("Security code", "Pays; the bank says that the code is wrong."),
            Card.ZIP_CHECK_FAILS: ("Postal code", "Pays; the bank says that the postal code is wrong."),
            Card.LINE1_CHECK_FAILS: ("Street", "Pays; the bank says that the street is wrong."),
            Card.ADDRESS_CHECKS_FAIL: (
                "Address",
                "Pays; the bank says that both are wrong.",
            ),
            Card.ADDRESS_UNCHECKED: ("Not checked", "Pays; the bank does not check the address."),
            Card.ELEVATED_RISK: ("Elevated risk", "Pays; Stripe holds it for risky."),
        },
    ),
    Group(
        "Bank debit",
        "the money comes later, or never",
        {
            Card.DELAYED: ("SEPA debit", _LATER),
            Card.US_BANK_ACCOUNT: ("US bank account", _LATER),
        },
    ),
)
FIRST = GROUPS[0].cards[0]
_SHOWN = {each.card: each for group in GROUPS for each in group.cards}
_BY_NUMBER = {behavior.number: card for card, behavior in BEHAVIOR.items()}


def find(number: str) -> TestCard | None:
    """The test card with that number, spaces and dashes aside; None for any other."""
    card = _BY_NUMBER.get(re.sub(r"[\s-]", "", number).upper())
    return None if card is None else _SHOWN.get(card) or TestCard(card, "Card", _PAYS)


def refusal_of(card: Card) -> str:
    """What a customer is told whose card is declined: a stolen card is not called one to its user's face."""
    return message_of(BEHAVIOR[card].decline_code)
