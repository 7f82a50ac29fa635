"""What a page says to somebody who comes back from a checkout.

Decides the sentence for each state.  An address proves nothing: `cancel` and `success` only say what the
redirect says; whatever is stated about money comes from verified events.  Does not know pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

SESSION_ID = re.compile(r"cs_(?:test|live)_[A-Za-z0-9_]{1,200}")

WEBHOOK = "only Stripe's verified webhook can confirm a payment"
TEXTS: Mapping[str, str] = {
    "cancel": (
        "You left the checkout. Coming back here neither charges nor confirms anything; you can choose again."
    ),
    "success": f"You came back from the checkout. This address proves no payment: {WEBHOOK}.",
    "processing": f"You came back from the checkout; your order is processing: {WEBHOOK}; none is in yet.",
    "paid": "Stripe's verified webhook has confirmed your payment. It is not marked as delivered yet.",
    "fulfilled": "Stripe's verified webhook has confirmed your payment, and what you bought is there.",
    "failed": "Stripe's verified webhook says that the payment failed. Nothing was sold; you can try again.",
    "waiting": f"Still processing: {WEBHOOK}. You may close this page; nothing is lost, look again later.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A return from a checkout: a key of `TEXTS`, or "" for none; `session_id` when that told the state."""

    state: str
    session_id: str = ""

    @property
    def text(self) -> str:
        """The sentence for people, "" without a return."""
        return TEXTS.get(self.state, "")


def is_session_id(text: str) -> bool:
    """Is it shaped like the id of a checkout session?"""
    return SESSION_ID.fullmatch(text) is not None
