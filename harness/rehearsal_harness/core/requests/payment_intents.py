"""Payment intents: create, retrieve, update, confirm, capture, cancel, list.

Source: https://docs.stripe.com/api/payment_intents and https://docs.stripe.com/error-codes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..billing import declines
from ..billing import payment_intent as billing
from ..change import Change
from ..objects import Customer, PaymentIntent, PaymentMethod
from ..objects.payment import IntentOptions, PaymentDetails
from ..render.intents import client_secret, error_body
from ..world import World
from . import refusal
from .contact_parameters import shipping_of
from .intent_parameters import GONE, method_of, options_of, wrong_type
from .message import Json
from .operation import Call, given, metadata_of, operation, shown
from .owned import of_customer
from .pages import inside, listed, matches
from .payment_intent_parameters import (
    CANCEL,
    CAPTURE,
    CONFIRM,
    CREATE,
    LIST,
    RETRIEVE,
    UPDATE,
    check_amount,
    check_confirmation,
    check_return_url,
    currency_of,
)

_DETAILS = "description receipt_email statement_descriptor statement_descriptor_suffix transfer_group"
_OPTIONS = "capture_method confirmation_method setup_future_usage return_url"
_CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_CANCELABLE = (*_CONFIRMABLE, "requires_capture", "processing")


def _details(params: Any, old: PaymentDetails) -> PaymentDetails:
    changed = given(params, _DETAILS)
    if "shipping" in params:
        changed["shipping"] = shipping_of(params["shipping"])
    return replace(old, **changed)


def _options(params: Any, method: PaymentMethod | None, old: IntentOptions) -> IntentOptions:
    return replace(old, **given(params, _OPTIONS), **options_of(params, method, old))


def _create(call: Call) -> tuple[World, Json | refusal.Refusal]:
    params = call.params
    currency = currency_of(params["currency"])
    check_amount(params["amount"], currency)
    confirms = params.get("confirm", False)
    check_confirmation(params, confirms=confirms)
    customer = params.get("customer")
    if customer is not None:
        call.named(Customer, customer, "customer")
    change = call.change()
    method = method_of(call, change, customer, "PaymentIntent")
    automatic = IntentOptions(automatic=None if "payment_method_types" in params else "always")
    intent = PaymentIntent(
        id=change.new_id("pi", call.new_key(PaymentIntent)),
        created=change.now,
        amount=params["amount"],
        currency=currency,
        status="",
        customer=customer,
        payment_method=method.id if method and not confirms else None,
        metadata=metadata_of(params),
        options=_options(params, method, automatic),
        details=_details(params, PaymentDetails()),
    )
    check_return_url(params, confirms=confirms)
    intent = billing.create(change, intent)
    if not confirms:
        return change.done(), shown(call.world, intent)
    return _confirmed(call, change, intent, method)


def _confirmed(
    call: Call, change: Change, intent: PaymentIntent, method: PaymentMethod | None
) -> tuple[World, Json | refusal.Refusal]:
    """The answer after a try; a refusal that is returned leaves what was written."""
    if method is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either "
            "update the PaymentIntent with a payment method and then confirm it again, or confirm it again "
            "directly with a payment method or ConfirmationToken."
        )
        raise refusal.invalid(message, code="payment_intent_unexpected_state")
    after = billing.confirm(
        change,
        intent,
        method,
        off_session=call.params.get("off_session", False),
        refuses_action=call.params.get("error_on_requires_action", False),
    )
    world = change.done()
    return world, _answered(world, after)


def _answered(world: World, intent: PaymentIntent) -> Json | refusal.Refusal:
    """The intent, or why it was not paid, with the intent inside."""
    body = shown(world, intent)
    if intent.status != "requires_payment_method" or intent.error is None:
        return body
    details = error_body(intent.error, world.settings.livemode)
    for name in ("type", "message", "doc_url"):
        details.pop(name, None)
    return refusal.card_error(intent.error.message, details.pop("code"), **details, payment_intent=body)


def _retrieve(call: Call) -> tuple[World, Json]:
    intent = call.target(PaymentIntent)
    if call.params.get("client_secret", client_secret(intent)) != client_secret(intent):
        message = (
            "The client_secret provided does not match the client_secret associated with the PaymentIntent."
        )
        raise refusal.invalid(message, "client_secret", "payment_intent_invalid_parameter")
    return call.world, shown(call.world, intent)


def _unexpected(verb: str, intent: PaymentIntent, allowed: tuple[str, ...]) -> refusal.Refusal:
    message = (
        f"You cannot {verb} this PaymentIntent because it has a status of {intent.status}. Only a "
        f"PaymentIntent with one of the following statuses may be {_PARTICIPLES[verb]}: {', '.join(allowed)}."
    )
    return refusal.invalid(message, code="payment_intent_unexpected_state")


_PARTICIPLES = {"cancel": "canceled", "capture": "captured", "confirm": "confirmed"}
_FIXED = ("amount", "currency", "customer", "payment_method", "payment_method_data", "setup_future_usage")


def _update(call: Call) -> tuple[World, Json]:
    before, params = call.target(PaymentIntent), call.params
    if before.status not in _CONFIRMABLE:
        for name in _FIXED:
            if name in params:
                message = (
                    f"This PaymentIntent's {name} could not be updated because it has a status of "
                    f"{before.status}. You may only update the {name} of a PaymentIntent with one of the "
                    f"following statuses: {', '.join(_CONFIRMABLE)}."
                )
                raise refusal.invalid(message, name, "payment_intent_unexpected_state")
    if "customer" in params:
        call.named(Customer, params["customer"], "customer")
    change = call.change()
    customer = params.get("customer", before.customer)
    method = method_of(call, change, customer, "PaymentIntent")
    changed = given(params, "amount")
    if "currency" in params:
        changed["currency"] = currency_of(params["currency"])
    after = replace(
        before,
        customer=customer,
        metadata=metadata_of(params, before.metadata),
        options=None if before.options is None else _options(params, method, before.options),
        details=_details(params, before.details),
        **changed,
    )
    check_amount(after.amount, after.currency)
    if method is not None:
        after = billing.give_method(change, after, method)
    elif after != before:
        change.put(after)
    return change.done(), shown(call.world, after)


def _confirm(call: Call) -> tuple[World, Json | refusal.Refusal]:
    before, params = call.target(PaymentIntent), call.params
    if before.status not in _CONFIRMABLE:
        raise _unexpected("confirm", before, _CONFIRMABLE)
    change = call.change()
    method = method_of(call, change, before.customer, "PaymentIntent")
    if method is None and before.payment_method is not None:
        method = change.get(PaymentMethod, before.payment_method)
    if before.options is None:
        return _pay_invoice(call, before, method)
    if before.status == "requires_action" and method is not None and method.id == before.payment_method:
        return call.world, shown(call.world, before)
    after = replace(
        before,
        options=_options(params, method, before.options),
        details=_details(params, before.details),
    )
    if method is not None and after.options is not None and _is_foreign(method, after.options):
        raise wrong_type(method, after.options.types)
    return _confirmed(call, change, after, method)


def _is_foreign(method: PaymentMethod, options: IntentOptions) -> bool:
    return options.automatic is None and declines.type_of(method) not in options.types


def _pay_invoice(
    call: Call, intent: PaymentIntent, method: PaymentMethod | None
) -> tuple[World, Json | refusal.Refusal]:
    """The payment of an invoice, as a page makes it with the client secret."""
    if intent.invoice is None or method is None:
        raise refusal.not_simulated("confirming the PaymentIntent of a checkout session")
    change = call.change()
    after = billing.confirm_invoice(change, intent, method)
    world = change.done()
    if after.status == "requires_payment_method":
        declined = replace(after, error=declines.refused(method, None, after.latest_charge))
        return world, _answered(world, declined)
    return world, shown(world, after)


def _capture(call: Call) -> tuple[World, Json]:
    before = call.target(PaymentIntent)
    if before.status != "requires_capture":
        raise _unexpected("capture", before, ("requires_capture",))
    amount = call.params.get("amount_to_capture", before.amount_capturable)
    if amount > before.amount_capturable:
        message = (
            f"The amount to capture ({amount}) is greater than the amount that can be captured "
            f"({before.amount_capturable})."
        )
        raise refusal.invalid(message, "amount_to_capture", "amount_too_large")
    change = call.change()
    described = replace(
        before,
        metadata=metadata_of(call.params, before.metadata),
        details=_details(call.params, before.details),
    )
    after = billing.capture(change, described, amount)
    return change.done(), shown(call.world, after)


def _cancel(call: Call) -> tuple[World, Json]:
    before = call.target(PaymentIntent)
    if before.invoice is not None:
        message = (
            "You cannot cancel this PaymentIntent because it belongs to an invoice. Void the invoice instead."
        )
        raise refusal.invalid(message, code="payment_intent_unexpected_state")
    if before.status not in _CANCELABLE:
        raise _unexpected("cancel", before, _CANCELABLE)
    change = call.change()
    after = billing.cancel(change, before, call.params.get("cancellation_reason"))
    return change.done(), shown(call.world, after)


def _list(call: Call) -> tuple[World, Json]:
    def keep(intent: PaymentIntent) -> bool:
        wanted = matches(call.params, customer=intent.customer)
        return wanted and inside(call.params.get("created"), intent.created)

    customer, intents = call.params.get("customer"), call.world.payment_intents
    rows = intents if customer is None else of_customer(call.world, PaymentIntent, customer)
    return call.world, listed(call, "/v1/payment_intents", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/payment_intents", _create, CREATE, required="amount currency", gone=GONE),
    operation("GET /v1/payment_intents", _list, LIST),
    operation("GET /v1/payment_intents/:id", _retrieve, RETRIEVE),
    operation("POST /v1/payment_intents/:id", _update, UPDATE, gone=GONE),
    operation("POST /v1/payment_intents/:id/confirm", _confirm, CONFIRM, gone=GONE),
    operation("POST /v1/payment_intents/:id/capture", _capture, CAPTURE),
    operation("POST /v1/payment_intents/:id/cancel", _cancel, CANCEL),
)
