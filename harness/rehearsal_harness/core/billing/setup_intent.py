"""Setup intents that a merchant makes by API: a payment method is kept without taking money.

Decides: what confirming, authenticating and canceling write.  Does not know: trials and the portal, whose
setup intents `customer` makes.
Rule: https://docs.stripe.com/payments/setup-intents.
"""

from __future__ import annotations

from ..cards import BEHAVIOR
from ..change import Change
from ..objects import PaymentMethod, SetupIntent
from ..objects.payment import PaymentError
from ..records import replace
from . import declines, payment_method
from .causes import Cause


def create(change: Change, intent: SetupIntent) -> SetupIntent:
    """A new intent, with or without the method that is to be kept."""
    cause = Cause.CREATED if intent.payment_method is None else Cause.CREATED_WITH_METHOD
    status = change.row(SetupIntent, None, cause).after
    return change.create(replace(intent, status=status), cause)


def give_method(change: Change, intent: SetupIntent, method: PaymentMethod) -> SetupIntent:
    """An update names the method."""
    after = replace(intent, payment_method=method.id)
    if intent.status != "requires_payment_method":
        change.put(after)
        return after
    row = change.row(SetupIntent, intent, Cause.METHOD_GIVEN)
    return change.follow(row, intent, replace(after, status=row.after))


def confirm(change: Change, intent: SetupIntent, method: PaymentMethod) -> SetupIntent:
    """Try to keep `method`; the intent's `error` says why its bank does not let it be kept."""
    if not BEHAVIOR[method.card].attaches:
        return _refuse(change, intent, Cause.PAYMENT_METHOD_REFUSED, declines.refused(method))
    if payment_method.asks(method, off_session=True):
        row = change.row(SetupIntent, intent, Cause.PAYMENT_NEEDS_ACTION)
        asking = replace(intent, status=row.after, payment_method=method.id, error=None)
        return change.follow(row, intent, asking)
    return _keep(change, intent, method)


def confirm_on_page(change: Change, intent: SetupIntent, method: PaymentMethod) -> SetupIntent:
    """As `confirm`, on a page of Stripe's, where the customer has answered her bank already."""
    if not BEHAVIOR[method.card].attaches:
        return _refuse(change, intent, Cause.PAYMENT_METHOD_REFUSED, declines.refused(method))
    return _keep(change, intent, method)


def _refuse(change: Change, intent: SetupIntent, cause: Cause, error: PaymentError) -> SetupIntent:
    row = change.row(SetupIntent, intent, cause)
    return change.follow(row, intent, replace(intent, status=row.after, payment_method=None, error=error))


def _keep(change: Change, intent: SetupIntent, method: PaymentMethod) -> SetupIntent:
    row = change.row(SetupIntent, intent, Cause.PAYMENT_METHOD_ATTACHES)
    kept = replace(method, set_up=intent.usage == "off_session")
    if intent.customer is None:
        change.put(kept)
    else:
        payment_method.attach(change, method, intent.customer, set_up=kept.set_up)
    after = replace(intent, status=row.after, payment_method=method.id, error=None)
    return change.follow(row, intent, after)


def authenticate(change: Change, intent: SetupIntent, *, succeeded: bool) -> SetupIntent:
    """The customer answers her bank; raises NoTransition where it did not ask."""
    change.row(SetupIntent, intent, Cause.AUTHENTICATION_FAILS)
    method = change.get(PaymentMethod, intent.payment_method or "")
    if succeeded:
        return _keep(change, intent, method)
    error = declines.not_authenticated(method, setup=True)
    return _refuse(change, intent, Cause.AUTHENTICATION_FAILS, error)


def cancel(change: Change, intent: SetupIntent, reason: str | None) -> SetupIntent:
    """The merchant wants nothing kept any more."""
    row = change.row(SetupIntent, intent, Cause.PAYMENT_CANCELED)
    return change.follow(row, intent, replace(intent, status=row.after, cancellation_reason=reason))
