"""What pages see of the bench: looked at once for all that ask meanwhile.

Decides: that pages which ask at the same moment share one look, each account's at its own.  Does not know
what is looked at (`sections`), nor HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from threading import Lock
from typing import Any

from rehearsal_harness.serving import look
from rehearsal_harness.serving.control.panel import Panel
from rehearsal_harness.serving.control.sections import SECTIONS, values_of

APART_S_MAX = 0.5
ACCOUNTS_MAX = 8  # looks at more accounts at a time are forgotten, the oldest first


@dataclass(slots=True)
class _Look:
    """One account as it was: at which revision and second, and since when that is so."""

    key: tuple[int, int] | None = None
    began_s: float = -inf
    values: dict[str, Any] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)


class Looks:
    """The values of the page, looked at once for all pages that ask meanwhile.

    Whoever asks is told of all that had happened when they asked.  Looks are apart by twice what one costs,
    so that many pages leave most of the time to the bench while everything changes.
    """

    def __init__(self, panel: Panel, now: Callable[[], float] = time.monotonic) -> None:
        self._panel = panel
        self._now = now
        self._lock = Lock()
        self._began_s, self._cost_s = -inf, 0.0
        self._looks: dict[str, _Look] = {}

    def values(self, account_id: str = "") -> dict[str, Any]:
        """What the sections need of an account, "" the main one; raises NotHere."""
        asked_s = self._now()
        with self._lock:
            return self._fresh(account_id, asked_s).values

    def sections(self, account_id: str = "") -> dict[str, str]:
        """The HTML of every section; raises NotHere."""
        asked_s = self._now()
        with self._lock:
            seen = self._fresh(account_id, asked_s)
            if not seen.sections:
                began_s = self._now()
                seen.sections = {
                    name: look.render(f"control/{name}.html", **seen.values) for name in SECTIONS
                }
                self._cost_s += self._now() - began_s
            return seen.sections

    def _fresh(self, account_id: str, asked_s: float) -> _Look:
        bench = self._panel.bench
        account_id = self._panel.account(account_id).id
        seen = self._looks.get(account_id)
        if seen is None:
            while len(self._looks) >= ACCOUNTS_MAX:
                del self._looks[next(iter(self._looks))]
            seen = self._looks[account_id] = _Look()
        if seen.began_s >= asked_s or seen.key == (bench.news.revision, bench.clock.now()):
            return seen
        time.sleep(max(0.0, min(APART_S_MAX, self._began_s + 2 * self._cost_s - self._now())))
        self._began_s = seen.began_s = self._now()
        seen.key = (bench.news.revision, bench.clock.now())
        seen.values, seen.sections = values_of(self._panel, account_id), {}
        self._cost_s = self._now() - self._began_s
        return seen
