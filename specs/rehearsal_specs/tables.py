"""What Stripe does, what must hold and what may go wrong, as frozen values; and the compiled rows.

Decides that a cause with no row is an error naming the known ones, never a silent nothing.  Does not know
when or how much (named functions of the simulated Stripe do), nor what a cause means.  Opens nothing:
`reader` has read_rules(), read_event_types(), read_properties(), read_faults(), read_retry_tables() and
read_dunning().
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecRow:
    """One line of a table of Stripe's behaviour.

    Reads: an `object` whose status is `before`, `when` this cause happens, becomes `after` and emits these
    event types in this order.  In the files `before` and `after` are `from` and `to`.  `assumed` rows have no
    published source.
    """

    id: str
    object: str
    before: str
    when: str
    after: str
    emits: tuple[str, ...]
    why: str
    source: str
    assumed: bool


class NoTransition(LookupError):
    """No row says what happens; the message names the causes known from that status."""

    def __init__(self, object_name: str, before: str, when: str, known: tuple[str, ...]) -> None:
        self.object_name, self.before, self.when, self.known = object_name, before, when, known
        causes = ", ".join(known) if known else "none (terminal)"
        super().__init__(
            f"{object_name} is '{before}'; no row for '{when}'. Causes known from '{before}': {causes}."
        )


class Rules:
    """The rows of every table, found by (object, before, when)."""

    __slots__ = ("_by_key", "rows")

    def __init__(self, rows: Iterable[SpecRow]) -> None:
        self.rows = tuple(rows)
        self._by_key = {(row.object, row.before, row.when): row for row in self.rows}

    def find(self, object: str, before: str, when: str) -> SpecRow:
        """The one row for this cause; raises NoTransition."""
        try:
            return self._by_key[object, before, when]
        except KeyError:
            raise NoTransition(object, before, when, self.causes_from(object, before)) from None

    def causes_from(self, object: str, before: str) -> tuple[str, ...]:
        """Every cause with a row for this status, sorted."""
        return tuple(sorted(when for obj, status, when in self._by_key if (obj, status) == (object, before)))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A type of event: the object it carries, what it says, and who needs it."""

    name: str
    object: str
    meaning: str
    needed_by: tuple[str, ...]


class PropertyKind(StrEnum):
    """When a property is demanded."""

    ALWAYS = "always"  # at every node
    EVENTUALLY = "eventually"  # at quiescence
    SOMETIMES = "sometimes"  # at one node at least; catches an empty rehearsal


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A named sentence that a rehearsal proves."""

    id: str
    kind: PropertyKind
    sentence: str
    why: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a wire may do to a delivery; `default` faults are tried without being asked for.

    `kind` is the place it strikes: delivery, body, order, server or stripe.
    """

    id: str
    kind: str
    sentence: str
    default: bool
    why: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryTable:
    """When Stripe tries a delivery again: seconds from the first attempt, rising."""

    id: str
    delays_s: tuple[int, ...]
    assumed: bool
    why: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dunning:
    """How a failed renewal is collected again: days from the first failure, and what then becomes of the
    subscription (`cancel`, `unpaid` or `past_due`)."""

    retry_days: tuple[int, ...]
    final_action: str
    assumed: bool
    why: str
    source: str
