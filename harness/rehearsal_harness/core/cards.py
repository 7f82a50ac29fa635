"""Stripe's test cards, by what they do.

Decides: whether a payment method can be attached, and what becomes of a charge.  Does not know:
subscriptions.
Source: https://docs.stripe.com/testing (card numbers and decline codes).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Card(StrEnum):
    """A payment method under the name of its behaviour."""

    OK = "ok"
    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    ATTACHES_THEN_DECLINES = "attaches_then_declines"
    REQUIRES_ACTION = "requires_action"
    DELAYED = "delayed"


class Outcome(StrEnum):
    """What becomes of a charge."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBehavior:
    """`attaches`: may be saved to a customer; `on_session`: the customer is there; `off_session`: is not."""

    last4: str
    attaches: bool
    on_session: Outcome
    off_session: Outcome
    decline_code: str | None = None


BEHAVIOR: dict[Card, CardBehavior] = {
    Card.OK: CardBehavior(
        last4="4242", attaches=True, on_session=Outcome.SUCCEEDED, off_session=Outcome.SUCCEEDED
    ),
    Card.DECLINED: CardBehavior(
        last4="0002",
        attaches=False,
        on_session=Outcome.DECLINED,
        off_session=Outcome.DECLINED,
        decline_code="generic_decline",
    ),
    Card.INSUFFICIENT_FUNDS: CardBehavior(
        last4="9995",
        attaches=False,
        on_session=Outcome.DECLINED,
        off_session=Outcome.DECLINED,
        decline_code="insufficient_funds",
    ),
    Card.ATTACHES_THEN_DECLINES: CardBehavior(
        last4="0341",
        attaches=True,
        on_session=Outcome.DECLINED,
        off_session=Outcome.DECLINED,
        decline_code="generic_decline",
    ),
    Card.REQUIRES_ACTION: CardBehavior(
        last4="3184",
        attaches=True,
        on_session=Outcome.SUCCEEDED,
        off_session=Outcome.REQUIRES_ACTION,
        decline_code="authentication_required",
    ),
    Card.DELAYED: CardBehavior(
        last4="3000", attaches=True, on_session=Outcome.PROCESSING, off_session=Outcome.PROCESSING
    ),
}
