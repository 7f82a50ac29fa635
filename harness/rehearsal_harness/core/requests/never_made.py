"""Lists of what cannot be made here: they are empty, and that is the truth.

Decides: which of Stripe's lists are answered although nothing on them is simulated.  Who copies an account
asks for each of them; their creation, and every other operation on them, stays refused by name.
Source: the list operations of https://docs.stripe.com/api of each kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..world import World
from .message import Json
from .operation import Call, Operation, operation
from .pages import PAGE_PARAMS
from .parameters import Choice, Flag, Kind, Span, Text, not_simulated

_CREATED: Mapping[str, Kind] = {"created": Span()}
_QUOTES = Choice("accepted canceled draft open")
_ACCOUNT = not_simulated("customer_account")
_LISTS: Mapping[str, Mapping[str, Kind]] = {
    "/v1/credit_notes": {**_CREATED, "customer": Text(), "invoice": Text(), **_ACCOUNT},
    "/v1/quotes": {"customer": Text(), "status": _QUOTES, "test_clock": Text(), **_ACCOUNT},
    "/v1/reviews": _CREATED,
    "/v1/subscription_schedules": {
        **_CREATED,
        "canceled_at": Span(),
        "completed_at": Span(),
        "customer": Text(),
        "released_at": Span(),
        "scheduled": Flag(),
        **_ACCOUNT,
    },
    "/v1/tax_rates": {**_CREATED, "active": Flag(), "inclusive": Flag()},
}


def _empty(url: str) -> Callable[[Call], tuple[World, Json]]:
    def answer(call: Call) -> tuple[World, Json]:
        return call.world, {"object": "list", "data": [], "has_more": False, "url": url}

    return answer


OPERATIONS: tuple[Operation, ...] = tuple(
    operation(f"GET {url}", _empty(url), {**PAGE_PARAMS, **params}) for url, params in _LISTS.items()
)
