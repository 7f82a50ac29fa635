"""What goes wrong between the simulated Stripe and a backend, when a developer asks for it.

Decides: what befalls an attempt, from a seed, the event's place in the true order, the line (which endpoint,
in the order of their creation) and the number of the attempt: ids depend on ports, and a run is to be had
again.  Does not know how anything is delivered.  The faults are those of specs/faults.yaml, with a chance
instead of every case: a bench is for looking, `rehearse run` for proving.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Any

from rehearsal_harness.core.requests import ApiFaultKind

PERCENT = ("drop_percent", "lose_percent", "duplicate_percent", "delay_percent")
DELAY_S_MAX = 3 * 86_400
SLOW_MS_MAX = 60_000
REQUESTS_MAX = 1_000
# How many of the next API requests meet it, in the order in which they are used up.
COUNTED = {
    "api_errors": ApiFaultKind.SERVER_ERROR,
    "lock_timeouts": ApiFaultKind.LOCK_TIMEOUT,
    "rate_limits": ApiFaultKind.RATE_LIMIT,
    "lost_answers": ApiFaultKind.ANSWER_LOST,
}


class WrongFault(ValueError):
    """A setting out of its range; the message names it, what was found and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Chances in percent of an attempt; all 0 is a perfect wire.

    drop: the attempt never arrives, and is tried again.  lose: no attempt of the event ever arrives.
    duplicate: an acknowledged event comes once more.  delay: an event is first tried `delay_s` simulated
    seconds late.  shuffle: what is due together comes in a seeded order, not the true one.  `api_errors`,
    `lock_timeouts`, `rate_limits` and `lost_answers` are how many of the next API requests fail (500, 429,
    429, or no answer although it was done); `slow_ms` delays each API answer.
    """

    seed: int = 1
    drop_percent: int = 0
    lose_percent: int = 0
    duplicate_percent: int = 0
    delay_percent: int = 0
    delay_s: int = 3_600
    shuffle: bool = False
    api_errors: int = 0
    lock_timeouts: int = 0
    rate_limits: int = 0
    lost_answers: int = 0
    slow_ms: int = 0

    def __post_init__(self) -> None:
        ranges = dict.fromkeys(PERCENT, 100)
        ranges |= {"delay_s": DELAY_S_MAX, "slow_ms": SLOW_MS_MAX}
        ranges |= dict.fromkeys(COUNTED, REQUESTS_MAX)
        for name, most in ranges.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
                raise WrongFault(f"{name}: {value!r}, expected a whole number from 0 to {most}")
        if not isinstance(self.shuffle, bool):
            raise WrongFault(f"shuffle: {self.shuffle!r}, expected true or false")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int):
            raise WrongFault(f"seed: {self.seed!r}, expected a whole number")

    @property
    def are_none(self) -> bool:
        """Whether the wire is perfect."""
        calm = Faults(seed=self.seed, delay_s=self.delay_s)
        return all(getattr(self, each.name) == getattr(calm, each.name) for each in fields(self))

    def spent(self, name: str) -> Faults:
        """After one of the counted faults has struck."""
        left: dict[str, Any] = {name: getattr(self, name) - 1}
        return replace(self, **left)

    def is_dropped(self, event_index: int, line: int, attempt: int) -> bool:
        """Whether this attempt never arrives."""
        return self._strikes("drop", self.drop_percent, event_index, line, attempt)

    def is_lost(self, event_index: int, line: int) -> bool:
        """Whether no attempt of the event arrives."""
        return self._strikes("lose", self.lose_percent, event_index, line)

    def is_duplicated(self, event_index: int, line: int) -> bool:
        """Whether the event is delivered once more."""
        return self._strikes("duplicate", self.duplicate_percent, event_index, line)

    def late_s(self, event_index: int, line: int) -> int:
        """How many simulated seconds the first attempt waits."""
        return self.delay_s if self._strikes("delay", self.delay_percent, event_index, line) else 0

    def place(self, event_index: int) -> int:
        """Where an event stands among those that are due together: its index, or a seeded place."""
        return self._draw("shuffle", event_index) if self.shuffle else event_index

    def _strikes(self, kind: str, percent: int, *words: object) -> bool:
        return percent > 0 and self._draw(kind, *words) % 100 < percent

    def _draw(self, *words: object) -> int:
        text = "|".join(str(each) for each in (self.seed, *words))
        return int.from_bytes(sha256(text.encode()).digest()[:6], "big")
