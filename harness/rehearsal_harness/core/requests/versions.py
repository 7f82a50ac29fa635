"""Which parameters an older API version took.

Decides: what a request pinned to an older version may say otherwise than the newest.  Does not know: how an
answer looks in that version (`render.versions`).
Rule: the parameter types of stripe-python 14.4.1, which is of 2026-02-25.clover, against those of 16.1.0;
https://docs.stripe.com/changelog/dahlia (the words of `ui_mode`) and
https://docs.stripe.com/changelog/endive (`payment_method_types` is no parameter any more).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..api_versions import DAHLIA_FIRST, ENDIVE_FIRST, KNOWN, SHAPES, not_known, shape_of
from ..world import World
from . import refusal
from .message import ApiRequest
from .operation import Operation
from .parameters import Choice, Hash, Kind, ListOf, Only

# The version that changed them -> route -> parameter -> its kind before, or None where it was not known
_BEFORE: Mapping[str, Mapping[str, Mapping[str, Kind | None]]] = {
    ENDIVE_FIRST: {
        "POST /v1/checkout/sessions": {
            "payment_method_types": ListOf(Only("card")),
            "allowed_payment_method_types": None,
        },
    },
    DAHLIA_FIRST: {
        "POST /v1/checkout/sessions": {
            "ui_mode": Choice("hosted", "embedded custom"),
            "integration_identifier": None,
            "managed_payments": None,
        },
    },
}


def version_of(world: World, request: ApiRequest) -> str:
    """The API version of a request: the one it names, or the account's; raises Refusal for an unknown one."""
    version = request.headers.get("stripe-version") or world.settings.api_version
    if version not in KNOWN:
        message = f"Invalid Stripe-Version: {not_known(version)}."
        raise refusal.invalid(message, None, refusal.NOT_SIMULATED)
    return version


def params_of(operation: Operation, version: str) -> Hash:
    """The parameters of the operation in that version."""
    shape = shape_of(version)
    return operation.params if shape == ENDIVE_FIRST else _params_of(operation, shape)


@cache
def _params_of(operation: Operation, shape: str) -> Hash:
    fields: dict[str, Kind | None] = dict(operation.params.fields)
    for version in reversed(SHAPES):
        if version > shape:
            fields |= _BEFORE.get(version, {}).get(operation.route, {})
    known = {name: kind for name, kind in fields.items() if kind is not None}
    return Hash(known, operation.params.required)
