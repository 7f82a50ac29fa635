"""Where events are delivered.

Source: the SDK type WebhookEndpoint of stripe-python 16.1.0; `secret` is shown by the create response only.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record


class WebhookEndpoint(Record, frozen=True, kw_only=True):
    """An endpoint receives the types in `enabled_events` ("*" is every type) while it is enabled.

    After its secret was rolled, `old_secret` signs too, before the unix second `old_secret_until`.
    """

    OBJECT: ClassVar[str] = "webhook_endpoint"

    id: str
    created: int
    url: str
    enabled_events: tuple[str, ...]
    secret: str
    status: str = "enabled"
    api_version: str | None = None
    description: str | None = None
    deleted: bool = False
    metadata: tuple[tuple[str, str], ...] = ()
    old_secret: str | None = None
    old_secret_until: int = 0

    def secrets_at(self, now: int) -> tuple[str, ...]:
        """The secrets that sign at `now`, the newest first."""
        return (
            (self.secret, self.old_secret)
            if self.old_secret and now < self.old_secret_until
            else (self.secret,)
        )

    def receives(self, event_type: str) -> bool:
        """Whether an event of this type is delivered here."""
        if self.deleted or self.status != "enabled":
            return False
        return event_type in self.enabled_events or "*" in self.enabled_events
