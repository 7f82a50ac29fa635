"""The checkout page: /c/pay/{session}.

Decides: which page a session's status shows.  Does not know what a payment writes (`core.billing.checkout`).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import falcon

from rehearsal_harness.core.actions import EnterPromotionCode, ExpireCheckout, SettleDelayedPayment
from rehearsal_harness.core.objects import PaymentStatus, SessionStatus
from rehearsal_harness.serving.look import pages
from rehearsal_specs.tables import NoTransition

from . import cards
from .asking import Order, read_order
from .authenticating import AuthenticationPage, IntentPage, ask
from .buying import purchase, ways
from .visit import Filled, Visit, change_order, code_of, complete, enter_code, keep_answers, read, visit
from .web import Notes, Page, fields, see_other

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench


class CheckoutPage(Page):
    """Pay, be declined, or see how it ended."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The form while the session is open; afterwards how it ended."""
        seen = visit(self.bench, ids)
        session = seen.session
        buys = purchase(seen.account.world, session, self.bench.now())
        values: dict[str, Any] = {"session": session, "buys": buys, "onward": seen.onward, "page": seen.page}
        if not seen.is_open:
            status = 410 if session.status is SessionStatus.EXPIRED else 200
            waits = session.payment_status is PaymentStatus.UNPAID
            pages.answer(resp, "hosted/ended.html", status=status, waits=waits, **values)
            return
        note = self.notes.take(session.id)
        pages.answer(
            resp,
            "hosted/checkout.html",
            **values,
            title=note.get("title", ""),
            problems=note.get("problems", ()),
            asked=seen.groups,
            texts=dict(session.page.custom_text),
            ways=ways(seen.account.world, session),
            typed=note.get("typed", {}),
            known_email=seen.known_email,
            email=note.get("email", session.payer_email or ""),
            needs_card=seen.needs_card,
            groups=cards.GROUPS,
            chosen=note.get("choice", cards.FIRST.number),
            number=note.get("number", ""),
            code=code_of(seen),
            typed_code=note.get("code", ""),
        )

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Pay; a session that is no longer open takes nothing and shows what became of it."""
        seen = visit(self.bench, ids)
        if not seen.is_open:
            see_other(resp, seen.onward or seen.page)
            return
        form = fields(req)
        filled = read(seen, form)
        if form.get("remove") or (form.get("code") and form["code"].casefold() != code_of(seen).casefold()):
            self._change_code(resp, seen, filled, "" if form.get("remove") else form["code"])
            return
        order = read_order(seen.session, form)
        if "update" in form or order.is_changed or order.problems:
            self._change_order(resp, seen, filled, order, pays="update" not in form)
            return
        self._pay(resp, seen, filled)

    def _pay(self, resp: falcon.Response, seen: Visit, filled: Filled) -> None:
        card = filled.chosen.card if seen.needs_card else cards.FIRST
        if filled.problems or card is None:
            title = "Something is missing"
            self.notes.leave(seen.session.id, title=title, problems=filled.problems, **filled.kept)
            see_other(resp, seen.page)
            return
        keep_answers(seen, filled.answers)
        if card.asks and seen.needs_card:
            see_other(resp, ask(seen, card, filled, self.notes))
        else:
            see_other(resp, complete(seen, card, filled.email, self.notes, filled.kept))

    def _change_order(
        self, resp: falcon.Response, seen: Visit, filled: Filled, order: Order, *, pays: bool
    ) -> None:
        """Take more or less, or send it another way, and show what is due then; nothing is paid yet."""
        note: dict[str, Any] = dict(filled.kept)
        if order.problems:
            note |= {"title": "The order was not changed", "problems": order.problems}
        else:
            change_order(seen, order)
            if pays:
                sentence = "Something else is due now. Look at it, then go on."
                note |= {"title": "The order has changed", "problems": (("", sentence),)}
        self.notes.leave(seen.session.id, **note)
        see_other(resp, seen.page)

    def _change_code(self, resp: falcon.Response, seen: Visit, filled: Filled, typed: str) -> None:
        """Use another promotion code, or none, and show what is due then; nothing is paid yet."""
        note: dict[str, Any] = dict(filled.kept)
        with suppress(NoTransition):
            if not typed:
                seen.account.act(EnterPromotionCode(seen.session.id, None))
            elif refused := enter_code(seen, typed):
                note |= {"title": "The code was not used", "problems": (("code", refused),), "code": typed}
        self.notes.leave(seen.session.id, **note)
        see_other(resp, seen.page)


class PlayedPart(Page):
    """What a person does in another's part: the shop lets the session expire, or the bank answers."""

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Do it; where it has happened already the page tells how things are."""
        seen = visit(self.bench, ids)
        part = fields(req).get("part")
        with suppress(NoTransition):
            if part == "expire":
                seen.account.act(ExpireCheckout(seen.session.id))
            elif part in ("bank_pays", "bank_refuses"):
                seen.account.act(SettleDelayedPayment(seen.session.id, part == "bank_pays"))
        see_other(resp, seen.page)


def routes(bench: Bench) -> list[tuple[str, object]]:
    """The page, the bank's, and the parts one can play."""
    notes = Notes()
    return [
        ("/c/pay/{session_id}", CheckoutPage(bench, notes)),
        ("/c/pay/{session_id}/authenticate", AuthenticationPage(bench, notes)),
        ("/c/pay/{session_id}/play", PlayedPart(bench, notes)),
        ("/3ds/{intent_id}", IntentPage(bench, notes)),
    ]
