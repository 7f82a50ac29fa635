"""Checkout Sessions: create, retrieve, update, expire, list, line items.

Source: https://docs.stripe.com/api/checkout/sessions.  Since 2026-09-30.endive `payment_method_types` is no
parameter any more.  Nothing here completes a session: a customer does (`actions.CompleteCheckout`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..actions import ExpireCheckout
from ..billing.session_life import open_session
from ..billing.setup_page import open_intent
from ..billing.step import step
from ..change import Change
from ..objects import CheckoutSession, Coupon, Customer, LineItem, SessionDiscount, SessionStatus
from ..objects.payment import PaymentDetails
from ..records import replace
from ..render.checkout_session import render_line_items
from ..world import World
from . import refusal
from .checkout_page import session_page
from .checkout_parameters import CREATE, LIST, UPDATE
from .checkout_subscription import subscription_of
from .contact_parameters import shipping_of
from .discounts import read_grants
from .line_items import read_lines
from .message import Json
from .operation import Call, given, metadata_of, operation, shown
from .owned import of_customer
from .pages import PAGE_PARAMS, inside, listed, matches
from .shipping_rates import read_options

# What a mode has no use for.
_MISPLACED = {
    "subscription": ("payment_intent_data", "customer_creation", "setup_intent_data"),
    "payment": ("subscription_data", "setup_intent_data"),
    "setup": ("subscription_data", "payment_intent_data", "line_items", "allow_promotion_codes", "discounts"),
}
_DAY_S = 24 * 3600
_LEAST_S = 30 * 60


def _create(call: Call) -> tuple[World, Json]:
    params = call.params
    _check_customer(call)
    change = call.change()
    subscribing = params["mode"] == "subscription"
    data = params.get("subscription_data", {})
    setting_up = params["mode"] == "setup"
    lines = () if setting_up else read_lines(call, change, call.new_key(CheckoutSession))
    _check_mode(params["mode"], lines)
    session = CheckoutSession(
        id=change.new_id("cs", call.new_key(CheckoutSession)),
        created=change.now,
        line_items=lines,
        expires_at=_expires_at(call),
        customer_creation=None if subscribing else params.get("customer_creation", _creation(params)),
        payment_method_collection=_collection(params),
        page=session_page(params),
        **subscription_of(data, call.world.now),
        **_payment_of(params.get("payment_intent_data", {})),
        metadata=metadata_of(params),
        named_currency=_currency(call, lines),
        **_types_of(params),
        **given(
            params,
            "mode success_url cancel_url customer customer_email client_reference_id allow_promotion_codes "
            "billing_address_collection locale",
        ),
    )
    if setting_up:
        data = params.get("setup_intent_data", {})
        session = open_intent(change, session, metadata_of(data), data.get("description"))
    session = _with_discounts(call, _with_shipping(call, change, session))
    open_session(change, session)
    return change.done(), shown(call.world, session)


def _creation(params: Mapping[str, Any]) -> str:
    """A method that is kept, and an invoice, have somebody to be for."""
    kept = "setup_future_usage" in params.get("payment_intent_data", {})
    return "always" if kept or params.get("invoice_creation", {}).get("enabled") else "if_required"


def _collection(params: Mapping[str, Any]) -> str:
    """Whether a payment method is asked where nothing is due; only a subscription's session can say so."""
    if params["mode"] == "subscription":
        return str(params.get("payment_method_collection", "always"))
    if "payment_method_collection" in params:
        message = "You can only set `payment_method_collection` in `subscription` mode."
        raise refusal.invalid(message, "payment_method_collection")
    return "if_required"


def _types_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """The kinds of payment methods that the page takes; cards, unless it is told."""
    allowed = params.get("allowed_payment_method_types")
    types = allowed or params.get("payment_method_types") or ("card",)
    return {
        "payment_method_types": tuple(types),
        "allowed_payment_method_types": None if allowed is None else tuple(allowed),
    }


def _payment_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `payment_intent_data` says of the intent to come."""
    named = given(
        data,
        "description receipt_email statement_descriptor statement_descriptor_suffix transfer_group",
    )
    return {
        "payment_intent_metadata": metadata_of(data),
        "payment_intent_details": PaymentDetails(**named, shipping=shipping_of(data.get("shipping"))),
        "setup_future_usage": data.get("setup_future_usage"),
    }


def _with_discounts(call: Call, session: CheckoutSession) -> CheckoutSession:
    if "discounts" not in call.params:
        return session
    if session.allow_promotion_codes is not None:
        message = "You may only specify one of these parameters: allow_promotion_codes, discounts."
        raise refusal.invalid(message, "discounts")
    grants = read_grants(
        call,
        call.params["discounts"],
        currency=session.currency,
        customer=session.customer,
        amount=session.amount_subtotal,
    )
    coupons = (
        SessionDiscount(coupon=call.world.get(Coupon, each.coupon), promotion_code=each.promotion_code)
        for each in grants
    )
    return replace(session, discounts=tuple(coupons))


def _with_shipping(call: Call, change: Change, session: CheckoutSession) -> CheckoutSession:
    """The session with the ways to send it; the first one is chosen."""
    if "shipping_options" not in call.params:
        return session
    sent = call.params["shipping_options"]
    options = read_options(call, change, sent, session.mode, session.currency)
    if options and session.page.invoice is not None and any(each.amount for each in options):
        raise refusal.not_simulated("shipping_options", "an amount, on an invoice")
    page = replace(session.page, shipping_options=options)
    return replace(session, page=page, shipping_rate=options[0].shipping_rate if options else None)


def _check_customer(call: Call) -> None:
    params = call.params
    if "customer" in params and "customer_email" in params:
        message = "You may only specify one of these parameters: customer, customer_email."
        raise refusal.invalid(message, "customer")
    if "customer" in params:
        customer = call.named(Customer, params["customer"], "customer")
        invoiced = params["mode"] == "subscription" or params.get("invoice_creation", {}).get("enabled")
        if customer.balance and invoiced:
            raise refusal.not_simulated("customer", "with a balance, which the page would take into account")
    for name in _MISPLACED[params["mode"]]:
        if name in params:
            raise refusal.invalid(f"You can not pass `{name}` in `{params['mode']}` mode.", name)


def _currency(call: Call, lines: tuple[LineItem, ...]) -> str | None:
    """What the request names, for a session without lines; the lines' own is the only one for others.  It
    decides which ways to pay there are, so that whoever names those need not name it."""
    named = call.params.get("currency", "").lower() or None
    ways = "payment_method_types" in call.params or "allowed_payment_method_types" in call.params
    if not lines and named is None and not ways:
        raise refusal.missing_parameter("currency")
    if named is not None and (len(named) != 3 or not named.isalpha()):
        raise refusal.invalid(f"Invalid currency: {named[:20]}.", "currency")
    if lines and named not in (None, lines[0].price.currency):
        raise refusal.not_simulated("currency", named)
    return None if lines else named


def _check_mode(mode: str, lines: tuple[LineItem, ...]) -> None:
    recurring = [line.price.recurring is not None for line in lines]
    if mode == "subscription" and not any(recurring):
        message = "You must provide at least one recurring price in `subscription` mode when using prices."
        raise refusal.invalid(message, "line_items")
    if mode == "payment" and any(recurring):
        message = (
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` "
            "mode or use only one-time prices."
        )
        raise refusal.invalid(message, "line_items")


def _expires_at(call: Call) -> int:
    now = call.world.now
    expires_at: int = call.params.get("expires_at", now + _DAY_S)
    if expires_at < now + _LEAST_S:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise refusal.invalid(message, "expires_at")
    if expires_at > now + _DAY_S:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise refusal.invalid(message, "expires_at")
    return expires_at


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(CheckoutSession))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(CheckoutSession)
    after = replace(before, metadata=metadata_of(call.params, before.metadata))
    change = call.change()
    if after != before:
        change.put(after)
    return change.done(), shown(call.world, after)


def _expire(call: Call) -> tuple[World, Json]:
    session = call.target(CheckoutSession)
    if session.status is not SessionStatus.OPEN:
        raise refusal.invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session.status}`."
        )
    after = step(call.world, ExpireCheckout(session.id), call.request)
    return after, shown(after, after.get(CheckoutSession, session.id))


def _list(call: Call) -> tuple[World, Json]:
    params = call.params

    def keep(session: CheckoutSession) -> bool:
        return (
            matches(
                params,
                customer=session.customer,
                subscription=session.subscription,
                payment_intent=session.payment_intent,
                payment_link=session.payment_link,
                status=session.status,
            )
            and params.get("customer_details", {}).get("email") in (None, session.email)
            and inside(params.get("created"), session.created)
        )

    bought = call.world.subscriptions.get(params.get("subscription", ""))
    maker = call.world.checkout_sessions.get(bought.checkout_session or "") if bought else None
    rows = (maker,) if maker else _found(call)
    return call.world, listed(call, "/v1/checkout/sessions", rows, lambda row: shown(call.world, row), keep)


def _found(call: Call) -> Iterable[CheckoutSession]:
    """Where the sessions are looked for that a list names a payment or a customer of."""
    table, params = call.world.checkout_sessions, call.params
    if "payment_intent" in params:
        return reversed(table.named(params["payment_intent"]))
    if "customer" in params:
        return of_customer(call.world, CheckoutSession, params["customer"])
    return table


def _list_line_items(call: Call) -> tuple[World, Json]:
    session = call.target(CheckoutSession)
    rendered = render_line_items(session, call.world.settings.livemode)
    url = f"/v1/checkout/sessions/{session.id}/line_items"
    return call.world, listed(call, url, session.line_items, lambda item: rendered[item.id])


OPERATIONS = (
    operation("POST /v1/checkout/sessions", _create, CREATE, required="mode"),
    operation("GET /v1/checkout/sessions", _list, LIST),
    operation("GET /v1/checkout/sessions/:id", _retrieve),
    operation("POST /v1/checkout/sessions/:id", _update, UPDATE),
    operation("POST /v1/checkout/sessions/:id/expire", _expire),
    operation("GET /v1/checkout/sessions/:id/line_items", _list_line_items, PAGE_PARAMS),
)
