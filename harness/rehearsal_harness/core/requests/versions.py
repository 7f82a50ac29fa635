"""Which parameters an older API version took.

Decides: what a request pinned to an older version may say otherwise than the newest.  Does not know: how an
answer looks in that version (`render.versions`).
Rule: the parameter types of stripe-python 14.4.1, which is of 2026-02-25.clover, against those of 16.1.0;
https://docs.stripe.com/changelog/dahlia (the words of `ui_mode`) and
https://docs.stripe.com/changelog/endive (`payment_method_types` is no parameter any more).
"""

from __future__ import annotations

from collections.abc import Mapping

from ..world import API_VERSION, API_VERSIONS, CLOVER, World
from . import refusal
from .message import ApiRequest
from .operation import Operation
from .parameters import Choice, Hash, Kind, ListOf, Only

# version -> route -> parameter -> its kind then, or None where that version does not know it
_PARAMETERS: Mapping[str, Mapping[str, Mapping[str, Kind | None]]] = {
    CLOVER: {
        "POST /v1/checkout/sessions": {
            "ui_mode": Choice("hosted", "embedded custom"),
            "payment_method_types": ListOf(Only("card")),
            "allowed_payment_method_types": None,
            "integration_identifier": None,
            "managed_payments": None,
        },
    },
}


def version_of(world: World, request: ApiRequest) -> str:
    """The API version of a request: the one it names, or the account's; raises Refusal for an unknown one."""
    version = request.headers.get("stripe-version", world.settings.api_version)
    if version not in API_VERSIONS:
        known = " and ".join(reversed(API_VERSIONS))
        message = f"Stripe-Version: the simulated Stripe simulates {known} only, not '{version[:40]}'."
        raise refusal.invalid(message, None, refusal.NOT_SIMULATED)
    return version


def params_of(operation: Operation, version: str) -> Hash:
    """The parameters of the operation in that version."""
    differences = _PARAMETERS.get(version, {}).get(operation.route)
    if version == API_VERSION or differences is None:
        return operation.params
    fields = {name: kind for name, kind in {**operation.params.fields, **differences}.items() if kind}
    return Hash(fields, operation.params.required)
