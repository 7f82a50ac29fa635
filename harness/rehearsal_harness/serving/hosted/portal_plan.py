"""Changing the plan in the portal: /p/session/{session}/plan/{subscription}.

Decides: which prices are offered, and that what a change costs is told before it is made: by making it in a
copy of the world, which costs nothing as a world never changes.  Does not know prorations (`core.billing`).
Rule: https://docs.stripe.com/customer-management/configure-portal: products and prices of the configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from rehearsal_harness.core.actions import ChangeInPortal, ChangePlan, Via
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.errors import NotSimulated
from rehearsal_harness.core.objects import (
    Coupon,
    Invoice,
    InvoiceItem,
    Price,
    PromotionCode,
    Subscription,
    SubscriptionStatus,
)
from rehearsal_harness.core.requests.discounts import why_not
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.look import day, money, pages
from rehearsal_specs.tables import NoTransition

from . import portal_view
from .buying import charged, product_name
from .portal_page import PortalPage
from .portal_visit import PortalVisit
from .web import fields, see_other

if TYPE_CHECKING:
    import falcon

_LOOK = ("", "Look at what it costs with this code, then change.")
_TRIAL = "Changing the plan would end the trial at Stripe, which is not simulated"


@dataclass(frozen=True, slots=True)
class Plan:
    """A price one may change to; `costs` says what the change does, `refused` why it cannot be made here."""

    price_id: str
    name: str
    price: str
    costs: str
    refused: str


@dataclass(frozen=True, slots=True)
class Wish:
    """How much is to be taken, and the promotion code to be used, if there is one."""

    quantity: int
    code: PromotionCode | None


class ChangePlanPage(PortalPage):
    """Choose another price; what it costs stands beside it."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """The prices of the configuration, or the one that the link names."""
        seen, subscription = self._seen(ids)
        if not portal_view.can_change(seen, subscription):
            see_other(resp, seen.home)
            return
        quantity = _quantity(seen, subscription, req.get_param("quantity") or "")
        code = req.get_param("code") or ""
        note, flow = self.notes.take(f"{seen.session.id} plan"), seen.session.flow
        pages.answer(
            resp,
            "hosted/portal_plan.html",
            seen=seen,
            now=portal_view.view(seen, subscription),
            plans=_plans(seen, subscription, self.bench.now(), Wish(quantity, _code(seen, code))),
            quantity=quantity,
            takes_code="promotion_code" in seen.features.default_allowed_updates,
            code=code,
            takes=_may_take(seen, subscription) and not (flow and flow.quantity),
            chosen=note.get("chosen", ""),
            problems=note.get("problems", ()),
        )

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Change to an offered price; to the price one has is no change."""
        seen, subscription = self._seen(ids)
        form = fields(req)
        chosen, typed = form.get("price", ""), form.get("quantity", form.get("shown", ""))
        quantity = _quantity(seen, subscription, typed)
        code = form.get("code", "")
        wish = Wish(quantity, _code(seen, code))
        offered = _plans(seen, subscription, self.bench.now(), wish)
        plan = next((each for each in offered if each.price_id == chosen and not each.refused), None)
        problem = (
            _problem(seen, plan, quantity, typed, form.get("shown", typed), subscription.items[0].quantity)
            or _refused(seen, subscription, plan, wish, code)
            or (_LOOK if code != form.get("shown_code", code) else None)
        )
        if problem and portal_view.can_change(seen, subscription):
            self.notes.leave(f"{seen.session.id} plan", problems=(problem,), chosen=chosen)
            asked = urlencode({"quantity": quantity, "code": code} if code else {"quantity": quantity})
            see_other(resp, f"{seen.start}/plan/{subscription.id}?{asked}")
            return
        if plan is not None and portal_view.can_change(seen, subscription):
            seen.account.act(_action(seen, subscription, plan.price_id, wish))
            many = f"{quantity} × " if quantity != 1 else ""
            self.say(seen, f"Changed to {many}{plan.name}, {plan.price}.")
        see_other(resp, seen.after_task)

    def _seen(self, ids: dict[str, str]) -> tuple[PortalVisit, Subscription]:
        seen = self.visit(ids)
        seen.require(seen.features.subscription_update, "change the plan")
        return seen, seen.subscription(ids["subscription_id"])


def _quantity(seen: PortalVisit, subscription: Subscription, typed: str) -> int:
    """How much is to be taken: what the link names, what was typed, or what one has."""
    flow = seen.session.flow
    if flow is not None and flow.quantity is not None:
        return flow.quantity
    if _may_take(seen, subscription) and typed.isascii() and typed.isdigit() and len(typed) < 7:
        return int(typed)
    return subscription.items[0].quantity


def _may_take(seen: PortalVisit, subscription: Subscription) -> bool:
    """Whether the customer says how much; what is billed by use has no quantity."""
    metered = subscription.items[0].price.is_metered
    return "quantity" in seen.features.default_allowed_updates and not metered


def _problem(
    seen: PortalVisit, plan: Plan | None, quantity: int, typed: str, shown: str, held: int
) -> tuple[str, str] | None:
    """What keeps the change from being made as the form says it, if anything does."""
    if plan is None:
        return ("plan", "Choose a plan.")
    bounds = seen.features.bounds_of(plan.price_id)
    flow = seen.session.flow
    if flow is not None and flow.quantity is not None:
        return None
    if bounds is None:
        return ("quantity", "How much of it one has cannot be changed here.") if quantity != held else None
    least, most = bounds
    if typed and (typed != str(quantity) or quantity < least or (most is not None and quantity > most)):
        limit = f"between {least} and {most}" if most is not None else f"at least {least}"
        return ("quantity", f"Take {limit} of it.")
    if typed != shown:
        return ("", f"Look at what {quantity} would cost, then change.")
    return None


def _code(seen: PortalVisit, typed: str) -> PromotionCode | None:
    """The code that was typed, where codes are taken; letters are as good large as small."""
    if not typed or "promotion_code" not in seen.features.default_allowed_updates:
        return None
    found = (each for each in seen.world.table(PromotionCode) if each.code.casefold() == typed.casefold())
    return next((each for each in found if each.active), None)


def _refused(
    seen: PortalVisit, subscription: Subscription, plan: Plan | None, wish: Wish, typed: str
) -> tuple[str, str] | None:
    """Why the code that was typed cannot be used, if one was."""
    if not typed or plan is None:
        return None
    if wish.code is None:
        return ("code", "This code is invalid.")
    amount = seen.world.get(Price, plan.price_id).amount_of(wish.quantity)
    said = why_not(seen.world, wish.code, seen.customer.id, amount, subscription.currency)
    coupon = seen.world.get(Coupon, wish.code.coupon)
    if coupon.currency not in (None, subscription.currency):
        said = "This code is for another currency."
    return ("code", said) if said else None


def _plans(seen: PortalVisit, subscription: Subscription, now: int, wish: Wish) -> list[Plan]:
    flow, held, quantity = seen.session.flow, subscription.items[0], wish.quantity
    wanted = flow.price if flow else None
    offered = [*seen.features.price_ids] if "price" in seen.features.default_allowed_updates else []
    keeps = _may_take(seen, subscription) or quantity != held.quantity
    keeps = keeps or "promotion_code" in seen.features.default_allowed_updates
    if keeps:
        offered.insert(0, held.price.id)
    found = []
    for price_id in dict.fromkeys(offered):
        price = seen.world.table(Price).get(price_id)
        if price is None or price.currency != subscription.currency or wanted not in (None, price_id):
            continue
        is_held = price_id == held.price.id
        if is_held and not keeps:
            continue
        if is_held or price.active:
            found.append(_plan(seen, subscription, price, now, wish))
    return found


def _plan(seen: PortalVisit, subscription: Subscription, price: Price, now: int, wish: Wish) -> Plan:
    costs = refused = ""
    trying = subscription.status is SubscriptionStatus.TRIALING
    if trying and seen.features.trial_update_behavior == "end_trial":
        refused = _TRIAL
    else:
        before = seen.world.at(max(now, seen.world.now))
        try:
            costs = _costs(before, step(before, _action(seen, subscription, price.id, wish)), subscription)
        except NotSimulated as error:
            refused = f"Not simulated: {error}"
        except NoTransition:
            refused = "Not possible as things are"
    return Plan(price.id, product_name(seen.world, price), charged(price), costs, refused)


def _action(
    seen: PortalVisit, subscription: Subscription, price_id: str, wish: Wish
) -> ChangePlan | ChangeInPortal:
    how = seen.features.proration_behavior
    if wish.quantity == subscription.items[0].quantity and wish.code is None:
        return ChangePlan(subscription.id, price_id, how, Via.PORTAL)
    code_id = wish.code.id if wish.code else None
    return ChangeInPortal(subscription.id, price_id, wish.quantity, how, code_id)


def _costs(before: World, after: World, subscription: Subscription) -> str:
    """What the change from one world to the other means in money, as a sentence."""
    renews, currency = day(subscription.current_period_end), subscription.currency
    known = set(before.table(Invoice).ids_owned_by(subscription.id))
    made = [each for each in after.table(Invoice).owned_by(subscription.id) if each.id not in known]
    if made:
        ends = after.subscriptions[subscription.id].current_period_end
        until = (
            "for the rest of the period" if ends == subscription.current_period_end else f"until {day(ends)}"
        )
        total = sum(each.total for each in made)
        if total < 0:
            return f"{money(-total, currency)} is credited, and lowers the next invoices."
        return f"{money(total, currency)} is charged now {until}."
    known = set(before.table(InvoiceItem).ids_owned_by(subscription.id))
    items = [each for each in after.table(InvoiceItem).owned_by(subscription.id) if each.id not in known]
    if not items:
        return f"Nothing is charged before {renews}."
    return f"{money(sum(each.amount for each in items), currency)} more on the invoice of {renews}."
