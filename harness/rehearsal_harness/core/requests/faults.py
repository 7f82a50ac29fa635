"""Failures of Stripe's own, around the handler and not in it.

Decides: what a backend sees when Stripe fails, and whether Stripe did the work all the same.
Does not know: how a missing answer looks on a wire (`rehearsal_harness.stripe_api`).
Rule: https://docs.stripe.com/error-low-level (a 500 says nothing about what was done) and
https://docs.stripe.com/rate-limits (429 lock_timeout: the object is in use).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..world import World
from .handler import handle
from .message import ApiRequest, ApiResponse


class ApiFaultKind(StrEnum):
    """What goes wrong.  Only with `answer_lost` has Stripe done what was asked."""

    SERVER_ERROR = "server_error"
    LOCK_TIMEOUT = "lock_timeout"
    CONNECTION_ERROR = "connection_error"
    ANSWER_LOST = "answer_lost"


@dataclass(frozen=True, slots=True)
class ApiFault:
    """One failure for the next request of `method` (GET, POST, DELETE), or of any method if it is ""."""

    kind: ApiFaultKind
    method: str = ""

    def strikes(self, request: ApiRequest) -> bool:
        """Whether it is this request that fails."""
        return self.method in ("", request.method)


def handle_with(fault: ApiFault, world: World, request: ApiRequest) -> tuple[World, ApiResponse | None]:
    """`handle` while `fault` strikes; None is an answer that never comes."""
    match fault.kind:
        case ApiFaultKind.SERVER_ERROR:
            error = {"type": "api_error", "message": "An unknown error occurred."}
            return world, ApiResponse(status=500, body={"error": error}, headers={})
        case ApiFaultKind.LOCK_TIMEOUT:
            message = (
                "This object cannot be accessed right now because another API request or Stripe process is "
                "currently accessing it."
            )
            error = {"type": "invalid_request_error", "code": "lock_timeout", "message": message}
            return world, ApiResponse(
                status=429, body={"error": error}, headers={"Stripe-Should-Retry": "true"}
            )
        case ApiFaultKind.CONNECTION_ERROR:
            return world, None
        case ApiFaultKind.ANSWER_LOST:
            return handle(world, request)[0], None
