"""The customer portal: /p/session/{session} and its tasks.

Decides: which task stands at which address, and that nothing is done which the configuration does not allow.
Does not know what a task writes (`core.billing`).  To cancel is one press of one button on the overview, as
paying is on the checkout page; why is asked afterwards and need not be answered.
Rule: https://docs.stripe.com/customer-management/integrate-customer-portal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import falcon

from rehearsal_harness.core.actions import (
    CancelAtPeriodEnd,
    CancelNow,
    ExplainCancellation,
    ReplaceCard,
    UndoCancel,
    UpdateCustomer,
    Via,
)
from rehearsal_harness.core.objects import Customer
from rehearsal_harness.serving.look import day, pages
from rehearsal_specs.tables import NoTransition

from . import cards, portal_view
from .filling_in import Problem, chosen_card, email_problems
from .portal_page import PortalPage
from .portal_plan import ChangePlanPage
from .portal_visit import PortalVisit, Uses
from .web import Notes, fields, see_other

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench

REASONS = {
    "too_expensive": "It is too expensive",
    "missing_features": "Something I need is missing",
    "switched_service": "I found something else",
    "unused": "I no longer need it",
    "customer_service": "The customer service was not good enough",
    "too_complex": "It is too complicated",
    "low_quality": "The quality was not good enough",
    "other": "Another reason",
}
_COMMENT_CHARS_MAX = 500
_DETAILS = ("name", "email", "phone")


class Overview(PortalPage):
    """Everything a customer has, and the way to each task."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The overview; a link that names a task leads to that first."""
        seen = self.visit(ids)
        task = _task(seen)
        if task and not req.path.endswith("/home"):
            see_other(resp, f"{seen.start}/{task}")
            return
        features = seen.features
        note = self.notes.take(seen.session.id)
        reasons = {each: REASONS[each] for each in features.cancellation_options if each in REASONS}
        pages.answer(
            resp,
            "hosted/portal.html",
            seen=seen,
            subscriptions=portal_view.subscriptions(seen),
            method=portal_view.payment_method(seen),
            invoices=portal_view.invoices(seen) if features.invoice_history else [],
            details=_editable(seen),
            said=note.get("said", ""),
            asks=note.get("asks", "") if features.cancellation_reason else "",
            reasons=reasons,
        )


class Done(PortalPage):
    """The end of a task that a link led to, in the shop's words."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """That it is done."""
        seen = self.visit(ids)
        flow = seen.session.flow
        said = self.notes.take(seen.session.id).get("said", "")
        words = (flow.confirmed if flow else None) or ""
        pages.answer(resp, "hosted/portal_done.html", seen=seen, said=said, words=words)


class Cancel(PortalPage):
    """Cancel now or at the end of the period, as the configuration says."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The page that a link into this task opens."""
        seen = self.visit(ids)
        seen.require(seen.features.subscription_cancel, "cancel")
        subscription = portal_view.view(seen, seen.subscription(ids["subscription_id"]))
        if not subscription.can_cancel:
            see_other(resp, seen.home)
            return
        pages.answer(resp, "hosted/portal_cancel.html", seen=seen, subscription=subscription)

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """One press; what is canceled already stays so."""
        seen = self.visit(ids)
        seen.require(seen.features.subscription_cancel, "cancel")
        subscription = seen.subscription(ids["subscription_id"])
        if portal_view.view(seen, subscription).can_cancel:
            now = seen.features.cancel_mode == "immediately"
            action = (CancelNow if now else CancelAtPeriodEnd)(subscription.id, via=Via.PORTAL)
            try:
                seen.account.act(action)
            except NoTransition:
                self.say(seen, "It could not be canceled as it is now.")
            else:
                end = "has ended" if now else f"ends on {day(subscription.current_period_end)}"
                name = portal_view.name_of(seen.world, subscription)
                self.say(seen, f"Canceled: {name} {end}.", asks=subscription.id)
        see_other(resp, seen.after_task)


class Undo(PortalPage):
    """Take a scheduled cancellation back."""

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """What is not scheduled stays as it is."""
        seen = self.visit(ids)
        seen.require(seen.features.subscription_cancel, "cancel, nor take that back")
        subscription = seen.subscription(ids["subscription_id"])
        if portal_view.view(seen, subscription).can_undo:
            world = seen.account.act(UndoCancel(subscription.id, via=Via.PORTAL))
            renews = day(world.subscriptions[subscription.id].current_period_end)
            self.say(seen, f"{portal_view.name_of(world, subscription)} goes on, and renews on {renews}.")
        see_other(resp, seen.home)


class Explain(PortalPage):
    """Say why; nobody has to."""

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Keep what was said about a cancellation."""
        seen = self.visit(ids)
        seen.require(seen.features.cancellation_reason, "say why it is canceled")
        subscription = seen.subscription(ids["subscription_id"])
        form = fields(req)
        feedback = (
            form.get("feedback") if form.get("feedback") in seen.features.cancellation_options else None
        )
        comment = form.get("comment", "")[:_COMMENT_CHARS_MAX] or None
        if subscription.canceled_at is not None and (feedback or comment):
            seen.account.act(ExplainCancellation(subscription.id, feedback, comment))
            self.say(seen, "Thank you for telling.")
        see_other(resp, seen.home)


class ChangeCard(PortalPage):
    """Save another payment method, which later payments are taken from."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The choice of test cards."""
        seen = self.visit(ids)
        seen.require(seen.features.payment_method_update, "change the payment method")
        note = self.notes.take(f"{seen.session.id} card")
        pages.answer(
            resp,
            "hosted/portal_card.html",
            seen=seen,
            method=portal_view.payment_method(seen),
            groups=cards.GROUPS,
            title=note.get("title", ""),
            problems=note.get("problems", ()),
            chosen=note.get("choice", cards.FIRST.number),
            number=note.get("number", ""),
        )

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Save it; one that the bank refuses changes nothing."""
        seen = self.visit(ids)
        seen.require(seen.features.payment_method_update, "change the payment method")
        chosen = chosen_card(fields(req))
        title, problems = "Something is missing", chosen.problems
        if chosen.card is not None:
            world = seen.account.act(ReplaceCard(seen.customer.id, chosen.card.card))
            if world.get(Customer, seen.customer.id) != seen.customer:
                self.say(seen, f"Saved: {chosen.card.name}, {chosen.card.spaced}. The next payment uses it.")
                see_other(resp, seen.after_task)
                return
            title = cards.refusal_of(chosen.card.card)
            problems = (("card", "Choose another card. The old one is still in use."),)
        values = {"choice": chosen.choice, "number": chosen.number}
        self.notes.leave(f"{seen.session.id} card", title=title, problems=problems, **values)
        see_other(resp, f"{seen.start}/card")


class ChangeDetails(PortalPage):
    """Correct one's own name and addresses."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The fields that may be changed."""
        seen = self.visit(ids)
        editable = _editable(seen)
        seen.require(bool(editable), "change their details")
        note = self.notes.take(f"{seen.session.id} details")
        known = {each: getattr(seen.customer, each) or "" for each in editable}
        values = {"details": known | dict(note.get("typed", {})), "problems": note.get("problems", ())}
        pages.answer(resp, "hosted/portal_details.html", seen=seen, **values)

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Save what may be changed; anything else in the form is ignored."""
        seen = self.visit(ids)
        editable = _editable(seen)
        seen.require(bool(editable), "change their details")
        form = fields(req)
        typed = {each: form[each] for each in editable if each in form}
        problems: tuple[Problem, ...] = email_problems(typed["email"]) if "email" in typed else ()
        if problems:
            self.notes.leave(f"{seen.session.id} details", typed=typed, problems=problems)
            see_other(resp, f"{seen.start}/details")
            return
        seen.account.act(UpdateCustomer(seen.customer.id, **typed))
        self.say(seen, "Saved.")
        see_other(resp, seen.after_task)


def _editable(seen: PortalVisit) -> list[str]:
    allowed = seen.features.allowed_updates if seen.features.customer_update else ()
    return [each for each in _DETAILS if each in allowed]


def _task(seen: PortalVisit) -> str:
    """The address, below the link, of the task that the link names; "" for none."""
    flow = seen.session.flow
    if flow is None:
        return ""
    tasks = {
        "payment_method_update": "card",
        "subscription_cancel": f"cancel/{flow.subscription}",
        "customer_update": "details",
        "subscription_update": f"plan/{flow.subscription}",
        "subscription_update_confirm": f"plan/{flow.subscription}",
    }
    return tasks.get(flow.type, "")


def routes(bench: Bench) -> list[tuple[str, object]]:
    """The overview and the tasks."""
    notes, uses = Notes(), Uses()
    start = "/p/session/{session_id}"
    return [
        (start, Overview(bench, notes, uses)),
        (f"{start}/home", Overview(bench, notes, uses)),
        (f"{start}/done", Done(bench, notes, uses)),
        (f"{start}/card", ChangeCard(bench, notes, uses)),
        (f"{start}/details", ChangeDetails(bench, notes, uses)),
        (f"{start}/plan/{{subscription_id}}", ChangePlanPage(bench, notes, uses)),
        (f"{start}/cancel/{{subscription_id}}", Cancel(bench, notes, uses)),
        (f"{start}/undo/{{subscription_id}}", Undo(bench, notes, uses)),
        (f"{start}/explain/{{subscription_id}}", Explain(bench, notes, uses)),
    ]
