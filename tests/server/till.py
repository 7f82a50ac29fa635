"""Stripe's till as a stub: what was asked for, and one session for one idempotency key."""

from __future__ import annotations

from typing import Any

from stripe_says import DAY_S, NOW


class Till:
    """Answers POST /v1/checkout/sessions; `asked` and `keys` are what came."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.keys: list[str] = []

    def __call__(self, sent: dict[str, str], headers: Any) -> tuple[int, dict[str, Any]]:
        self.asked.append(sent)
        key = headers["Idempotency-Key"]
        if key not in self.keys:
            self.keys.append(key)
        number = self.keys.index(key) + 1
        return 200, {
            "id": f"cs_test_{number}",
            "object": "checkout.session",
            "url": f"https://checkout.stripe.com/{number}",
            "expires_at": NOW + DAY_S,
        }
