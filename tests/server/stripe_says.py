"""What Stripe would send and answer, small enough to read: events, signatures, and a stub of its API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

Json = dict[str, Any]

NOW = 1_780_272_000  # 2026-06-01T00:00:00Z
HOUR_S = 3_600
DAY_S = 86_400
MONTH_S = 30 * DAY_S
WEBHOOK_SECRET = "whsec_" + "0" * 32
METADATA = {"device_id": "device-1", "email": "ada@example.test"}


def event(
    event_id: str, type_: str, about: Json, created: int = NOW, previous: Json | None = None, **changes: Any
) -> Json:
    """A snapshot event in test mode."""
    data: Json = {"object": about}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": event_id,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": created,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_,
        **changes,
    }


def subscription(status: str = "active", **changes: Any) -> Json:
    """A subscription of Ada's."""
    item = {"id": "si_1", "object": "subscription_item", "current_period_end": NOW + MONTH_S}
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "status": status,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "ended_at": None,
        "items": {"object": "list", "data": [item]},
        "metadata": METADATA,
        **changes,
    }


def invoice(period_end: int = NOW + MONTH_S, **changes: Any) -> Json:
    """An invoice of Ada's subscription."""
    line = {"id": "il_1", "object": "line_item", "period": {"start": period_end - MONTH_S, "end": period_end}}
    details = {"subscription": "sub_1", "metadata": METADATA}
    return {
        "id": "in_1",
        "object": "invoice",
        "customer": "cus_1",
        "status": "open",
        "lines": {"object": "list", "data": [line], "has_more": False},
        "parent": {"type": "subscription_details", "subscription_details": details, "quote_details": None},
        **changes,
    }


def session(payment_status: str = "paid", **changes: Any) -> Json:
    """Ada's completed checkout session."""
    return {
        "id": "cs_test_1",
        "object": "checkout.session",
        "customer": "cus_1",
        "subscription": "sub_1",
        "mode": "subscription",
        "status": "complete",
        "payment_status": payment_status,
        "metadata": METADATA,
        **changes,
    }


def completed(event_id: str = "evt_completed", **changes: Any) -> Json:
    return event(event_id, "checkout.session.completed", session(), **changes)


def paid(event_id: str = "evt_paid", period_end: int = NOW + MONTH_S, **changes: Any) -> Json:
    return event(event_id, "invoice.paid", invoice(period_end, status="paid"), **changes)


def updated(event_id: str, after: Json, previous: Json, created: int = NOW) -> Json:
    return event(event_id, "customer.subscription.updated", after, created, previous)


def deleted(event_id: str = "evt_deleted", created: int = NOW) -> Json:
    about = subscription("canceled", ended_at=created)
    return event(event_id, "customer.subscription.deleted", about, created)


def signed(body: str, at: int = NOW, secret: str = WEBHOOK_SECRET) -> str:
    """The Stripe-Signature header for a body."""
    header: str = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return header


class StubStripe(stripe.HTTPClient):
    """Stands where the SDK sends its requests; `answers` maps "METHOD /path" to what is answered.

    An answer is (status, body), or a function of the sent parameters to one; `sent` lists every request.
    """

    name = "stub"

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Any] = {}
        self.sent: list[tuple[str, dict[str, str], Mapping[str, str]]] = []

    def request(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None, **_: Any
    ) -> tuple[str, int, dict[str, str]]:
        parts = urlsplit(url)
        parameters = dict(parse_qsl(parts.query or post_data or ""))
        operation = f"{method.upper()} {parts.path}"
        self.sent.append((operation, parameters, headers))
        if operation not in self.answers:
            raise stripe.APIConnectionError(f"nobody answers {operation}")
        answer = self.answers[operation]
        status, body = answer(parameters, headers) if isinstance(answer, Callable) else answer
        return json.dumps(body), status, {}

    def close(self) -> None:
        """There is nothing to close."""
