"""What time it is, to somebody who may not trust the clock of the machine.

Decides: from which instant a licence counts.  Does not read a clock.  The rule:
1. While the clock is not behind the latest instant known, the clock counts.
2. A clock that is behind it was set back.  Time then goes on from that instant, by as much as the clock has
   moved since it was last looked at; a step back counts as no time at all.
3. What the server says raises the latest instant.  Only an answer with a newer licence also lowers it: that
   heals a clock that was once set forward, and an old answer, kept and replayed, heals nothing.
"""

from __future__ import annotations

from typing import NamedTuple

LEEWAY_S = 300  # clocks are corrected by seconds every day: nothing to trouble anybody with


class Seen(NamedTuple):
    """`time`: the latest instant known; `clock`: what the machine's clock showed then.  Unix seconds."""

    time: int = 0
    clock: int = 0

    def at(self, clock: int) -> Seen:
        """The same after a look at the clock; `time` never falls."""
        if clock >= self.time:
            return Seen(clock, clock)
        return Seen(self.time + max(0, clock - self.clock), clock)

    def told(self, server_time: int, clock: int, *, newer: bool) -> Seen:
        """The same after an answer of the server; `newer`: it brought a licence newer than the last one."""
        if newer:
            return Seen(server_time, clock)
        here = self.at(clock)
        return here._replace(time=max(here.time, server_time))

    def behind_s(self, clock: int) -> int:
        """By how much a clock is behind the latest instant known; 0 within the leeway."""
        late = self.time - clock
        return late if late > LEEWAY_S else 0
