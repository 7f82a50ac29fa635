"""Refunds: create, retrieve, update, list.

Source: https://docs.stripe.com/api/refunds; the words of the refusals are those of published error reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..actions import RefundPayment
from ..billing.refund import charged_back
from ..billing.step import step
from ..objects import Charge, Dispute, PaymentIntent, Refund
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, metadata_of, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches, of_charge_or_intent
from .parameters import Choice, Kind, Only, Span, Text, Whole, not_simulated

_CREATE: Mapping[str, Kind] = {
    "payment_intent": Text(),
    "charge": Text(),
    "amount": Whole(least=1),
    "reason": Choice("duplicate fraudulent requested_by_customer"),
    "metadata": Metadata(),
    "refund_application_fee": Only("false"),
    "reverse_transfer": Only("false"),
    **not_simulated("currency customer instructions_email origin"),
}
_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "charge": Text(),
    "created": Span(),
    "payment_intent": Text(),
}


def _create(call: Call) -> tuple[World, Json]:
    charge = _charge(call)
    amount = call.params.get("amount")
    _check(call.world, charge, amount)
    action = RefundPayment(charge.id, amount, call.params.get("reason"), metadata_of(call.params))
    after = step(call.world, action, call.request)
    return after, shown(after, next(after.refunds.newest_first()))


def _charge(call: Call) -> Charge:
    """The charge that is meant; raises Refusal where none was named, or none succeeded."""
    params = call.params
    if "charge" in params and "payment_intent" in params:
        message = "You may only specify one of these parameters: charge, payment_intent."
        raise refusal.invalid(message, "charge")
    if "charge" in params:
        return call.named(Charge, params["charge"], "charge")
    if "payment_intent" not in params:
        raise refusal.missing_parameter("payment_intent")
    intent = call.named(PaymentIntent, params["payment_intent"], "payment_intent")
    if intent.status != "succeeded" or intent.latest_charge is None:
        message = f"This PaymentIntent ({intent.id}) does not have a successful charge to refund."
        raise refusal.invalid(message, "payment_intent")
    return call.world.get(Charge, intent.latest_charge)


def _check(world: World, charge: Charge, amount: int | None) -> None:
    if charge.status != "succeeded" or not charge.captured:
        raise refusal.invalid(f"Charge {charge.id} did not succeed, so it cannot be refunded.", "charge")
    if charged_back(world.table(Dispute).owned_by(charge.id)):
        message = f"Charge {charge.id} has been charged back; cannot issue a refund."
        raise refusal.invalid(message, code="charge_disputed")
    if not charge.amount_left:
        message = f"Charge {charge.id} has already been refunded."
        raise refusal.invalid(message, code="charge_already_refunded")
    if amount is not None and amount > charge.amount_left:
        message = (
            f"Refund amount ({amount}, in the smallest unit of {charge.currency}) is greater than unrefunded "
            f"amount on charge ({charge.amount_left})."
        )
        raise refusal.invalid(message, "amount")


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Refund))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(Refund)
    after = replace(before, metadata=metadata_of(call.params, before.metadata))
    change = call.change()
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _cancel(call: Call) -> tuple[World, Json]:
    before = call.target(Refund)
    message = (
        f"Refund {before.id} has a status of {before.status}. Only a refund with a status of requires_action "
        "can be canceled."
    )
    raise refusal.invalid(message)


def _list(call: Call) -> tuple[World, Json]:
    def keep(refund: Refund) -> bool:
        wanted = matches(call.params, charge=refund.charge, payment_intent=refund.payment_intent)
        return wanted and inside(call.params.get("created"), refund.created)

    rows = of_charge_or_intent(call, call.world.refunds)
    return call.world, listed(call, "/v1/refunds", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("POST /v1/refunds", _create, _CREATE),
    operation("GET /v1/refunds", _list, _LIST),
    operation("GET /v1/refunds/:id", _retrieve),
    operation("POST /v1/refunds/:id", _update, {"metadata": Metadata()}),
    operation("POST /v1/refunds/:id/cancel", _cancel),
)
