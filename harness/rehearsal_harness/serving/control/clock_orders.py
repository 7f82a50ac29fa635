"""What may be asked of the bench's clock, and the second that is meant.

Decides: how "a month" or "to the next invoice" becomes a unix second, from the worlds as they are.  Does not
know how time is moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rehearsal_harness.core.agenda import TaskKind
from rehearsal_harness.core.calendar import DAY_S, HOUR_S, boundary
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.control.wishes import (
    INSTANT_MAX,
    Field,
    Unfit,
    WrongWish,
    choice,
    flag,
    number,
    read_fields,
    whole,
)

ADVANCE_S_MAX = 100 * 366 * DAY_S
SPEED_MAX = 10_000_000
NEXT: Mapping[str, frozenset[TaskKind]] = {
    "anything": frozenset(TaskKind),
    "invoice": frozenset({TaskKind.PERIOD_ENDS, TaskKind.FINALIZE, TaskKind.COLLECT}),
    "period": frozenset({TaskKind.PERIOD_ENDS, TaskKind.CANCEL}),
}
UNITS = ("hour", "day", "week", "month", "year")


def instant(value: Any) -> int:
    """Unix seconds, or a UTC date or time such as 2026-03-01 or 2026-03-01T12:00:00Z."""
    expected = "unix seconds, or a UTC time such as 2026-03-01 or 2026-03-01T12:00:00Z"
    if type(value) is int and 0 <= value <= INSTANT_MAX:
        return value
    if isinstance(value, str):
        try:
            told = datetime.fromisoformat(value)
        except ValueError:
            raise Unfit(expected) from None
        return int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())
    raise Unfit(expected)


FIELDS: Mapping[str, Field] = {
    "advance_s": Field(whole(1, ADVANCE_S_MAX), means="seconds to let pass"),
    "advance": Field(choice(None, *UNITS), means="one of it passes"),
    "to": Field(instant, means="the instant to go to"),
    "to_next": Field(choice(None, *NEXT), means="go to the next time that this happens"),
    "speed": Field(number(0, SPEED_MAX), means="simulated seconds for each real one; 0 stands still"),
    "stop": Field(flag, means="end an advance that is under way"),
    "wait": Field(flag, means="answer only when the advance has ended"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOrder:
    """One order: go to the second `to`, run at `speed`, or `stop`; the others are None or False."""

    to: int | None = None
    speed: float | None = None
    stop: bool = False
    wait: bool = False


def read_order(given: object, now: int, worlds: Iterable[World], next_delivery: int | None) -> ClockOrder:
    """The order that JSON gives; raises WrongWish."""
    fields = read_fields(given, FIELDS, "clock")
    wait = fields.pop("wait", False)
    if len(fields) != 1:
        found = " and ".join(fields) or "none of them"
        expected = f"exactly one of {', '.join(name for name in FIELDS if name != 'wait')}"
        raise WrongWish("clock", found, expected)
    if "speed" in fields:
        return ClockOrder(speed=fields["speed"])
    if "stop" in fields:
        return ClockOrder(stop=fields["stop"])
    to = _instant_meant(fields, now, worlds, next_delivery)
    if to < now:
        raise WrongWish("clock.to", f"{iso(to)} is past", f"an instant from {iso(now)} on; time runs forward")
    return ClockOrder(to=to, wait=wait)


def _instant_meant(
    fields: Mapping[str, Any], now: int, worlds: Iterable[World], next_delivery: int | None
) -> int:
    if "advance_s" in fields:
        return min(now + int(fields["advance_s"]), INSTANT_MAX)
    if "advance" in fields:
        unit = fields["advance"]
        return now + HOUR_S if unit == "hour" else boundary(now, unit, 1, 1)
    if "to" in fields:
        return int(fields["to"])
    return _next(fields["to_next"], now, worlds, next_delivery)


def _next(wanted: str, now: int, worlds: Iterable[World], next_delivery: int | None) -> int:
    tasks = (world.agenda.next_of(NEXT[wanted]) for world in worlds)
    instants = [task.due for task in tasks if task is not None]
    if wanted == "anything" and next_delivery is not None:
        instants.append(next_delivery)
    if not instants:
        expected = "something that is planned: a paid checkout plans invoices and periods. Or let a day pass"
        what = "nothing is ahead" if wanted == "anything" else f"no {wanted} is ahead"
        raise WrongWish("clock.to_next", what, expected)
    return max(now, min(instants))


def iso(at: int) -> str:
    """Unix seconds as 2026-06-01T00:00:00Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
