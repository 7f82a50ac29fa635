"""Time: everything that is due happens, in time order.

Decides: which function carries out which kind of task.  Does not know: what they do.
Rule: a task is one change of the world, at the second at which it was due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..agenda import Task, TaskKind
from ..change import Change
from ..world import World
from . import (
    checkout,
    discounts,
    pausing,
    payment_intent,
    refund,
    renewal,
    session_life,
    subscription,
    test_clock,
    trial,
)

_TASKS: Mapping[TaskKind, Callable[[Change, str], None]] = {
    TaskKind.COLLECTION_RESUMES: pausing.collection_resumes,
    TaskKind.CANCEL: renewal.cancel_at_reached,
    TaskKind.INCOMPLETE_EXPIRES: subscription.incomplete_expires,
    TaskKind.FINALIZE: renewal.finalization_due,
    TaskKind.COLLECT: renewal.retry_due,
    TaskKind.PERIOD_ENDS: renewal.period_ends,
    TaskKind.TRIAL_WILL_END: trial.will_end,
    TaskKind.INVOICE_UPCOMING: renewal.upcoming,
    TaskKind.SESSION_EXPIRES: session_life.session_expires,
    TaskKind.INVOICE_PAYMENT_PAID: checkout.payment_reported,
    TaskKind.CHARGE_SETTLES: checkout.funds_settle,
    TaskKind.COUPON_ENDS: discounts.coupon_ends,
    TaskKind.CODE_ENDS: discounts.code_ends,
    TaskKind.PAYMENT_SETTLES: payment_intent.settlement_due,
    TaskKind.REFUND_SETTLES: refund.settlement_due,
    TaskKind.AUTHORIZATION_EXPIRES: payment_intent.authorization_expires,
}


def advance(world: World, to: int) -> World:
    """The world at the unix second `to`, after everything due by then; raises ValueError for the past."""
    _refuse_past(world, to)
    while (task := world.agenda.next_task) is not None and task.due <= to:
        world = _carry_out(world, task)
    return world.at(to)


def advance_some(world: World, to: int, *, tasks_max: int) -> World:
    """The world after the next `tasks_max` tasks at most that are due by the unix second `to`.

    For a caller that lets others in between slices: it calls again while `is_due` says so.  The slices
    together give the world that `advance` gives.  With nothing left to do the world is at `to`, and before
    that at the second of the last task.  Raises ValueError for the past.
    """
    _refuse_past(world, to)
    for _ in range(tasks_max):
        task = world.agenda.next_task
        if task is None or task.due > to:
            return world.at(to)
        world = _carry_out(world, task)
    return world if is_due(world, to) else world.at(to)


def is_due(world: World, by: int) -> bool:
    """Whether anything happens by itself by the unix second `by`; costs one look."""
    due = world.next_due
    return due is not None and due <= by


def _refuse_past(world: World, to: int) -> None:
    if to < world.now:
        raise ValueError(f"time runs forward: now is {world.now}, asked for {to}")


def _carry_out(world: World, task: Task) -> World:
    cause = f"{task.kind.name}|{task.object_id}"
    if task.kind is TaskKind.CLOCK_DELETED:
        return test_clock.remove(world.at(max(task.due, world.now)), task.object_id, cause)
    change = Change(world, cause, at=max(task.due, world.now))
    change.drop(task.kind, task.object_id)
    _TASKS[task.kind](change, task.object_id)
    return change.done()
