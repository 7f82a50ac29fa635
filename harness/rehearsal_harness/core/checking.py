"""Hold one node of a search against the properties.

Decides: which instants are asked about, what may be demanded in mid-flight and what at quiescence.  Does
not know how the node was reached.  Rule: specs/properties.yaml; expectation.py says what is right.
Answers are remembered by (store digest, instant, customer): equal stores give equal answers, and where
Stripe was asked for one, equal stores in equal worlds.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from rehearsal_harness.core.commands import Command, Observed, Probe
from rehearsal_harness.core.expectation import Known, boundaries, expect, learn, refusal
from rehearsal_harness.core.findings import Counts, Violation
from rehearsal_harness.core.node import Node
from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.orders import Order, credits_of, learn_orders, state_of
from rehearsal_harness.core.owning import user_of_subscription, users_of
from rehearsal_harness.core.service import Service

Asking = Generator[Command, Any, "Violation | None"]
Observation = tuple[tuple[str, int, Observed], ...]


class Checker:
    """The properties of one story about `service`.  Where people sign in, one user's customers are one
    subject; else each customer is.
    """

    def __init__(self, service: Service, counts: Counts) -> None:
        self.service = service
        self._table = service.table
        self._counts = counts
        self._answers: dict[tuple[bytes, int, str], tuple[Observed, bytes]] = {}
        self._deliverable: dict[bytes, tuple[Event, ...]] = {}
        self._known: dict[tuple[bytes, int], dict[str, list[Known]]] = {}
        self._orders: dict[tuple[bytes, int], dict[str, Order]] = {}

    def deliverable(self, node: Node) -> tuple[Event, ...]:
        """The events the endpoint is sent, in true order; bit i of a node's sets is the i-th of them."""
        version = node.world.version
        found = self._deliverable.get(version)
        if found is None:
            found = tuple(event for event in node.world.events if event.type in self.service.enabled)
            self._deliverable[version] = found
        return found

    def pending(self, node: Node) -> int:
        """The events that are neither acknowledged nor lost, as a bit set."""
        return self.all_told(node) & ~(node.handled | node.lost)

    def told_by(self, node: Node, fetched: frozenset[str]) -> int:
        """The events that these answers of Stripe's make knowable: those of the objects, of a subscription's
        invoices and sessions, and those that were listed themselves; a bit set.
        """
        bits = 0
        for index, event in enumerate(self.deliverable(node)):
            subscription = getattr(event.after, "subscription", None)
            payment = getattr(event.after, "payment_intent", None)
            if not fetched.isdisjoint({event.id, event.object_id, subscription, payment}):
                bits |= 1 << index
        return bits

    def also_told(self, node: Node, fetched: tuple[str, ...]) -> Node:
        """The same node, where Stripe has answered that too."""
        if not fetched:
            return node
        told = node.told | self.told_by(node, frozenset(fetched))
        return node._replace(told=told & ~node.handled)

    def known(self, node: Node, told: int) -> Mapping[str, Sequence[Known]]:
        """What the events of the bit set `told` say of subscriptions, by subject."""
        key = (node.world.version, told)
        found = self._known.get(key)
        if found is None:
            found = learn(self._events(node, told))
            if self.service.by_user:
                found = _by_user(node, found)
            self._known[key] = found
        return found

    def orders(self, node: Node, told: int) -> Mapping[str, Order]:
        """What the events of the bit set `told` say of orders, by checkout session."""
        key = (node.world.version, told)
        found = self._orders.get(key)
        if found is None:
            found = self._orders[key] = learn_orders(self._events(node, told))
        return found

    def _events(self, node: Node, told: int) -> Iterator[Event]:
        return (event for i, event in enumerate(self.deliverable(node)) if told >> i & 1)

    def all_told(self, node: Node) -> int:
        """Every event, as a bit set."""
        return (1 << len(self.deliverable(node))) - 1

    def everything(self, node: Node) -> Mapping[str, Sequence[Known]]:
        """What a backend would know of subscriptions that was told every event."""
        return self.known(node, self.all_told(node))

    def subjects(self, node: Node) -> Sequence[str]:
        """Whose access can be asked about: the users Stripe knows or that have come, or its customers."""
        if not self.service.by_user:
            return [customer.id for customer in node.world.customers]
        return sorted(users_of(node.world) | {person.user for person in node.people})

    def questions(self, node: Node, *, quiescent: bool) -> Iterator[tuple[str, int]]:
        """Everything there is to ask at a node: each subject at each instant, and each order now."""
        for subject in self.subjects(node):
            for at in self.instants(node, subject, quiescent=quiescent):
                yield subject, at
        if self.service.has_orders:
            for session in node.world.checkout_sessions:
                yield session.id, node.clock

    def instants(self, node: Node, customer: str, *, quiescent: bool) -> list[int]:
        """Now, and one second either side of each boundary ahead; in mid-flight only the far side."""
        ahead = boundaries(self.everything(node).get(customer, ()), self._table)
        sides = (-1, 1) if quiescent else (1,)
        instants = {end + side for end in ahead for side in sides}
        return [node.clock, *sorted(instant for instant in instants if instant > node.clock)]

    def ask(self, node: Node, digest: bytes, subject: str, at: int) -> Generator[Command, Any, Observed]:
        """The backend's answer about a subject at an instant."""
        key, version = (digest, at, subject), node.world.version
        known = self._answers.get(key)
        if known is not None and (not known[0].fetched or known[1] == version):
            return known[0]
        is_order = subject in node.world.checkout_sessions
        observed: Observed = yield Probe(node.world, at, subject, order=is_order)
        self._counts.probes += 1
        self._answers[key] = observed, version
        return observed

    def remembered(self, digest: bytes, at: int, customer: str) -> Observed | None:
        """The answer given earlier for a store with that digest, None when it was not asked."""
        known = self._answers.get((digest, at, customer))
        return None if known is None else known[0]

    def same_seen(self, node: Node, first: bytes, second: bytes) -> Generator[Command, Any, bool]:
        """Do two stores with the same rows, kept in different orders, give the same answers at a node?"""
        for subject, at in self.questions(node, quiescent=False):
            before = self.remembered(first, at, subject)
            after = yield from self.ask(node, second, subject, at)
            if before is not None and before != after:
                return False
        return True

    def observe(self, node: Node, digest: bytes) -> Generator[Command, Any, Observation]:
        """Everything the backend says at a node: every subject at every instant, and every order."""
        seen: list[tuple[str, int, Observed]] = []
        for subject, at in self.questions(node, quiescent=True):
            observed = yield from self.ask(node, digest, subject, at)
            seen.append((subject, at, observed))
        return tuple(seen)

    def check(self, node: Node, digest: bytes) -> Asking:
        """The first property that does not hold at a node, or None."""
        quiescent = not self.pending(node) and not node.lost
        for subject, at in self.questions(node, quiescent=quiescent):
            observed = yield from self.ask(node, digest, subject, at)
            judge = self._judge_order if subject in node.world.checkout_sessions else self._judge
            found = judge(node, subject, at, observed, quiescent=quiescent)
            if found is not None:
                return found
        return None

    def _judge_order(
        self, node: Node, session: str, at: int, observed: Observed, *, quiescent: bool
    ) -> Violation | None:
        """An order is called paid only when its money was told, and at quiescence as it is at Stripe."""
        here = self.also_told(node, observed.fetched)
        told = self.orders(here, here.handled | here.told).get(session)
        is_paid = observed.order in ("paid", "fulfilled")
        if is_paid and (told is None or not told.is_paid):
            return _violation("order_supported", at, session, "processing", observed.order)
        if not quiescent:
            return None
        order = self.orders(node, self.all_told(node)).get(session)
        wanted = state_of(order, self.service, has_access=self._has_access(node, session, at))
        if observed.order == wanted:
            return None
        return _violation("orders_agree", at, session, wanted, observed.order or "no state")

    def _has_access(self, node: Node, session: str, at: int) -> bool:
        subscription = node.world.checkout_sessions[session].subscription
        known = (each for mine in self.everything(node).values() for each in mine)
        return expect([each for each in known if each.subscription == subscription], self._table, at).allowed

    def _judge_credits(
        self, node: Node, user: str, at: int, observed: Observed, *, quiescent: bool
    ) -> Violation | None:
        """Nobody holds more credits than is told to be paid for, and at quiescence exactly so many."""
        if observed.credits is None:
            return None
        here = self.also_told(node, observed.fetched)
        told = credits_of(self.orders(here, here.handled), self.service, user)
        if here.told:
            told = max(told, credits_of(self.orders(here, here.handled | here.told), self.service, user))
        if observed.credits > told:
            return _violation("credits_supported", at, user, f"{told} credits", f"{observed.credits} credits")
        wanted = credits_of(self.orders(node, self.all_told(node)), self.service, user)
        if quiescent and observed.credits != wanted:
            return _violation("credits_agree", at, user, f"{wanted} credits", f"{observed.credits} credits")
        return None

    def _judge(
        self, node: Node, subject: str, at: int, observed: Observed, *, quiescent: bool
    ) -> Violation | None:
        said = say(observed.allowed, observed.code)
        if observed.allowed:
            reason = self.refused(self.also_told(node, observed.fetched), subject, at)
            if reason:
                return _violation(reason, at, subject, f"no access ({self._wanted(node, subject, at)})", said)
        found = self._judge_credits(node, subject, at, observed, quiescent=quiescent)
        if found is not None or not quiescent:
            return found
        wanted = expect(self.everything(node).get(subject, ()), self._table, at)
        if observed.allowed == wanted.allowed and wanted.has_code(observed.code):
            return None
        return _violation("access_agrees", at, subject, say(wanted.allowed, wanted.answer.code), said)

    def _wanted(self, node: Node, customer: str, at: int) -> str:
        return expect(self.known(node, node.handled).get(customer, ()), self._table, at).answer.code

    def refused(self, node: Node, customer: str, at: int) -> str:
        """The property that access at `at` would break, "" for none: nothing delivered and nothing that
        Stripe answered allows it.
        """
        reason = refusal(self.known(node, node.handled).get(customer, ()), self._table, at)
        if reason and node.told:
            reason = reason and refusal(
                self.known(node, node.handled | node.told).get(customer, ()), self._table, at
            )
        return reason


def _by_user(node: Node, known: Mapping[str, Sequence[Known]]) -> dict[str, list[Known]]:
    """The same, by the user whose subscription it is; nobody's is left out."""
    users: dict[str, list[Known]] = {}
    for each in (each for mine in known.values() for each in mine):
        user = user_of_subscription(node.world, each.subscription)
        if user:
            users.setdefault(user, []).append(each)
    return users


def _violation(property_id: str, at: int, subject: str, expected: str, observed: str) -> Violation:
    return Violation(property_id=property_id, at=at, subject=subject, expected=expected, observed=observed)


def say(allowed: bool, code: str) -> str:
    """How an answer is written in a finding."""
    return ("access" if allowed else "no access") + (f" ({code})" if code else "")


def told_as(observed: Observed) -> str:
    """How all that was observed of a subject is written in a finding."""
    if observed.order:
        return observed.order
    held = "" if observed.credits is None else f", {observed.credits} credits"
    return say(observed.allowed, observed.code) + held
