"""The bench's clock: simulated seconds that run, stand still or are moved.

Decides: what time it is.  Does not know what happens then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock


class SimulatedClock:
    """Unix seconds, `speed` of them for each second of this machine; 0 stands still.

    >>> clock = SimulatedClock(100, 2, monotonic=iter((0.0, 5.0)).__next__)
    >>> clock.now()
    110
    """

    def __init__(
        self, at: int, speed: float = 1.0, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._from = float(at)
        self._since = monotonic()
        self._speed = speed
        self._is_held = False

    def now(self) -> int:
        """The current unix second; never less than it was."""
        with self._lock:
            return int(self._now())

    @property
    def speed(self) -> float:
        """Simulated seconds for each real one, once nobody holds the clock."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """From now on; raises ValueError below 0."""
        if not 0 <= speed < float("inf"):
            raise ValueError(f"speed {speed}: expected 0 (stopped) or more, 1 is real time")
        with self._lock:
            self._restart(self._now())
            self._speed = speed

    def hold(self) -> None:
        """Stand still until `release`, for somebody who moves the clock."""
        with self._lock:
            self._restart(self._now())
            self._is_held = True

    def release(self) -> None:
        """Run on from here."""
        with self._lock:
            self._restart(self._now())
            self._is_held = False

    def move_to(self, at: int) -> None:
        """It is the second `at`; raises ValueError for the past."""
        with self._lock:
            if at < int(self._now()):
                raise ValueError(f"time runs forward: now is {int(self._now())}, asked for {at}")
            self._restart(max(float(at), self._now()))

    def _now(self) -> float:
        if self._is_held:
            return self._from
        return self._from + (self._monotonic() - self._since) * self._speed

    def _restart(self, at: float) -> None:
        self._from = at
        self._since = self._monotonic()
