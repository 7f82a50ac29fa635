"""Subscriptions: create, retrieve, update, cancel, list.

Source: https://docs.stripe.com/api/subscriptions; a list without `status` omits the canceled ones
(https://docs.stripe.com/api/subscriptions/list), and canceling a canceled one finds nothing.
"""

from __future__ import annotations

from ..actions import CancelAt, CancelAtPeriodEnd, UndoCancel, Via
from ..billing import pausing
from ..billing.ending import end_now
from ..billing.step import step
from ..change import Change
from ..objects import Subscription, SubscriptionStatus
from ..records import replace
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, operation, shown
from .pages import inside, is_listed, listed, matches, rows_of
from .subscription_parameters import CANCEL, LIST, UPDATE
from .subscription_updates import written

_ENDED = (SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE_EXPIRED)


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Subscription))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(Subscription)
    if before.status in _ENDED and call.params.keys() - {"metadata", "cancellation_details", "expand"}:
        message = "A canceled subscription can only update its cancellation_details and metadata."
        raise refusal.invalid(message)
    change = call.change()
    written(call, change, before)
    world = _schedule(call, _pause_collection(call, change.done(), before), before)
    return world, shown(world, world.get(Subscription, before.id))


def _pause_collection(call: Call, world: World, before: Subscription) -> World:
    if "pause_collection" not in call.params:
        return world
    wanted = call.params["pause_collection"] or {}
    resumes_at: int | None = wanted.get("resumes_at")
    if resumes_at is not None and resumes_at <= world.now:
        raise refusal.invalid("resumes_at must be in the future.", "pause_collection[resumes_at]")
    change = Change(world, call.text, call.request)
    current = change.get(Subscription, before.id)
    pausing.pause_collection(change, current, wanted.get("behavior"), resumes_at)
    return change.done()


def _schedule(call: Call, world: World, before: Subscription) -> World:
    """A cancellation scheduled or taken back; asking again for what is already so changes nothing."""
    if "cancel_at" in call.params and "cancel_at_period_end" in call.params:
        message = "You may only specify one of these parameters: cancel_at, cancel_at_period_end."
        raise refusal.invalid(message, "cancel_at")
    if "cancel_at" in call.params:
        cancel_at = call.params["cancel_at"]
        if isinstance(cancel_at, str):
            cancel_at = world.get(Subscription, before.id).current_period_end
        if cancel_at == before.cancel_at:
            return world
        if cancel_at is None:
            return step(world, UndoCancel(before.id, Via.API), call.request)
        if cancel_at <= world.now:
            raise refusal.invalid("cancel_at must be in the future.", "cancel_at")
        prorates = call.params.get("proration_behavior", "none") != "none"
        if prorates and "items" not in call.params and cancel_at < before.current_period_end:
            raise refusal.not_simulated("proration_behavior", "with cancel_at")
        return step(world, CancelAt(before.id, cancel_at), call.request)
    at_period_end = call.params.get("cancel_at_period_end", before.cancel_at_period_end)
    if at_period_end == before.cancel_at_period_end:
        return world
    if at_period_end:
        return step(world, CancelAtPeriodEnd(before.id, Via.API), call.request)
    return step(world, UndoCancel(before.id, Via.API), call.request)


def _cancel(call: Call) -> tuple[World, Json]:
    subscription = call.target(Subscription)
    if subscription.status in _ENDED:
        raise refusal.no_such("subscription", subscription.id, "id", in_path=True)
    change = call.change()
    details = call.params.get("cancellation_details", {})
    explained = replace(
        subscription,
        **{f"cancellation_{name}": details[name] for name in ("comment", "feedback") if name in details},
    )
    invoices, prorates = call.params.get("invoice_now", False), call.params.get("prorate", False)
    end_now(change, explained, invoices=invoices, prorates=prorates)
    return change.done(), shown(call.world, change.get(Subscription, subscription.id))


def _list(call: Call) -> tuple[World, Json]:
    params = call.params

    def keep(subscription: Subscription) -> bool:
        items = subscription.items
        return (
            _has_status(subscription, params.get("status"))
            and matches(params, customer=subscription.customer, test_clock=subscription.test_clock)
            and is_listed(params, subscription.test_clock)
            and ("price" not in params or any(item.price.id == params["price"] for item in items))
            and inside(params.get("created"), subscription.created)
            and inside(params.get("current_period_end"), subscription.current_period_end)
            and inside(params.get("current_period_start"), min(item.current_period_start for item in items))
        )

    rows = rows_of(call.world.subscriptions, params.get("customer"))
    return call.world, listed(call, "/v1/subscriptions", rows, lambda row: shown(call.world, row), keep)


def _has_status(subscription: Subscription, wanted: str | None) -> bool:
    if wanted is None:
        return subscription.status is not SubscriptionStatus.CANCELED
    if wanted == "ended":
        return subscription.status in _ENDED
    return wanted in ("all", subscription.status)


OPERATIONS = (
    operation("GET /v1/subscriptions", _list, LIST),
    operation("GET /v1/subscriptions/:id", _retrieve),
    operation("POST /v1/subscriptions/:id", _update, UPDATE),
    operation("DELETE /v1/subscriptions/:id", _cancel, CANCEL),
)
