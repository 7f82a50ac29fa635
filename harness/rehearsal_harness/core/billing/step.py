"""step(world, action) -> world: the one entrance for people and time.

Decides: which function carries out which action.  Does not know: any rule of Stripe's.
An action that an object's status does not allow raises NoTransition, an unknown id UnknownObject; the world
that was passed in is unharmed, as it never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from ..actions import (
    Action,
    Advance,
    Authenticate,
    CancelAt,
    CancelAtPeriodEnd,
    CancelNow,
    ChangeInPortal,
    ChangeItems,
    ChangePlan,
    CloseDispute,
    CompleteCheckout,
    CreateSubscription,
    EnterPromotionCode,
    ExpireCheckout,
    ExplainCancellation,
    FailAuthentication,
    FailRefund,
    FillInCheckout,
    OpenDispute,
    OpenPaymentLink,
    PayInvoice,
    RecoverCheckout,
    RefundPayment,
    ReplaceCard,
    SettleDelayedPayment,
    SettlePayment,
    UndoCancel,
    UpdateCustomer,
    Via,
)
from ..change import Change
from ..objects import PaymentIntent, Request, SetupIntent
from ..world import World
from . import (
    cancellation,
    checkout,
    customer,
    dispute,
    filling_in,
    paying,
    payment_intent,
    payment_link,
    plan_change,
    promotion,
    refund,
    session_life,
    setup_intent,
    subscription,
    test_clock,
)
from .due import advance


def _authenticate(change: Change, action: Authenticate) -> None:
    if action.intent_id.startswith("seti_"):
        setup = change.get(SetupIntent, action.intent_id)
        setup_intent.authenticate(change, setup, succeeded=action.succeeded)
    else:
        intent = change.get(PaymentIntent, action.intent_id)
        payment_intent.authenticate(change, intent, succeeded=action.succeeded)


def _settle_payment(change: Change, action: SettlePayment) -> None:
    payment_intent.settle(change, action.payment_intent_id, succeeded=action.succeeded)


_ACTIONS: Mapping[type[Any], Callable[[Change, Any], None]] = {
    CompleteCheckout: checkout.complete,
    EnterPromotionCode: promotion.enter_code,
    FillInCheckout: filling_in.fill_in,
    RecoverCheckout: session_life.recover,
    FailAuthentication: checkout.fail_authentication,
    SettleDelayedPayment: checkout.settle,
    ExpireCheckout: session_life.expire,
    OpenPaymentLink: payment_link.open_link,
    RefundPayment: refund.refund,
    FailRefund: refund.fail,
    OpenDispute: dispute.open_dispute,
    CloseDispute: dispute.close,
    Authenticate: _authenticate,
    SettlePayment: _settle_payment,
    CreateSubscription: subscription.create,
    ReplaceCard: customer.replace_card,
    PayInvoice: paying.pay_invoice,
    ChangePlan: plan_change.change_plan,
    ChangeItems: plan_change.change_items,
    ChangeInPortal: plan_change.change_in_portal,
    CancelNow: cancellation.cancel_now,
    CancelAtPeriodEnd: cancellation.cancel_at_period_end,
    CancelAt: cancellation.cancel_at,
    ExplainCancellation: cancellation.explain,
    UpdateCustomer: customer.correct,
    UndoCancel: cancellation.undo,
}
_BY_API = (ExpireCheckout, CreateSubscription, CancelAt, RefundPayment, ChangeItems)


def _clock_of(world: World, action: Action) -> str:
    """The test clock of whatever is acted on, or the time that the world is in."""
    if not len(world.other_times):
        return world.clock
    values = (getattr(action, each.name) for each in fields(action))
    ids = (value for value in values if isinstance(value, str))
    return test_clock.clock_of(world, ids) or world.clock


def step(world: World, action: Action, request: Request | None = None) -> World:
    """The world after `action`; events of an API call carry `request`, or a derived id if none is given."""
    if isinstance(action, Advance):
        return advance(world, action.to)
    clock_id = _clock_of(world, action)
    if clock_id != world.clock:
        return step(world.on_clock(clock_id), action, request).on_clock(world.clock)
    by_api = isinstance(action, _BY_API) or getattr(action, "via", None) is Via.API
    change = Change(world, repr(action), request, by_api=by_api)
    _ACTIONS[type(action)](change, action)
    return change.done()
