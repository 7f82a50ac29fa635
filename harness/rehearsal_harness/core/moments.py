"""The instants a story names, as unix seconds.

Decides: which second "the end of the paid period" is.  Does not know the backend: every moment follows
from the simulated Stripe's own history.
"""

from __future__ import annotations

from rehearsal_harness.core.acting import NotPossible, session_of, subscription_of
from rehearsal_harness.core.expectation import Known, learn, past_due_since
from rehearsal_harness.core.node import Node
from rehearsal_harness.core.story import Anchor, Moment


def instant_of(moment: Moment, node: Node, person: str) -> int:
    """The unix second of `moment` in one person's history; raises NotPossible."""
    return _anchor(moment.anchor, node, person) + moment.offset_s


def _anchor(anchor: Anchor, node: Node, person: str) -> int:
    if anchor is Anchor.NOW:
        return node.clock
    if anchor is Anchor.PERIOD_END:
        return subscription_of(node, person).current_period_end
    if anchor is Anchor.CHECKOUT:
        return _present(_completed_at(node, person), person, "has not completed a checkout")
    known = _known(node, person)
    if anchor is Anchor.PAID_THROUGH:
        return _present(known.paid_through, person, "has paid no invoice")
    if anchor is Anchor.CANCEL_AT:
        return _present(known.cancel_at, person, "has no cancellation scheduled")
    return _present(past_due_since(known), person, "owes no payment")


def _known(node: Node, person: str) -> Known:
    subscription = subscription_of(node, person)
    known = learn(node.world.events).get(subscription.customer, [])
    return next(each for each in known if each.subscription == subscription.id)


def _completed_at(node: Node, person: str) -> int | None:
    session = session_of(node, person)
    completed = (
        event.created
        for event in node.world.events
        if event.type == "checkout.session.completed" and event.object_id == session.id
    )
    return next(completed, None)


def _present(instant: int | None, person: str, why: str) -> int:
    if instant is None:
        raise NotPossible(f"{person} {why}")
    return instant
