"""Payment methods: create, retrieve, update, attach, detach, list; and a customer's own.

Source: https://docs.stripe.com/api/payment_methods.  What cannot be attached is refused with 402, as
https://docs.stripe.com/testing says of its declined cards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..billing import declines
from ..billing import payment_method as billing
from ..cards import BEHAVIOR
from ..change import Change
from ..objects import Customer, PaymentMethod
from ..records import replace
from ..world import World
from . import refusal
from .contact_parameters import BILLING_DETAILS, billing_details_of
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, listed, matches
from .parameters import Choice, Hash, Kind, Text, harmless, not_simulated
from .payment_method_parameters import CREATE, EXPIRY, REDISPLAY, TYPE, found, made

_UPDATE: Mapping[str, Kind] = {
    "allow_redisplay": REDISPLAY,
    "billing_details": BILLING_DETAILS,
    "card": Hash({**EXPIRY, **harmless("networks")}),
    "metadata": Metadata(),
    "us_bank_account": Hash(
        {
            "account_holder_type": Choice("company individual"),
            "account_type": Choice("checking savings"),
        }
    ),
}
_OWN: Mapping[str, Kind] = {**PAGE_PARAMS, "allow_redisplay": REDISPLAY, "type": TYPE}
_LIST: Mapping[str, Kind] = {**_OWN, "customer": Text(), **not_simulated("customer_account")}


def check_attaches(method: PaymentMethod) -> None:
    """Raises Refusal 402 where its bank does not let the method be kept."""
    if not BEHAVIOR[method.card].attaches:
        error = declines.refused(method)
        raise refusal.card_error(error.message, error.code, decline_code=error.decline_code)


def attached(change: Change, method: PaymentMethod, customer: Customer) -> PaymentMethod:
    """The method, kept for the customer; raises Refusal where it cannot be."""
    if method.customer is not None:
        message = "The payment method you provided has already been attached to a customer."
        raise refusal.invalid(message, code="payment_method_already_attached")
    if method.consumed:
        message = (
            "This PaymentMethod was previously used without being attached to a Customer or was detached "
            "from a Customer, and may not be used again."
        )
        raise refusal.invalid(message)
    check_attaches(method)
    return billing.attach(change, method, customer.id)


def _create(call: Call) -> tuple[World, Json]:
    change = call.change()
    method = made(change, call.params)
    return change.done(), shown(call.world, method)


def _retrieve(call: Call) -> tuple[World, Json]:
    """The method; one that Stripe shares is shown under its shared id, by which it can be attached."""
    method = found(call.change(), call.object_id, "id", in_path=True)
    kept = method if method.id in call.world.payment_methods else replace(method, id=call.object_id)
    return call.world, shown(call.world, kept)


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(PaymentMethod)
    if before.customer is None:
        message = "You must save this PaymentMethod to a customer before you can update it: attach it first."
        raise refusal.invalid(message)
    params = call.params
    after = replace(
        before,
        metadata=metadata_of(params, before.metadata),
        **given(params, "allow_redisplay"),
        **given(params.get("card", {}), "exp_month exp_year"),
        **billing_details_of(params),
    )
    change = call.change()
    if after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _attach(call: Call) -> tuple[World, Json]:
    if "customer" not in call.params:
        raise refusal.missing_parameter("customer")
    customer = call.named(Customer, call.params["customer"], "customer")
    change = call.change()
    method = found(change, call.object_id, "id", in_path=True)
    kept = attached(change, method, customer)
    return change.done(), shown(call.world, kept)


def _detach(call: Call) -> tuple[World, Json]:
    method = call.target(PaymentMethod)
    if method.customer is None:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise refusal.invalid(message)
    change = call.change()
    gone = billing.detach(change, method)
    return change.done(), shown(call.world, gone)


def _listed(call: Call, url: str, rows: Iterable[PaymentMethod]) -> Json:
    def keep(method: PaymentMethod) -> bool:
        kind = BEHAVIOR[method.card].type
        wanted = matches(call.params, type=kind, allow_redisplay=method.allow_redisplay)
        return wanted and method.customer is not None

    return listed(call, url, rows, lambda row: shown(call.world, row), keep)


def _list(call: Call) -> tuple[World, Json]:
    customer_id = call.params.get("customer")
    if customer_id is None:
        return call.world, _listed(call, "/v1/payment_methods", call.world.payment_methods.newest_first())
    customer = call.named(Customer, customer_id, "customer")
    return call.world, _listed(call, "/v1/payment_methods", _of(call.world, customer))


def _of(world: World, customer: Customer) -> Iterable[PaymentMethod]:
    """The customer's own, the one attached last first."""
    return world.payment_methods.newest_owned_by(customer.id)


def _list_own(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)
    url = f"/v1/customers/{customer.id}/payment_methods"
    return call.world, _listed(call, url, _of(call.world, customer))


def _retrieve_own(call: Call) -> tuple[World, Json]:
    customer = call.target(Customer)
    method = call.world.payment_methods.get(call.inner_id)
    if method is None or method.customer != customer.id:
        raise refusal.no_such("PaymentMethod", call.inner_id, "payment_method", in_path=True)
    return call.world, shown(call.world, method)


OPERATIONS = (
    operation("POST /v1/payment_methods", _create, CREATE),
    operation("GET /v1/payment_methods", _list, _LIST),
    operation("GET /v1/payment_methods/:id", _retrieve),
    operation("POST /v1/payment_methods/:id", _update, _UPDATE),
    operation(
        "POST /v1/payment_methods/:id/attach",
        _attach,
        {"customer": Text(), **not_simulated("customer_account")},
    ),
    operation("POST /v1/payment_methods/:id/detach", _detach),
    operation("GET /v1/customers/:id/payment_methods", _list_own, _OWN),
    operation("GET /v1/customers/:id/payment_methods/:id", _retrieve_own),
)
