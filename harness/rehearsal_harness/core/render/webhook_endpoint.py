"""A webhook endpoint as JSON.

Source: the type WebhookEndpoint of stripe-python 16.1.0; the secret is not in it.
"""

from __future__ import annotations

from typing import Any

from ..objects import WebhookEndpoint


def render_webhook_endpoint(endpoint: WebhookEndpoint, livemode: bool) -> dict[str, Any]:
    """The endpoint without its secret, which only the answer to its creation carries."""
    return {
        "id": endpoint.id,
        "object": "webhook_endpoint",
        "api_version": endpoint.api_version,
        "application": None,
        "created": endpoint.created,
        "description": endpoint.description,
        "enabled_events": list(endpoint.enabled_events),
        "livemode": livemode,
        "metadata": dict(endpoint.metadata),
        "status": endpoint.status,
        "url": endpoint.url,
    }
