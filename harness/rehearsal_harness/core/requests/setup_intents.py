"""Setup intents: create, retrieve, update, confirm, cancel, list.

Source: https://docs.stripe.com/api/setup_intents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..billing import setup_intent as billing
from ..change import Change
from ..objects import Customer, PaymentMethod, SetupIntent
from ..objects.payment import IntentOptions
from ..render.intents import client_secret, error_body
from ..world import World
from . import refusal
from .intent_parameters import AUTOMATIC, GONE, MANDATE, METHODS, RETURN_URL, method_of, options_of
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .owned import of_customer
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Choice, Flag, Kind, Only, Span, Text, harmless, not_simulated

_USAGE = Choice("off_session on_session")
_CONFIRMING: Mapping[str, Kind] = {
    **MANDATE,
    "return_url": RETURN_URL,
    **harmless("use_stripe_sdk"),
    **not_simulated("confirmation_token"),
}
_UPDATE: Mapping[str, Kind] = {
    **METHODS,
    "attach_to_self": Only("false"),
    "customer": Text(),
    "description": Text(clearable=True),
    "metadata": Metadata(),
    **not_simulated("customer_account flow_directions payment_method_configuration"),
}
_CREATE: Mapping[str, Kind] = {
    **_UPDATE,
    **_CONFIRMING,
    "automatic_payment_methods": AUTOMATIC,
    "confirm": Flag(),
    "usage": _USAGE,
    **not_simulated("on_behalf_of single_use"),
}
_CONFIRM: Mapping[str, Kind] = {
    **{name: kind for name, kind in METHODS.items() if name != "excluded_payment_method_types"},
    **_CONFIRMING,
}
_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "attach_to_self": Only("false"),
    "created": Span(),
    "customer": Text(),
    "payment_method": Text(),
    **not_simulated("customer_account"),
}
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def _options(params: Any, method: PaymentMethod | None, old: IntentOptions) -> IntentOptions:
    return replace(old, **given(params, "return_url"), **options_of(params, method, old))


def _create(call: Call) -> tuple[World, Json | refusal.Refusal]:
    params = call.params
    confirms = params.get("confirm", False)
    customer = params.get("customer")
    if customer is not None:
        call.named(Customer, customer, "customer")
    if "return_url" in params and not confirms:
        message = (
            "The parameter return_url cannot be passed when creating a SetupIntent unless confirm is set to "
            "true."
        )
        raise refusal.invalid(message, "return_url")
    change = call.change()
    method = method_of(call, change, customer, "SetupIntent")
    automatic = IntentOptions(automatic=None if "payment_method_types" in params else "always")
    intent = SetupIntent(
        id=change.new_id("seti", call.new_key(SetupIntent)),
        created=change.now,
        status="",
        customer=customer,
        payment_method=method.id if method and not confirms else None,
        options=_options(params, method, automatic),
        metadata=metadata_of(params),
        **given(params, "usage description"),
    )
    intent = billing.create(change, intent)
    if not confirms:
        return change.done(), shown(call.world, intent)
    return _confirmed(change, intent, method)


def _confirmed(
    change: Change, intent: SetupIntent, method: PaymentMethod | None
) -> tuple[World, Json | refusal.Refusal]:
    """The answer after a try; a refusal that is returned leaves what was written."""
    if method is None:
        message = (
            "You cannot confirm this SetupIntent because it's missing a payment method. Update the "
            "SetupIntent with a payment method and then confirm it again."
        )
        raise refusal.invalid(message, code="setup_intent_unexpected_state")
    after = billing.confirm(change, intent, method)
    world = change.done()
    body = shown(world, after)
    if after.error is None or after.status != "requires_payment_method":
        return world, body
    details = error_body(after.error, world.settings.livemode)
    for name in ("type", "message", "doc_url"):
        details.pop(name, None)
    return world, refusal.card_error(after.error.message, details.pop("code"), **details, setup_intent=body)


def _retrieve(call: Call) -> tuple[World, Json]:
    intent = call.target(SetupIntent)
    if call.params.get("client_secret", client_secret(intent)) != client_secret(intent):
        message = (
            "The client_secret provided does not match the client_secret associated with the SetupIntent."
        )
        raise refusal.invalid(message, "client_secret")
    return call.world, shown(call.world, intent)


def _check_open(intent: SetupIntent, verb: str) -> None:
    if intent.status not in _OPEN:
        message = (
            f"You cannot {verb} this SetupIntent because it has already {_END[intent.status]}: its status is "
            f"{intent.status}."
        )
        raise refusal.invalid(message, code="setup_intent_unexpected_state")


_END = {"succeeded": "succeeded", "canceled": "been canceled"}


def _update(call: Call) -> tuple[World, Json]:
    before, params = call.target(SetupIntent), call.params
    if set(params) - {"metadata", "description", "expand"}:
        _check_open(before, "update")
    if "customer" in params:
        call.named(Customer, params["customer"], "customer")
    change = call.change()
    customer = params.get("customer", before.customer)
    method = method_of(call, change, customer, "SetupIntent")
    after = replace(
        before,
        customer=customer,
        metadata=metadata_of(params, before.metadata),
        options=None if before.options is None else _options(params, method, before.options),
        **given(params, "description"),
    )
    if method is not None:
        after = billing.give_method(change, after, method)
    elif after != before:
        change.put(after)
    return change.done(), shown(call.world, after)


def _confirm(call: Call) -> tuple[World, Json | refusal.Refusal]:
    before = call.target(SetupIntent)
    _check_open(before, "confirm")
    change = call.change()
    method = method_of(call, change, before.customer, "SetupIntent")
    if method is None and before.payment_method is not None:
        method = change.get(PaymentMethod, before.payment_method)
    if before.status == "requires_action" and method is not None and method.id == before.payment_method:
        return call.world, shown(call.world, before)
    options = _options(call.params, method, before.options or IntentOptions())
    return _confirmed(change, replace(before, options=options), method)


def _cancel(call: Call) -> tuple[World, Json]:
    before = call.target(SetupIntent)
    _check_open(before, "cancel")
    change = call.change()
    after = billing.cancel(change, before, call.params.get("cancellation_reason"))
    return change.done(), shown(call.world, after)


def _list(call: Call) -> tuple[World, Json]:
    def keep(intent: SetupIntent) -> bool:
        wanted = matches(call.params, customer=intent.customer, payment_method=intent.payment_method)
        return wanted and inside(call.params.get("created"), intent.created)

    customer, intents = call.params.get("customer"), call.world.setup_intents
    rows = intents if customer is None else of_customer(call.world, SetupIntent, customer)
    return call.world, listed(call, "/v1/setup_intents", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/setup_intents", _create, _CREATE, gone=GONE),
    operation("GET /v1/setup_intents", _list, _LIST),
    operation("GET /v1/setup_intents/:id", _retrieve, {"client_secret": Text()}),
    operation("POST /v1/setup_intents/:id", _update, _UPDATE, gone=GONE),
    operation("POST /v1/setup_intents/:id/confirm", _confirm, _CONFIRM),
    operation(
        "POST /v1/setup_intents/:id/cancel",
        _cancel,
        {"cancellation_reason": Choice("abandoned duplicate requested_by_customer")},
    ),
)
