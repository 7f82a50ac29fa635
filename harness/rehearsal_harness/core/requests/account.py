"""The account itself: retrieve.

Source: https://docs.stripe.com/api/accounts/retrieve, of which only what a backend's start-up check reads is
simulated.
"""

from __future__ import annotations

from ..world import World
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


OPERATIONS = (operation("GET /v1/account", _retrieve),)
