"""Where events are delivered.

Source: the SDK type WebhookEndpoint of stripe-python 16.1.0; `secret` is shown by the create response only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """An endpoint receives the types in `enabled_events` ("*" is every type) while it is enabled."""

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

    def receives(self, event_type: str) -> bool:
        """Whether an event of this type is delivered here."""
        if self.deleted or self.status != "enabled":
            return False
        return event_type in self.enabled_events or "*" in self.enabled_events
