"""The part of a desktop that a rehearsal follows: a device id, what it caches, and the features that opens.

Decides: what a desktop does between two answers of the backend: it trusts the cached licence until that
expires, and no longer; a failure changes nothing that is cached.  Does not know the backend's rules, nor how
it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .time_seen import Seen

NEVER_LOOKED = Seen()


class Device(NamedTuple):
    """One installed desktop app; `name` is its device id.

    `token` and `expires_at` (unix seconds) are the cached licence, `active` what it says; `status` and `code`
    are the last answer, for whatever it was asked.  `seen` is the latest instant it knows.  `clock_error_s`:
    what the machine's clock shows, less the time; only a story knows that.
    """

    name: str
    token: str = ""
    expires_at: int = 0
    active: bool = False
    status: int = 0
    code: str = ""
    seen: Seen = NEVER_LOOKED
    clock_error_s: int = 0

    def answered(self, status: int, code: str) -> Device:
        """The device after an answer that brings no licence."""
        return self._replace(status=status, code=code)

    def licensed(self, status: int, code: str, body: Mapping[str, Any]) -> Device:
        """The device after it asked for its licence: a refusal or a failure leaves the cache as it is."""
        if not 200 <= status < 300:
            return self.answered(status, code)
        return self._replace(
            token=str(body.get("deviceAccessToken") or ""),
            expires_at=int(body.get("expiresAt") or 0),
            active=bool(body.get("active")),
            status=status,
            code=code,
        )

    def clock_set_back(self, by_s: int, at: int) -> Device:
        """The device after its owner set the clock back at the instant `at`, while the app was running."""
        shown = at + self.clock_error_s
        seen = self.seen.at(shown).at(shown - by_s)
        return self._replace(seen=seen, clock_error_s=self.clock_error_s - by_s)

    def open_features(self, gated: tuple[str, ...], at: int) -> tuple[str, ...]:
        """Which of the paid features work at `at`, online or not: all of them, or none."""
        return gated if self.active and self.seen.at(at + self.clock_error_s).time < self.expires_at else ()
