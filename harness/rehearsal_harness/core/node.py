"""A node of the search: everything the future of a rehearsal can depend on, except the store.

Decides: what two schedules must share to be the same from here on.  Does not know: the store's
content, which the target digests and the search adds to the key.
"""

from __future__ import annotations

from typing import NamedTuple

from rehearsal_harness.core.desktop import Device
from rehearsal_harness.core.world import World


class Person(NamedTuple):
    """One customer as a client: the checkout session she came back with, earlier ones (oldest first), her
    devices, and what the last page she asked for said, as sorted pairs.
    """

    name: str
    session_id: str = ""
    devices: tuple[Device, ...] = ()
    earlier: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()

    @property
    def user(self) -> str:
        """Her user id, where people sign in."""
        return self.name.lower()

    def at_checkout(self, session_id: str) -> Person:
        """The same person with a new checkout session, the earlier ones remembered."""
        if session_id in (self.session_id, *self.earlier):
            return self._replace(session_id=session_id)
        earlier = (*self.earlier, self.session_id) if self.session_id else self.earlier
        return self._replace(session_id=session_id, earlier=earlier)

    def device(self, name: str) -> Device:
        """The device of that name; an empty one when she never used it."""
        return next((d for d in self.devices if d.name == name), Device(name))

    def with_device(self, device: Device) -> Person:
        """The same person holding `device` instead of its earlier state."""
        others = tuple(d for d in self.devices if d.name != device.name)
        return self._replace(devices=tuple(sorted((*others, device))))


class Node(NamedTuple):
    """Where a schedule stands.

    `handled`, `lost` and `told` are bit sets over the deliverable events of `world` in true order:
    acknowledged by the backend, past their last retry, and knowable from an answer of Stripe's.
    `until`: where a wait that has begun ends, 0 for none.  `faults`: what is left of each fault the
    story allows.  `duplicates`: how many more are allowed, -1 for any number.
    """

    position: int
    clock: int
    handled: int
    lost: int
    told: int
    until: int
    faults: tuple[tuple[str, int], ...]
    duplicates: int
    people: tuple[Person, ...]
    world: World

    def key(self, digest: bytes) -> tuple[object, ...]:
        """The memo key: equal keys have equal futures; of the digest only what the store holds, not in which
        order.
        """
        return (*self[:-1], self.world.version, digest[:16])

    def person(self, name: str) -> Person:
        """The person of that name; a newcomer when the story has not met her yet."""
        return next((p for p in self.people if p.name == name), Person(name))

    def with_person(self, person: Person) -> Node:
        """The same node with `person` in place of her earlier state."""
        others = tuple(p for p in self.people if p.name != person.name)
        return self._replace(people=tuple(sorted((*others, person))))

    def fault_left(self, fault: str) -> int:
        """How often `fault` may still strike."""
        return next((left for name, left in self.faults if name == fault), 0)

    def spend(self, fault: str) -> Node:
        """The same node after `fault` struck once."""
        faults = tuple((name, left - (name == fault)) for name, left in self.faults)
        return self._replace(faults=faults)


class Move(NamedTuple):
    """One edge of the graph, and one line of a schedule: plain data, so that it can be replayed.

    `kind`: deliver, duplicate, proceed, late, lose, crash, stripe_fails_fetch.  `event` is the index among
    the deliverable events, -1 for none; `nth` the boundary of a crash.
    """

    kind: str
    event: int = -1
    nth: int = 0
