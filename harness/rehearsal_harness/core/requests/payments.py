"""Payment intents, charges and payment methods: read only.

Source: https://docs.stripe.com/api/payment_intents.  They come to be when a customer pays; what a backend
would make itself is not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..objects import Charge, PaymentIntent, PaymentMethod, StripeObject
from ..world import World
from .message import Json
from .operation import Call, Run, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Kind, Only, Span, Text, not_simulated

_LIST_METHODS: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "customer": Text(),
    "type": Only("card"),
    **not_simulated("customer_account allow_redisplay"),
}


_LIST_CHARGES: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "customer": Text(),
    "payment_intent": Text(),
    **not_simulated("transfer_group"),
}
_LIST_INTENTS: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "customer": Text(),
    **not_simulated("customer_account"),
}


def _retrieve(kind: type[StripeObject]) -> Run:
    def run(call: Call) -> tuple[World, Json]:
        return call.world, shown(call.world, call.target(kind))

    return run


def _list_methods(call: Call) -> tuple[World, Json]:
    def keep(method: PaymentMethod) -> bool:
        return matches(call.params, customer=method.customer)

    rows = call.world.payment_methods.newest_first()
    return call.world, listed(call, "/v1/payment_methods", rows, lambda row: shown(call.world, row), keep)


def _list_charges(call: Call) -> tuple[World, Json]:
    def keep(charge: Charge) -> bool:
        wanted = matches(call.params, customer=charge.customer, payment_intent=charge.payment_intent)
        return wanted and inside(call.params.get("created"), charge.created)

    rows = call.world.charges.newest_first()
    return call.world, listed(call, "/v1/charges", rows, lambda row: shown(call.world, row), keep)


def _list_intents(call: Call) -> tuple[World, Json]:
    def keep(intent: PaymentIntent) -> bool:
        wanted = matches(call.params, customer=intent.customer)
        return wanted and inside(call.params.get("created"), intent.created)

    rows = call.world.payment_intents.newest_first()
    return call.world, listed(call, "/v1/payment_intents", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("GET /v1/charges", _list_charges, _LIST_CHARGES),
    operation("GET /v1/charges/:id", _retrieve(Charge)),
    operation("GET /v1/payment_intents", _list_intents, _LIST_INTENTS),
    operation("GET /v1/payment_intents/:id", _retrieve(PaymentIntent)),
    operation("GET /v1/payment_methods", _list_methods, _LIST_METHODS, required="customer"),
    operation("GET /v1/payment_methods/:id", _retrieve(PaymentMethod)),
)
