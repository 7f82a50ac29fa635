"""What changed, for pages that wait to hear of it.

Decides: that every change has a number, and that whoever waits is woken.  Does not know what a change means,
nor who waits.
"""

from __future__ import annotations

from threading import Condition


class News:
    """A counter that can be waited for."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._revision = 0
        self._is_closed = False

    @property
    def revision(self) -> int:
        """How often something changed."""
        return self._revision

    @property
    def is_closed(self) -> bool:
        """Whether the bench is going down, so that nobody should wait any more."""
        return self._is_closed

    def tell(self) -> None:
        """Something changed."""
        with self._condition:
            self._revision += 1
            self._condition.notify_all()

    def wait(self, revision: int, timeout_s: float) -> int:
        """The newest revision: at once if newer than `revision`, else after a change or the time-out."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_closed or self._revision > revision, timeout_s)
            return self._revision

    def close(self) -> None:
        """Wake everybody for the last time."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()
