"""Every action in every situation: a small search over the simulated Stripe itself.

From a few beginnings, each action is tried on the newest objects with each card, again and again, `DEPTH`
times.  A situation is the statuses that rules speak of, not the ids or the time; each is found once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from worlds import dunning, empty, subscriber, with_price, with_session

from rehearsal_harness.core.actions import (
    Action,
    Advance,
    CancelAt,
    CancelAtPeriodEnd,
    CancelNow,
    CompleteCheckout,
    CreateSubscription,
    ExpireCheckout,
    PayInvoice,
    ReplaceCard,
    SettleDelayedPayment,
    UndoCancel,
    Via,
)
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.errors import NotSimulated
from rehearsal_harness.core.world import Settings, World
from rehearsal_specs.reader import read_rules
from rehearsal_specs.tables import NoTransition, Rules, SpecRow

DEPTH = 3
# One card for each way in which subscriptions can go; the others differ in looks or in what is said.
CARDS = (
    Card.OK,
    Card.DECLINED,
    Card.INSUFFICIENT_FUNDS,
    Card.ATTACHES_THEN_DECLINES,
    Card.REQUIRES_ACTION,
    Card.DELAYED,
)


class RecordingRules(Rules):
    """Rules that remember which rows were asked for."""

    def __init__(self) -> None:
        super().__init__(read_rules().rows)
        self.reached: Counter[str] = Counter()

    def find(self, object: str, before: str, when: str) -> SpecRow:
        """The row, remembered."""
        row = super().find(object, before, when)
        self.reached[row.id] += 1
        return row


def beginnings(rules: Rules) -> Iterator[World]:
    """Open sessions, with and without a trial, in both modes; and renewals that failed until their end."""
    settings = Settings(upcoming_invoice_days=7)
    for final_action in ("cancel", "unpaid", "past_due"):
        table = dunning(3, 5, final_action=final_action)
        world, price = with_price(empty(rules=rules, table=table, settings=settings))
        for trial_period_days in (0, 14):
            yield with_session(world, price, trial_period_days=trial_period_days)[0]
        yield with_session(world, price, mode="payment")[0]
        scene = subscriber(empty(rules=rules, table=table, settings=settings))
        scene.do(ReplaceCard(scene.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()
        yield scene.wait(3 * DAY_S).world
        yield scene.wait(2 * DAY_S).world
        yield subscriber(empty(rules=rules, table=table), trial_period_days=14).world
        yield subscriber(empty(rules=rules, table=table), Card.REQUIRES_ACTION).renew().world


def actions(world: World) -> Iterator[Action]:
    """Everything a person could try now, on the newest objects, and letting the next thing happen."""
    session = next(world.checkout_sessions.newest_first())
    if world.next_due is not None:
        yield Advance(max(world.next_due, world.now))
    yield ExpireCheckout(session.id)
    for succeeded in (True, False):
        yield SettleDelayedPayment(session.id, succeeded)
    for card in CARDS:
        yield CompleteCheckout(session.id, card)
    for subscription in list(world.subscriptions.newest_first())[:1]:
        yield CancelNow(subscription.id)
        yield CancelAtPeriodEnd(subscription.id, Via.PORTAL, "other")
        yield CancelAt(subscription.id, world.now + 1)
        yield UndoCancel(subscription.id)
        if len(world.subscriptions) == 1:
            yield CreateSubscription(subscription.customer, (next(iter(world.prices)).id,))
            yield CreateSubscription(subscription.customer, (next(iter(world.prices)).id,), 14)
        for card in CARDS:
            yield ReplaceCard(subscription.customer, card)
    for invoice in list(world.invoices.newest_first())[:1]:
        for card in CARDS:
            yield PayInvoice(invoice.id, card)
        yield PayInvoice(invoice.id, Card.REQUIRES_ACTION, Via.API)


def situation(world: World) -> object:
    """What rules speak of: statuses, what is scheduled, what is charged next."""
    return (
        world.dunning.final_action,
        [session.status for session in world.checkout_sessions],
        [(each.status, each.cancel_at is None, each.cycle) for each in world.subscriptions],
        [(each.status, each.attempt_count, each.auto_advance) for each in world.invoices][-2:],
        [each.status for each in world.payment_intents][-2:],
        [world.payment_methods[each.default_payment_method or ""].card for each in world.customers],
        world.agenda.next_task and world.agenda.next_task.kind,
    )


def explore(rules: Rules, depth: int = DEPTH) -> list[World]:
    """One world for each situation found.  Only the two refusals may be raised."""
    frontier, seen, found = list(beginnings(rules)), set[str](), list[World]()
    for _ in range(depth):
        reached: list[World] = []
        for world in frontier:
            for action in actions(world):
                try:
                    after = step(world, action)
                except (NoTransition, NotSimulated):
                    continue
                key = repr(situation(after))
                if key not in seen:
                    seen.add(key)
                    reached.append(after)
        frontier = reached
        found += reached
    return found
