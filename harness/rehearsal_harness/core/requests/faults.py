"""Failures of Stripe's own, around the handler and not in it.

Decides: what a backend sees when Stripe fails, and whether Stripe did the work all the same.
Does not know: how a missing answer looks on a wire, or how long a slow one is waited for
(`rehearsal_harness.stripe_api`).
Rule: https://docs.stripe.com/error-low-level (a 500 says nothing about what was done) and
https://docs.stripe.com/rate-limits (429 lock_timeout: the object is in use; a 429 of the rate limiter names
its reason in a header).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ..world import World
from .handler import handle
from .message import ApiRequest, ApiResponse


class ApiFaultKind(StrEnum):
    """What goes wrong.  Only with `answer_lost` and `slow` has Stripe done what was asked."""

    SERVER_ERROR = "server_error"
    LOCK_TIMEOUT = "lock_timeout"
    RATE_LIMIT = "rate_limit"
    CONNECTION_ERROR = "connection_error"
    ANSWER_LOST = "answer_lost"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class ApiFault:
    """A failure for the next `times` requests of `method` (GET, POST, DELETE; any if it is "") whose path
    begins with `path`; `delay_s` is how late a slow answer comes."""

    kind: ApiFaultKind
    method: str = ""
    path: str = ""
    times: int = 1
    delay_s: float = 0.0

    def strikes(self, request: ApiRequest) -> bool:
        """Whether it is this request that fails."""
        return self.method in ("", request.method) and request.path.startswith(self.path)

    def spent(self) -> ApiFault | None:
        """What is left of it after it struck."""
        return replace(self, times=self.times - 1) if self.times > 1 else None


def handle_with(fault: ApiFault, world: World, request: ApiRequest) -> tuple[World, ApiResponse | None]:
    """`handle` while `fault` strikes; None is an answer that never comes."""
    match fault.kind:
        case ApiFaultKind.SERVER_ERROR:
            return world, _failed(500, "api_error", "An unknown error occurred.")
        case ApiFaultKind.LOCK_TIMEOUT:
            message = (
                "This object cannot be accessed right now because another API request or Stripe process is "
                "currently accessing it."
            )
            headers = {"Stripe-Should-Retry": "true"}
            return world, _failed(429, "invalid_request_error", message, "lock_timeout", headers)
        case ApiFaultKind.RATE_LIMIT:
            message = (
                "Request rate limit exceeded. Learn more about rate limits here "
                "https://stripe.com/docs/rate-limits."
            )
            headers = {"Stripe-Rate-Limited-Reason": "global-rate"}
            return world, _failed(429, "invalid_request_error", message, "rate_limit", headers)
        case ApiFaultKind.CONNECTION_ERROR:
            return world, None
        case ApiFaultKind.ANSWER_LOST:
            return handle(world, request)[0], None
        case ApiFaultKind.SLOW:
            return handle(world, request)


def _failed(
    status: int, kind: str, message: str, code: str = "", headers: dict[str, str] | None = None
) -> ApiResponse:
    error = {"type": kind, "message": message} | ({"code": code} if code else {})
    return ApiResponse(status=status, body={"error": error}, headers=headers or {})
