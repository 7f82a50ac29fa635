"""The bank's page between the button and the payment: 3D Secure.

At /c/pay/{session}/authenticate a checkout waits for the answer, and at /3ds/{intent} a payment or setup
intent that a merchant made by API.
Decides: that a payment waits for the answer given here.  Does not know the checkout page, nor what a payment
writes.
Rule: https://docs.stripe.com/testing#regulatory-cards: the test page offers to complete or to fail;
https://docs.stripe.com/payments/3d-secure: the return_url is told the intent and its client secret.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import falcon

from rehearsal_harness.core.actions import Authenticate, FailAuthentication
from rehearsal_harness.core.cards import BEHAVIOR
from rehearsal_harness.core.objects import PaymentIntent, PaymentMethod, SetupIntent
from rehearsal_harness.core.render import render
from rehearsal_harness.serving.look import money, pages
from rehearsal_specs.tables import NoTransition

from . import cards
from .cards import TestCard
from .visit import Filled, Visit, complete, visit
from .web import Notes, Page, fields, find, see_other

if TYPE_CHECKING:
    from rehearsal_harness.serving.account import Account

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
            typed = None if seen.known_email else waiting["kept"]["email"]
            with suppress(NoTransition):
                seen.account.act(FailAuthentication(seen.session.id, card.card, typed))
            problems = (("card", "Choose another card, or try again and let the bank say yes."),)
            self.notes.leave(seen.session.id, title=_FAILED, problems=problems, **waiting["kept"])
            see_other(resp, seen.page)
        else:
            see_other(resp, f"{seen.page}/authenticate")


class IntentPage(Page):
    """The bank asks about an intent whose `next_action` leads here."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The question while it is open, else what was answered."""
        account, intent = self._found(ids)
        method = account.world.table(PaymentMethod).get(intent.payment_method or "")
        asks = intent.status == "requires_action" and method is not None
        paid = money(intent.amount, intent.currency) if isinstance(intent, PaymentIntent) else ""
        pages.answer(
            resp,
            "hosted/intent.html",
            intent=intent,
            asks=asks,
            amount=paid,
            card=cards.find(BEHAVIOR[method.card].number) if method else None,
            back=_back(intent) if not asks else "",
        )

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The customer's answer; a second one changes nothing."""
        account, intent = self._found(ids)
        answer = fields(req).get("answer")
        if answer in ("complete", "fail"):
            with suppress(NoTransition):
                account.act(Authenticate(intent.id, answer == "complete"))
                see_other(resp, _back(intent) or f"/3ds/{intent.id}")
                return
        see_other(resp, f"/3ds/{intent.id}")

    def _found(self, ids: dict[str, str]) -> tuple[Account, PaymentIntent | SetupIntent]:
        setup = ids["intent_id"].startswith("seti_")
        kind: type[PaymentIntent | SetupIntent] = SetupIntent if setup else PaymentIntent
        return find(self.bench, kind, ids["intent_id"], "intent")


def _back(intent: PaymentIntent | SetupIntent) -> str:
    """The merchant's page with what Stripe tells it, or "" where there is none."""
    url = intent.options.return_url if intent.options else None
    if not url:
        return ""
    kind = "setup_intent" if isinstance(intent, SetupIntent) else "payment_intent"
    secret = render(intent, livemode=False)["client_secret"]
    told = urlencode({kind: intent.id, f"{kind}_client_secret": secret})
    address, mark, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{told}{mark}{fragment}"


def _key(seen: Visit) -> str:
    return f"{seen.session.id} asks"
