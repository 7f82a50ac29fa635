"""What a customer does on the checkout page that Stripe hosts.

Decides: nothing; each action is a frozen record that `billing.step` carries out.
"""

from __future__ import annotations

from dataclasses import dataclass

from .cards import Card
from .objects import Collected


@dataclass(frozen=True, slots=True)
class CompleteCheckout:
    """A customer pays on the hosted page; with a card that is declined the session stays open.

    `email` is typed there where the session names none.
    """

    session_id: str
    card: Card = Card.OK
    email: str | None = None


@dataclass(frozen=True, slots=True)
class EnterPromotionCode:
    """A customer on the hosted page types a code that may be used there, or with None takes it out again."""

    session_id: str
    promotion_code_id: str | None


@dataclass(frozen=True, slots=True)
class FailAuthentication:
    """A customer on the hosted page is asked by the card's bank, and fails; the session stays open."""

    session_id: str
    card: Card
    email: str | None = None


@dataclass(frozen=True, slots=True)
class FillInCheckout:
    """A customer answers what an open page asks, before paying: nobody is told yet.

    `quantities` are (id of the line, how many), for lines whose quantity may be adjusted; `shipping_rate` is
    the id of the option that was chosen.  None leaves what is there.
    """

    session_id: str
    collected: Collected | None = None
    quantities: tuple[tuple[str, int], ...] = ()
    shipping_rate: str | None = None


@dataclass(frozen=True, slots=True)
class RecoverCheckout:
    """Somebody opens the recovery address of a session that expired: a copy of it, the newest session of the
    world."""

    session_id: str


@dataclass(frozen=True, slots=True)
class OpenPaymentLink:
    """Somebody opens an active payment link: a checkout session with `payment_link` set, the newest of the
    world, to be completed like any other.

    `email` is typed on the page; `client_reference_id` stands in the address, and is dropped without a word
    where it has other characters than letters, digits, `-` and `_`, or more than 200.
    """

    payment_link_id: str
    email: str | None = None
    client_reference_id: str | None = None
