"""Test clocks: a few customers whose time stands still until it is moved.

Decides: who lives on which clock, what moving one does, how far it may go, and what goes with it.
Does not know: what happens to anybody meanwhile (`due`): a world on a clock is a world like any other, with
that clock's second and that clock's agenda (`World.on_clock`).
Rule: https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage and
https://docs.stripe.com/api/test_clocks: only forward, at most two intervals of the shortest subscription,
two years where there is none; deleted after 30 days.  The events of a clock are told at the account's time,
those of its customers at the clock's: assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..agenda import TaskKind
from ..calendar import DAY_S, boundary
from ..change import Change
from ..objects import (
    Charge,
    CheckoutSession,
    Customer,
    CustomerBalanceTransaction,
    Dispute,
    EarlyFraudWarning,
    Invoice,
    InvoiceItem,
    PaymentIntent,
    PaymentMethod,
    PortalSession,
    Refund,
    Request,
    SetupIntent,
    Subscription,
    SubscriptionStatus,
    TestClock,
)
from ..records import replace
from ..world import World
from . import customer as customers
from .causes import Cause

CUSTOMERS_MOST, SUBSCRIPTIONS_MOST = 3, 3
INTERVALS_MOST = 2
KEPT_S = 30 * DAY_S
ENDED = (SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE_EXPIRED)

# What an id begins with, and the objects it may be; the rest of an id says nothing.
_KINDS: dict[str, type[Any]] = {
    "cbtxn": CustomerBalanceTransaction,
    "ch": Charge,
    "cs": CheckoutSession,
    "cus": Customer,
    "dp": Dispute,
    "du": Dispute,
    "issfr": EarlyFraudWarning,
    "in": Invoice,
    "ii": InvoiceItem,
    "pi": PaymentIntent,
    "pm": PaymentMethod,
    "bps": PortalSession,
    "re": Refund,
    "seti": SetupIntent,
    "sub": Subscription,
}
_STEPS_MOST = 6  # from a refund over its charge, intent, invoice and customer to the clock
_LEADS_TO_CUSTOMER = ("customer", "subscription", "invoice", "payment_intent", "charge")


def clock_of(world: World, ids: Iterable[str]) -> str:
    """The test clock on which the first of these objects lives that lives on one, or "".

    Anything may be among `ids`; a world without clocks looks at none of them.
    """
    if not len(world.other_times):
        return ""
    found = (_clock_of(world, each) for each in ids)
    return next((clock_id for clock_id in found if clock_id in world.other_times), "")


def _clock_of(world: World, object_id: str) -> str:
    for _ in range(_STEPS_MOST):
        if object_id in world.test_clocks:
            return object_id
        kind = _KINDS.get(object_id.partition("_")[0])
        found: Any = None if kind is None else world.table(kind).get(object_id)
        names = ("test_clock", *_LEADS_TO_CUSTOMER)
        object_id = next(filter(None, (getattr(found, name, None) for name in names)), "")
    return ""


def create(change: Change, key: str, frozen_time: int, name: str | None) -> TestClock:
    """A clock that stands still at the unix second `frozen_time`; `key` is the natural key of its id."""
    row = change.row(TestClock, None, Cause.CREATED)
    clock = TestClock(
        id=change.new_id("clock", key),
        created=change.now,
        deletes_after=change.now + KEPT_S,
        frozen_time=frozen_time,
        status=row.after,
        name=name,
    )
    change.plan(TaskKind.CLOCK_DELETED, clock.deletes_after, clock.id)
    change.open_clock(clock.id, frozen_time)
    return change.follow(row, None, clock)


def latest(world: World, clock: TestClock) -> int:
    """The last unix second to which the clock may be advanced now."""
    recurring = [
        item.price.recurring
        for customer in world.customers.owned_by(clock.id)
        for subscription in world.subscriptions.owned_by(customer.id)
        if subscription.status not in ENDED
        for item in subscription.items
    ]
    steps = [(each.interval, each.interval_count) for each in recurring if each] or [("year", 1)]
    return min(boundary(clock.frozen_time, *each, INTERVALS_MOST) for each in steps)


def set_out(change: Change, clock: TestClock, to: int) -> TestClock:
    """The clock begins to advance to the unix second `to`; `arrive` is to follow when it is there."""
    row = change.row(TestClock, clock, Cause.CLOCK_ADVANCES)
    return change.follow(row, clock, replace(clock, status=row.after, target_frozen_time=to))


def arrive(change: Change, clock_id: str) -> TestClock:
    """Everything due by the target has happened."""
    before = change.get(TestClock, clock_id)
    assert before.target_frozen_time is not None, f"{clock_id} was not on its way"
    row = change.row(TestClock, before, Cause.CLOCK_ARRIVES)
    arrived = replace(
        before, status=row.after, frozen_time=before.target_frozen_time, target_frozen_time=None
    )
    return change.follow(row, before, arrived)


def remove(world: World, clock_id: str, cause: str, request: Request | None = None) -> World:
    """The world without the clock: first its customers are deleted, in its time, then the clock itself."""
    emptied = Change(world.on_clock(clock_id), f"{cause}|customers", request)
    for customer in emptied.table(Customer).owned_by(clock_id):
        if not customer.deleted:
            customers.delete(emptied, customer)
    emptied.drop_everything()
    change = Change(emptied.done().on_clock(""), cause, request)
    before = change.get(TestClock, clock_id)
    change.drop(TaskKind.CLOCK_DELETED, clock_id)
    change.close_clock(clock_id)
    change.update(before, replace(before, deleted=True), Cause.DELETED)
    return change.done()
