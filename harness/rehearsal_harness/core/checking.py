"""Hold one node of a search against the properties.

Decides: which instants are asked about, what may be demanded in mid-flight and what at quiescence.  Does
not know how the node was reached.  Rule: specs/properties.yaml; expectation.py says what is right.
Answers are remembered by (store digest, instant, customer): equal stores give equal answers, and where
Stripe was asked for one, equal stores in equal worlds.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from rehearsal_harness.core.commands import Command, Observed, Probe
from rehearsal_harness.core.desktop import Device
from rehearsal_harness.core.expectation import Known, boundaries, expect, learn, refusal
from rehearsal_harness.core.findings import Counts, Violation
from rehearsal_harness.core.node import Node
from rehearsal_harness.core.objects import Event
from rehearsal_specs.manifest import AccessTable

Asking = Generator[Command, Any, "Violation | None"]
Observation = tuple[tuple[str, int, Observed], ...]


class Checker:
    """The properties of one story; `table` is the manifest's access table, `gated` its paid features."""

    def __init__(
        self, table: AccessTable, enabled: frozenset[str], counts: Counts, gated: tuple[str, ...] = ()
    ) -> None:
        self.gated = gated
        self._table = table
        self._enabled = enabled
        self._counts = counts
        self._answers: dict[tuple[bytes, int, str], tuple[Observed, bytes]] = {}
        self._deliverable: dict[bytes, tuple[Event, ...]] = {}
        self._known: dict[tuple[bytes, int], dict[str, list[Known]]] = {}

    def deliverable(self, node: Node) -> tuple[Event, ...]:
        """The events the endpoint is sent, in true order; bit i of a node's sets is the i-th of them."""
        version = node.world.version
        found = self._deliverable.get(version)
        if found is None:
            found = tuple(event for event in node.world.events if event.type in self._enabled)
            self._deliverable[version] = found
        return found

    def pending(self, node: Node) -> int:
        """The events that are neither acknowledged nor lost, as a bit set."""
        everything = (1 << len(self.deliverable(node))) - 1
        return everything & ~(node.handled | node.lost)

    def told_by(self, node: Node, fetched: frozenset[str]) -> int:
        """The events that these answers of Stripe's make knowable: those of the objects, of a subscription's
        invoices and sessions, and those that were listed themselves; a bit set.
        """
        bits = 0
        for index, event in enumerate(self.deliverable(node)):
            subscription = getattr(event.after, "subscription", None)
            if not fetched.isdisjoint({event.id, event.object_id, subscription or event.id}):
                bits |= 1 << index
        return bits

    def also_told(self, node: Node, fetched: tuple[str, ...]) -> Node:
        """The same node, where Stripe has answered that too."""
        if not fetched:
            return node
        told = node.told | self.told_by(node, frozenset(fetched))
        return node._replace(told=told & ~node.handled)

    def known(self, node: Node, told: int) -> Mapping[str, Sequence[Known]]:
        """What the events of the bit set `told` say, by customer."""
        key = (node.world.version, told)
        found = self._known.get(key)
        if found is None:
            events = self.deliverable(node)
            found = learn(event for i, event in enumerate(events) if told >> i & 1)
            self._known[key] = found
        return found

    def everything(self, node: Node) -> Mapping[str, Sequence[Known]]:
        """What a backend would know that was told every event."""
        return self.known(node, (1 << len(self.deliverable(node))) - 1)

    def instants(self, node: Node, customer: str, *, quiescent: bool) -> list[int]:
        """Now, and one second either side of each boundary ahead; in mid-flight only the far side."""
        ahead = boundaries(self.everything(node).get(customer, ()), self._table)
        sides = (-1, 1) if quiescent else (1,)
        instants = {end + side for end in ahead for side in sides}
        return [node.clock, *sorted(instant for instant in instants if instant > node.clock)]

    def ask(self, node: Node, digest: bytes, customer: str, at: int) -> Generator[Command, Any, Observed]:
        """The backend's answer about a customer at an instant."""
        key, version = (digest, at, customer), node.world.version
        known = self._answers.get(key)
        if known is not None and (not known[0].fetched or known[1] == version):
            return known[0]
        observed: Observed = yield Probe(node.world, at, customer)
        self._counts.probes += 1
        self._answers[key] = observed, version
        return observed

    def remembered(self, digest: bytes, at: int, customer: str) -> Observed | None:
        """The answer given earlier for a store with that digest, None when it was not asked."""
        known = self._answers.get((digest, at, customer))
        return None if known is None else known[0]

    def same_seen(self, node: Node, first: bytes, second: bytes) -> Generator[Command, Any, bool]:
        """Do two stores with the same rows, kept in different orders, give the same answers at a node?"""
        for customer in node.world.customers:
            for at in self.instants(node, customer.id, quiescent=False):
                before = self.remembered(first, at, customer.id)
                after = yield from self.ask(node, second, customer.id, at)
                if before is not None and before != after:
                    return False
        return True

    def observe(self, node: Node, digest: bytes) -> Generator[Command, Any, Observation]:
        """Everything the backend says at a node: every customer at every instant."""
        seen: list[tuple[str, int, Observed]] = []
        for customer in node.world.customers:
            for at in self.instants(node, customer.id, quiescent=True):
                observed = yield from self.ask(node, digest, customer.id, at)
                seen.append((customer.id, at, observed))
        return tuple(seen)

    def check(self, node: Node, digest: bytes) -> Asking:
        """The first property that does not hold at a node, or None."""
        quiescent = not self.pending(node) and not node.lost
        for customer in node.world.customers:
            for at in self.instants(node, customer.id, quiescent=quiescent):
                observed = yield from self.ask(node, digest, customer.id, at)
                found = self._judge(node, customer.id, at, observed, quiescent=quiescent)
                if found is not None:
                    return found
        return None

    def _judge(
        self, node: Node, customer: str, at: int, observed: Observed, *, quiescent: bool
    ) -> Violation | None:
        if observed.allowed:
            reason = self.refused(self.also_told(node, observed.fetched), customer, at)
            if reason:
                return Violation(
                    property_id=reason,
                    at=at,
                    subject=customer,
                    expected=f"no access ({self._wanted(node, customer, at)})",
                    observed=say(observed.allowed, observed.code),
                )
        if not quiescent:
            return None
        wanted = expect(self.everything(node).get(customer, ()), self._table, at)
        differs = observed.allowed != wanted.allowed or not wanted.has_code(observed.code)
        if not differs:
            return None
        return Violation(
            property_id="access_agrees",
            at=at,
            subject=customer,
            expected=say(wanted.allowed, wanted.answer.code),
            observed=say(observed.allowed, observed.code),
        )

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

    def check_device(
        self, node: Node, customer: str, device: Device, body: Mapping[str, Any]
    ) -> Violation | None:
        """What a device was just given agrees with what it may, and ends with it; `body` is the answer."""
        if not 200 <= device.status < 300:
            return None  # nothing was given; what the device has cached was judged when it was
        if device.active and (reason := self.refused(node, customer, node.clock)):
            return _device_violation(reason, node, device, "no licence", f"active licence {device.code}")
        if customer and not self.pending(node) and not node.lost:
            wanted = expect(self.everything(node).get(customer, ()), self._table, node.clock)
            if wanted.allowed != device.active:
                expected, observed = say(wanted.allowed, wanted.answer.code), say(device.active, device.code)
                return _device_violation("access_agrees", node, device, expected, observed)
        tokens = [str(body[name]) for name in ("deviceAccessToken", "license") if body.get(name)]
        found = (self._check_token(node, customer, device, token) for token in tokens)
        return next((violation for violation in found if violation is not None), None)

    def _check_token(self, node: Node, customer: str, device: Device, token: str) -> Violation | None:
        expires_at, latest = token_expiry(token), node.clock + self._table.offline_grace_s
        if expires_at is None:
            expected, observed = f"exp <= {latest}", "no exp at all"
        elif expires_at > latest:
            expected, observed = f"exp <= {latest}", f"exp {expires_at}"
        elif device.expires_at > expires_at:
            expected, observed = f"expiresAt as in the token, {expires_at}", f"expiresAt {device.expires_at}"
        elif expires_at > node.clock and self.refused(node, customer, expires_at - 1):
            expected, observed = "exp within the access", f"exp {expires_at}"
        else:
            return None
        return _device_violation("token_within_boundary", node, device, expected, observed)


def token_expiry(token: str) -> int | None:
    """The `exp` claim of a JWT, unverified; None when it has none."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, binascii.Error, ValueError):
        return None
    expiry = claims.get("exp") if isinstance(claims, dict) else None
    return expiry if isinstance(expiry, int) else None


def _device_violation(
    property_id: str, node: Node, device: Device, expected: str, observed: str
) -> Violation:
    return Violation(
        property_id=property_id, at=node.clock, subject=device.name, expected=expected, observed=observed
    )


def say(allowed: bool, code: str) -> str:
    """How an answer is written in a finding."""
    return ("access" if allowed else "no access") + (f" ({code})" if code else "")
