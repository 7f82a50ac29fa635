"""Charges: create in the old way, retrieve, update, capture, list.

Source: https://docs.stripe.com/api/charges; since 2017 payment intents make them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..billing import charge as billing
from ..change import Change
from ..objects import Charge, Customer, Source
from ..objects.payment import PaymentDetails
from ..world import World
from . import refusal
from .contact_parameters import SHIPPING, shipping_of
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .owned import of_customer
from .pages import PAGE_PARAMS, inside, listed, matches, rows_of
from .parameters import Email, Flag, Kind, Span, Text, Whole, harmless, not_simulated
from .payment_method_parameters import SourceOrCard, card_of_source

_DETAILS = "description receipt_email statement_descriptor statement_descriptor_suffix transfer_group"
_CREATE: Mapping[str, Kind] = {
    "amount": Whole(least=1, most=99_999_999),
    "capture": Flag(),
    "currency": Text(),
    "customer": Text(),
    "description": Text(clearable=True),
    "metadata": Metadata(),
    "receipt_email": Email(),
    "shipping": SHIPPING,
    "source": SourceOrCard(),
    "statement_descriptor": Text(most=22),
    "statement_descriptor_suffix": Text(most=22),
    "transfer_group": Text(),
    **harmless("radar_options"),
    **not_simulated("application_fee application_fee_amount destination on_behalf_of transfer_data"),
}
_UPDATE: Mapping[str, Kind] = {
    "customer": Text(),
    "description": Text(clearable=True),
    "metadata": Metadata(),
    "receipt_email": Email(),
    "shipping": SHIPPING,
    "transfer_group": Text(),
    **not_simulated("fraud_details"),
}
_CAPTURE: Mapping[str, Kind] = {
    "amount": Whole(least=1),
    "receipt_email": Email(),
    "statement_descriptor": Text(most=22),
    "statement_descriptor_suffix": Text(most=22),
    "transfer_group": Text(),
    **not_simulated("application_fee application_fee_amount transfer_data"),
}
_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "customer": Text(),
    "payment_intent": Text(),
    "transfer_group": Text(),
}


def _details(params: Mapping[str, Any], old: PaymentDetails) -> PaymentDetails:
    changed = given(params, _DETAILS)
    if "shipping" in params:
        changed["shipping"] = shipping_of(params["shipping"])
    return replace(old, **changed)


def _create(call: Call) -> tuple[World, Json | refusal.Refusal]:
    params = call.params
    for name in ("amount", "currency"):
        if name not in params:
            raise refusal.missing_parameter(name)
    change = call.change()
    source = _source(call, change)
    charge = Charge(
        id=change.new_id("ch", call.new_key(Charge)),
        created=change.now,
        amount=params["amount"],
        currency=params["currency"].lower(),
        status="",
        card=source.card,
        payment_intent=None,
        payment_method=source.id,
        customer=params.get("customer"),
        source=source,
        captured=params.get("capture", True),
        metadata=metadata_of(params),
        details=_details(params, PaymentDetails()),
    )
    charge = billing.create(change, charge)
    world = change.done()
    if charge.status != "failed":
        return world, shown(world, charge)
    body = shown(world, charge)
    decline = {"decline_code": charge.decline_code, "charge": charge.id}
    return world, refusal.card_error(body["failure_message"], body["failure_code"], **decline)


def _source(call: Call, change: Change) -> Source:
    """The card that is charged: a token's, or one of the customer's; raises Refusal."""
    params = call.params
    customer = call.named(Customer, params["customer"], "customer") if "customer" in params else None
    wanted = params.get("source")
    if wanted is None and customer is not None:
        wanted = customer.default_source
        if wanted is None:
            raise refusal.card_error(
                "Cannot charge a customer that has no active card", "missing", param="card"
            )
    if wanted is None:
        raise refusal.invalid("Must provide source or customer.", code="parameter_missing")
    if not isinstance(wanted, str) or wanted.startswith("tok_"):
        card, expiry = card_of_source(change, wanted, "source")
        return Source(id=change.new_id("card"), created=change.now, card=card, customer="", **expiry)
    source = change.table(Source).get(wanted)
    if source is None or source.deleted or customer is None or source.customer != customer.id:
        raise refusal.no_such("source", wanted, "source", in_path=False)
    return source


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Charge))


def _update(call: Call) -> tuple[World, Json]:
    before, params = call.target(Charge), call.params
    if before.customer is not None and params.get("customer", before.customer) != before.customer:
        raise refusal.invalid("You cannot change the customer of a charge that has one.", "customer")
    if "customer" in params:
        call.named(Customer, params["customer"], "customer")
        if before.payment_intent is not None and before.customer is None:
            raise refusal.not_simulated("customer", "of a charge that a payment intent made")
    after = replace(
        before,
        metadata=metadata_of(params, before.metadata),
        details=_details(params, before.details),
        **given(params, "customer"),
    )
    change = call.change()
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _capture(call: Call) -> tuple[World, Json]:
    before = call.target(Charge)
    if before.payment_intent is not None:
        message = (
            "This Charge was made by a PaymentIntent: capture it with "
            f"POST /v1/payment_intents/{before.payment_intent}/capture."
        )
        raise refusal.invalid(message)
    if before.captured:
        raise refusal.invalid(
            f"Charge {before.id} has already been captured.", code="charge_already_captured"
        )
    amount = call.params.get("amount", before.amount)
    if before.status != "succeeded" or before.amount_refunded or amount > before.amount:
        message = f"Charge {before.id} cannot be captured: {amount} of {before.amount} is not reserved."
        raise refusal.invalid(message, "amount")
    change = call.change()
    described = replace(before, details=_details(call.params, before.details))
    after = billing.capture(change, described, amount)
    return change.done(), shown(call.world, after)


def _list(call: Call) -> tuple[World, Json]:
    def keep(charge: Charge) -> bool:
        wanted = matches(
            call.params,
            customer=charge.customer,
            payment_intent=charge.payment_intent,
            transfer_group=charge.details.transfer_group,
        )
        return wanted and inside(call.params.get("created"), charge.created)

    charges, intent = call.world.charges, call.params.get("payment_intent")
    customer = call.params.get("customer")
    rows = rows_of(charges, intent)
    if intent is None and customer is not None:
        rows = of_customer(call.world, Charge, customer)
    return call.world, listed(call, "/v1/charges", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/charges", _create, _CREATE),
    operation("GET /v1/charges", _list, _LIST),
    operation("GET /v1/charges/:id", _retrieve),
    operation("POST /v1/charges/:id", _update, _UPDATE),
    operation("POST /v1/charges/:id/capture", _capture, _CAPTURE),
)
