"""What a search asks of the world outside, and what it is told.

Decides: the commands (Deliver, Send, Probe, Mark, Rewind, Digest) and their answers, as values.
Does not know: who carries them out.  A search is a generator that yields commands and is sent
answers, so the same search drives an in-process server or any other (targets/driver.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.world import World


class Deliver(NamedTuple):
    """Attempt one delivery of `event` at `clock` (unix seconds), signed at that instant.

    `fault` is an id of specs/faults.yaml applied to this attempt ("" for none); `nth` counts the
    boundary at which a crash strikes.
    """

    world: World
    clock: int
    event: Event
    fault: str = ""
    nth: int = 0


class Send(NamedTuple):
    """A client's request to the backend at `clock`; `token` is sent as a bearer token.

    `user` is who is signed in, "" for nobody, and `is_operator` whether as an operator; whoever carries the
    request out mints the token that says so.
    """

    world: World
    clock: int
    method: str
    path: str
    body: Mapping[str, object] | None = None
    token: str = ""
    operation: str = ""
    user: str = ""
    is_operator: bool = False
    headers: tuple[tuple[str, str], ...] = ()


class Probe(NamedTuple):
    """Ask the backend, without leaving a trace, what a subject has at instant `at`: a customer, a user, or
    (where `order`) what became of a checkout session.
    """

    world: World
    at: int
    subject: str
    order: bool = False


class Configure(NamedTuple):
    """Start the backend again, configured other than usual by these switches; what it stored stays."""

    switches: tuple[str, ...]


class Mark(NamedTuple):
    """Remember the store as it is, under `depth`."""

    depth: int


class Rewind(NamedTuple):
    """Put the store back to what it was at `Mark(depth)`."""

    depth: int


class Digest(NamedTuple):
    """32 bytes: a digest of everything the store holds, then one of the same in the order in which it is
    kept.
    """


Command = Deliver | Send | Probe | Configure | Mark | Rewind | Digest


class Reply(NamedTuple):
    """What came back from a delivery or a client's request.

    `changed`: the store may differ from before.  `world`: Stripe's world afterwards.  `fetched`: the backend
    read from Stripe.  `struck`: the fault asked for really happened.  `writes`: the operations other than GET
    it asked Stripe for.  `not_simulated`: one that the simulated Stripe does not know, so that nothing
    follows.  `headers`: those of the answer to a client, in lower case.
    """

    status: int
    body: Mapping[str, Any]
    changed: bool
    world: World
    fetched: tuple[str, ...] = ()
    struck: bool = False
    writes: tuple[str, ...] = ()
    not_simulated: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Observed(NamedTuple):
    """What the backend says of a subject at an instant; `code` is "" where it names none, `fetched` what it
    asked Stripe for that.  `credits` is None where nobody counts any, `order` the state of an order.
    """

    allowed: bool
    code: str = ""
    fetched: tuple[str, ...] = ()
    credits: int | None = None
    order: str = ""
