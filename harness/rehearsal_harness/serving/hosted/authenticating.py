"""The bank's page between the button and the payment: 3D Secure, at /c/pay/{session}/authenticate.

Decides: that a payment waits for the answer given here.  Does not know the checkout page, nor what a payment
writes.
Rule: https://docs.stripe.com/testing#regulatory-cards: the test page offers to complete or to fail.
"""

from __future__ import annotations

import falcon

from rehearsal_harness.serving.look import money, pages

from . import cards
from .cards import TestCard
from .visit import Filled, Visit, complete, visit
from .web import Notes, Page, fields, see_other

_FAILED = "We are unable to authenticate your payment method."


def ask(seen: Visit, card: TestCard, filled: Filled, notes: Notes) -> str:
    """Let the payment wait for the bank; the address of the bank's page."""
    notes.leave(_key(seen), card=card.number, kept=filled.kept)
    return f"{seen.page}/authenticate"


class AuthenticationPage(Page):
    """Complete or fail; both lead back."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The bank's question, while a payment waits for it."""
        seen = visit(self.bench, ids)
        waiting = self.notes.look(_key(seen))
        if not waiting or not seen.is_open:
            see_other(resp, seen.page)
            return
        session = seen.session
        amount = money(session.amount_total, session.currency) if session.amount_total else ""
        card = cards.find(waiting["card"])
        pages.answer(resp, "hosted/authenticate.html", page=seen.page, amount=amount, card=card)

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The customer's answer: the payment goes on, or the session stays open."""
        seen = visit(self.bench, ids)
        answer = fields(req).get("answer")
        reads = self.notes.take if answer in ("complete", "fail") else self.notes.look
        waiting = reads(_key(seen))
        card = cards.find(waiting.get("card", ""))
        if card is None or not seen.is_open:
            see_other(resp, (not seen.is_open and seen.onward) or seen.page)
        elif answer == "complete":
            see_other(resp, complete(seen, card, waiting["kept"]["email"], self.notes, waiting["kept"]))
        elif answer == "fail":
            problems = (("card", "Choose another card, or try again and let the bank say yes."),)
            self.notes.leave(seen.session.id, title=_FAILED, problems=problems, **waiting["kept"])
            see_other(resp, seen.page)
        else:
            see_other(resp, f"{seen.page}/authenticate")


def _key(seen: Visit) -> str:
    return f"{seen.session.id} asks"
