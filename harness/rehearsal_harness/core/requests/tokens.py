"""Tokens: create one for a card, retrieve it.

Source: https://docs.stripe.com/api/tokens; the shared ones (`tok_visa`) are nobody's objects and are never
used up.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..objects import Token
from ..world import World
from . import refusal
from .message import Json
from .operation import Call, given, operation, shown
from .parameters import Hash, Kind, Text, harmless, not_simulated
from .payment_method_parameters import EXPIRY, card_of_number

_LINES = "address_city address_country address_line1 address_line2 address_state address_zip"
_CREATE: Mapping[str, Kind] = {
    "card": Hash(
        {
            **EXPIRY,
            "cvc": Text(most=4),
            "name": Text(),
            "number": Text(),
            **harmless(f"{_LINES} networks"),
            **not_simulated("currency"),
        },
        required=("exp_month", "exp_year", "number"),
    ),
    **not_simulated("account bank_account customer cvc_update person pii"),
}


def _create(call: Call) -> tuple[World, Json]:
    if "card" not in call.params:
        raise refusal.missing_parameter("card")
    details = call.params["card"]
    card, expiry = card_of_number(details, "card")
    change = call.change()
    token = change.create(
        Token(
            id=change.new_id("tok", call.new_key(Token)),
            created=change.now,
            card=card,
            **expiry,
            **given(details, "name"),
        )
    )
    return change.done(), shown(call.world, token)


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Token))


OPERATIONS = (
    operation("POST /v1/tokens", _create, _CREATE),
    operation("GET /v1/tokens/:id", _retrieve),
)
