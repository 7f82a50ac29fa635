"""A minimal desktop client: a device id, the licence it caches, and the features that licence opens.

Decides: what a desktop does between two answers of the backend: it trusts the cached licence until that
expires, and no longer.  Does not know the backend's rules, nor how it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Device(NamedTuple):
    """One installed desktop app; `name` is its device id.

    `token` and `expires_at` (unix seconds) are the cached licence, `active` what it says; `status` and `code`
    are the last answer, for whatever it was asked.
    """

    name: str
    token: str = ""
    expires_at: int = 0
    active: bool = False
    status: int = 0
    code: str = ""

    def answered(self, status: int, code: str) -> Device:
        """The device after an answer that brings no licence."""
        return self._replace(status=status, code=code)

    def licensed(self, status: int, code: str, body: Mapping[str, Any]) -> Device:
        """The device after it asked for its licence: a refusal or a failure leaves the cache as it is."""
        if not 200 <= status < 300:
            return self.answered(status, code)
        return Device(
            name=self.name,
            token=str(body.get("deviceAccessToken") or ""),
            expires_at=int(body.get("expiresAt") or 0),
            active=bool(body.get("active")),
            status=status,
            code=code,
        )

    def open_features(self, gated: tuple[str, ...], at: int) -> tuple[str, ...]:
        """Which of the paid features work at `at`, online or not: all of them, or none."""
        return gated if self.active and at < self.expires_at else ()
