"""One move of a schedule: what it asks, where it lands, and what it breaks on the way.

Decides: which moves a node has, and what a delivery, a fault or the next action of the story does to the
node.  Does not know whether the landing was seen before (exploration.py) or came from a file
(replaying.py).  Rule: a schedule may hold anything a real wire could do within Stripe's retry window;
https://docs.stripe.com/webhooks.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

from rehearsal_harness.core import story as told
from rehearsal_harness.core.acting import NoSession
from rehearsal_harness.core.actions import Advance
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.checking import Checker
from rehearsal_harness.core.commands import Command, Configure, Deliver, Digest, Reply
from rehearsal_harness.core.expecting import expected_of
from rehearsal_harness.core.findings import Violation
from rehearsal_harness.core.licensed import check_device
from rehearsal_harness.core.moments import instant_of
from rehearsal_harness.core.node import Move, Node
from rehearsal_harness.core.performing import perform
from rehearsal_harness.core.refusing import (
    customer_of,
    duplicate_acknowledged,
    forgery_refused,
    judged,
    own_portal,
    portal_of_user,
    stripe_writes,
)
from rehearsal_harness.core.signed_in import AskPortal, Reconfigure, Replay


class Window(NamedTuple):
    """How long Stripe goes on: the last automatic retry, and the last resend by hand (seconds)."""

    retry_s: int
    resend_s: int


class Landing(NamedTuple):
    """Where a move leads.  `changed`: the store may differ from where the move began; `fetched`: by what
    Stripe answered, so that it may rightly know more.
    """

    node: Node
    digest: bytes
    changed: bool = False
    struck: bool = False
    status: int = 0
    not_simulated: str = ""
    violation: Violation | None = None
    fetched: bool = False


Step = Generator[Command, Any, Landing]


class Moves:
    """The moves of one story's graph."""

    def __init__(self, actions: tuple[told.Action, ...], checker: Checker, window: Window) -> None:
        self.actions = actions
        self._checker = checker
        self._window = window

    def finished(self, node: Node) -> bool:
        """Has the story been told to its end?"""
        return node.position == len(self.actions)

    def of(self, node: Node) -> Iterator[Move]:
        """The moves of a node, but for repeated crashes, which depend on what the backend does."""
        for index, event in enumerate(self._checker.deliverable(node)):
            bit = 1 << index
            if node.handled & bit:
                if node.duplicates and node.clock - event.created <= self._window.resend_s:
                    yield Move("duplicate", index)
            elif not node.lost & bit:
                yield Move("deliver", index)
                yield from self._faulty(node, index)
        if self.finished(node):
            return
        if self._may_proceed(node):
            yield Move("proceed")
        elif self._may_be_late(node):
            yield Move("late")

    def _faulty(self, node: Node, index: int) -> Iterator[Move]:
        if node.fault_left("crash"):
            yield Move("crash", index, 1)
        if node.fault_left("stripe_fails_fetch"):
            yield Move("stripe_fails_fetch", index)
        if node.fault_left("never_arrives"):
            yield Move("lose", index)

    def _may_be_late(self, node: Node) -> bool:
        action = self.actions[node.position]
        return isinstance(action, told.Arrive) and not action.late

    def _may_proceed(self, node: Node) -> bool:
        action = self.actions[node.position]
        pending = self._checker.pending(node)
        if isinstance(action, told.Arrive):
            return not pending or (action.late and node.clock < node.until)
        if isinstance(action, told.Wait) and pending:
            return node.clock < self._last_retry(node)
        return True

    def _last_retry(self, node: Node) -> int:
        pending = self._checker.pending(node)
        created = [e.created for i, e in enumerate(self._checker.deliverable(node)) if pending >> i & 1]
        return min(created) + self._window.retry_s

    @staticmethod
    def _next_instant(node: Node, end: int) -> int:
        due = node.world.next_due
        return end if due is None else max(node.clock, min(due, end))

    @staticmethod
    def _wait_end(action: told.Wait, node: Node) -> int:
        return node.until or max(node.clock, instant_of(action.until, node, action.person))

    def go(self, node: Node, digest: bytes, move: Move) -> Step:
        """The landing of `move`; raises NotPossible when the story asks for what cannot be."""
        if move.kind == "proceed":
            try:
                return (yield from self._proceed(node, digest))
            except NoSession as error:
                return Landing(node, digest, violation=self._left_without(node, error))
        if move.kind == "late":
            late = node._replace(position=node.position + 1, until=self._last_retry(node))
            return Landing(self._advance(late, late.until), digest)
        if move.kind == "lose":
            return Landing(node._replace(lost=node.lost | 1 << move.event).spend("never_arrives"), digest)
        return (yield from self._deliver(node, digest, move))

    def _deliver(self, node: Node, digest: bytes, move: Move) -> Step:
        event = self._checker.deliverable(node)[move.event]
        fault = move.kind if move.kind in ("crash", "stripe_fails_fetch") else ""
        reply: Reply = yield Deliver(node.world, node.clock, event, fault, move.nth)
        bit = 1 << move.event
        handled, told_bits = node.handled, node.told
        if 200 <= reply.status < 300:
            handled |= bit
        elif reply.changed:
            told_bits |= bit
        if reply.fetched:
            told_bits |= self._checker.told_by(node, frozenset(reply.fetched))
        landed = node
        if handled != node.handled or told_bits != node.told or reply.world is not node.world:
            landed = node._replace(handled=handled, told=told_bits & ~handled, world=reply.world)
        if reply.struck or move.kind == "crash":  # a crash that struck nowhere inside came after the answer
            landed = landed.spend(fault)
        if move.kind == "duplicate" and node.duplicates > 0:
            landed = landed._replace(duplicates=node.duplicates - 1)
        after = (yield Digest()) if reply.changed else digest
        violation = stripe_writes(node, reply, event.type)
        if move.kind == "duplicate" and not reply.struck and violation is None:
            violation = duplicate_acknowledged(node, reply, event)
        return Landing(
            landed,
            after,
            reply.changed,
            reply.struck,
            reply.status,
            reply.not_simulated,
            violation,
            bool(reply.fetched),
        )

    def _proceed(self, node: Node, digest: bytes) -> Step:
        action = self.actions[node.position]
        if isinstance(action, told.Wait):
            end = self._wait_end(action, node)
            pause = min(end, self._last_retry(node)) if self._checker.pending(node) else end
            return Landing(self._passed(self._advance(node, pause)._replace(until=end)), digest)
        if isinstance(action, told.Arrive):
            if self._checker.pending(node):
                return Landing(self._advance(node, node.until), digest)
            return Landing(node._replace(position=node.position + (1 if action.late else 2), until=0), digest)
        if isinstance(action, told.Outage):
            return Landing(self._down(node, action.delay_s), digest)
        if isinstance(action, told.Forge):
            return (yield from self._forge(node, digest, action))
        past = node._replace(position=node.position + 1)
        if isinstance(action, Reconfigure):
            yield Configure(action.switches)
            after = yield Digest()
            return Landing(past, after, changed=True)
        judge = expected_of(action)
        if judge is not None:
            violation = yield from judge(self._checker, node, digest)
            return Landing(past, digest, violation=violation)
        return (yield from self._perform(past, digest, action))

    def _left_without(self, node: Node, error: NoSession) -> Violation:
        """The backend made no session for somebody who asked; re-raises when she never asked."""
        action = self.actions[node.position]
        asked = (each for each in self.actions[: node.position] if isinstance(each, told.Checkout))
        if action.person not in {each.person for each in asked}:
            raise error
        return Violation(
            property_id="story_expectation",
            at=node.clock,
            subject=action.label(),
            expected="the story goes on",
            observed=f"{error}: the backend made none",
            line=action.line,
        )

    def _advance(self, node: Node, end: int) -> Node:
        """The node at the next instant at which there is something to deliver, `end` at the latest."""
        known = len(self._checker.deliverable(node))
        while node.clock < end:
            to = self._next_instant(node, end)
            node = node._replace(clock=to, world=step(node.world, Advance(to)))
            if len(self._checker.deliverable(node)) > known:
                break
        return node

    @staticmethod
    def _passed(node: Node) -> Node:
        if node.clock < node.until:
            return node
        return node._replace(position=node.position + 1, until=0)

    def _down(self, node: Node, delay_s: int) -> Node:
        """The endpoint is down: whatever is sent by the end of it, and was not handled before, is lost."""
        to = node.clock + delay_s
        after = node._replace(position=node.position + 1, clock=to, world=step(node.world, Advance(to)))
        return after._replace(lost=after.lost | self._checker.pending(after))

    def _forge(self, node: Node, digest: bytes, action: told.Forge) -> Step:
        """Every event there is, as somebody else would send it; none may be believed."""
        here, changed = node, False
        for event in self._checker.deliverable(node):
            reply: Reply = yield Deliver(here.world, node.clock, event, action.fault)
            changed = changed or reply.changed
            here = here._replace(world=reply.world)
            violation = forgery_refused(node, reply, event, action.fault)
            if violation is not None:
                return Landing(node, digest, changed, violation=violation)
        after = (yield Digest()) if changed else digest
        return Landing(here._replace(position=node.position + 1), after, changed)

    def _replayed(self, node: Node, reply: Reply) -> Node:
        """What an operator has replayed is acknowledged as well as delivered, also when it was lost."""
        events = enumerate(self._checker.deliverable(node))
        bits = sum(1 << index for index, event in events if event.id in reply.fetched)
        return node._replace(handled=node.handled | bits, lost=node.lost & ~bits, told=node.told & ~bits)

    def _perform(self, past: Node, digest: bytes, action: told.Action) -> Step:
        done = yield from perform(action, past, self._checker.service)
        reply, landed = done.reply, done.node
        if reply is None:
            return Landing(landed, digest)
        landed = self._checker.also_told(landed, reply.fetched)
        violation = judged(past, reply, action, self._checker.service)
        if isinstance(action, told.Reconcile) and 200 <= reply.status < 300:
            everything = (1 << len(self._checker.deliverable(landed))) - 1
            landed = landed._replace(handled=everything, lost=0, told=0)
        if isinstance(action, Replay) and 200 <= reply.status < 300:
            landed = self._replayed(landed, reply)
        if violation is None and isinstance(action, (told.Activate, told.Refresh)):
            device = landed.person(action.person).device(action.device)
            customer = customer_of(landed, action.person)
            violation = check_device(self._checker, landed, customer, device, reply.body)
        if violation is None and isinstance(action, told.OpenPortal):
            violation = own_portal(past, landed, action)
        if violation is None and isinstance(action, AskPortal):
            violation = portal_of_user(past, landed, action)
        after = (yield Digest()) if reply.changed else digest
        return Landing(
            landed,
            after,
            reply.changed,
            status=reply.status,
            not_simulated=reply.not_simulated,
            violation=violation,
        )
