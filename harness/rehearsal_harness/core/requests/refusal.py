"""Why the simulated Stripe says no, in Stripe's own error shape.

Decides: status, type, code and wording of each refusal; every message names the parameter it is about.
Does not know: which call is refused; the callers do.
Rule: https://docs.stripe.com/api/errors and https://docs.stripe.com/error-codes.  The code `not_simulated` is
ours: Stripe would have done it, this imitation cannot, and says so instead of pretending.
"""

from __future__ import annotations

from typing import Any

from .message import Json

INVALID_REQUEST = "invalid_request_error"
NOT_SIMULATED = "not_simulated"


class Refusal(Exception):
    """An error answer; `error` is the value of the body's only key."""

    def __init__(self, status: int, error_type: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error: Json = {"type": error_type, "message": message}
        self.error |= {name: value for name, value in details.items() if value is not None}
        code = details.get("code")
        if code is not None and code != NOT_SIMULATED:
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def invalid(message: str, param: str | None = None, code: str | None = None) -> Refusal:
    """400: the request cannot mean anything; a message that does not name the parameter is given its name."""
    if param is not None and param not in message:
        message = f"{message} (param: {param})"
    return Refusal(400, INVALID_REQUEST, message, code=code, param=param)


def unknown_parameters(params: list[str]) -> Refusal:
    """400: Stripe has no such parameter here."""
    plural = "s" if len(params) > 1 else ""
    return invalid(f"Received unknown parameter{plural}: {', '.join(params)}", params[0], "parameter_unknown")


def missing_parameter(param: str) -> Refusal:
    """400: a required parameter was not sent."""
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def not_simulated(param: str, value: str | None = None) -> Refusal:
    """400: Stripe knows this parameter, or this value of it; the simulated Stripe does not."""
    used = param if value is None else f"{param}={value[:40]}"
    return invalid(f"The simulated Stripe does not simulate {used}.", param, NOT_SIMULATED)


def operation_not_simulated(method: str, path: str) -> Refusal:
    """404: Stripe has a resource of that name, and the simulation does not do this with it."""
    message = (
        f"Unrecognized request URL ({method}: {path[:200]}). The simulated Stripe does not simulate this "
        "operation; `rehearse coverage` lists those it does."
    )
    return Refusal(404, INVALID_REQUEST, message, code=NOT_SIMULATED)


def unrecognized_url(method: str, path: str) -> Refusal:
    """404: Stripe has nothing there either, and says so in these words."""
    hint = ""
    if path.endswith("/"):
        hint = (
            " If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an "
            "object, make sure you passed a valid (non-empty) identifier in your code."
        )
    message = (
        f"Unrecognized request URL ({method}: {path[:200]}).{hint} Please see https://stripe.com/docs or we "
        "can help at https://support.stripe.com/."
    )
    return Refusal(404, INVALID_REQUEST, message)


def no_such(noun: str, object_id: str, param: str, *, in_path: bool) -> Refusal:
    """404 when the id stands in the path, 400 when it is a parameter."""
    message = f"No such {noun}: '{object_id}'"
    return Refusal(404 if in_path else 400, INVALID_REQUEST, message, code="resource_missing", param=param)


def unauthorized(message: str) -> Refusal:
    """401: no key, or not one of this account and mode."""
    return Refusal(401, INVALID_REQUEST, message)


def publishable_key() -> Refusal:
    """403: a key for browsers, which may not read or change anything here."""
    message = (
        "This API call cannot be made with a publishable API key. Please use a secret API key. You can find "
        "a list of your API keys at https://dashboard.stripe.com/account/apikeys."
    )
    return Refusal(403, INVALID_REQUEST, message, code="secret_key_required")


def reused_key(key: str, before: str, now: str) -> Refusal:
    """400: one idempotency key, two different requests: of two paths, or of other parameters."""
    used = "with the same parameters they were first used with."
    if before != now:
        used = f"for the same endpoint they were first used for ('{now}' vs '{before}')."
    message = (
        f"Keys for idempotent requests can only be used {used} "
        f"Try using a key other than '{key}' if you meant to execute a different request."
    )
    return Refusal(400, "idempotency_error", message)


def card_error(message: str, code: str, **details: Any) -> Refusal:
    """402: the bank did not give the money; details are decline_code, charge, payment_intent (the whole
    object)."""
    return Refusal(402, "card_error", message, code=code, **details)
