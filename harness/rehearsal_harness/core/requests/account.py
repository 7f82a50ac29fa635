"""The account itself: retrieve, by its own id too.

Source: https://docs.stripe.com/api/accounts/retrieve, of which only what a backend's start-up check reads is
simulated.
"""

from __future__ import annotations

from ..world import World
from . import refusal
from .message import Json
from .operation import Call, operation


def _retrieve(call: Call) -> tuple[World, Json]:
    account: Json = {
        "id": call.world.settings.account_id,
        "object": "account",
        "business_profile": None,
        "business_type": None,
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "settings": None,
        "type": "standard",
    }
    return call.world, account


def _by_id(call: Call) -> tuple[World, Json]:
    """Another account is Connect's business."""
    if call.object_id != call.world.settings.account_id:
        message = (
            f"The provided key does not have access to account '{call.object_id[:80]}' (or that account does "
            "not exist). Application access may have been revoked."
        )
        raise refusal.Refusal(403, refusal.INVALID_REQUEST, message, code="account_invalid")
    return _retrieve(call)


OPERATIONS = (operation("GET /v1/account", _retrieve), operation("GET /v1/accounts/:id", _by_id))
