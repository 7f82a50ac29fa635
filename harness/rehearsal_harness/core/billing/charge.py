"""Charges that a merchant makes directly, in the old way, from a card's token or a customer's source.

Decides: what a charge and its capture write.  Does not know: payment intents (`payment_intent`).
Rule: https://docs.stripe.com/payments/charges-api; a card that asks for its holder is declined with
authentication_required, since this way cannot ask her.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..cards import BEHAVIOR, Outcome
from ..change import Change
from ..objects import Charge
from ..records import replace
from . import aftermath, declines
from .causes import Cause
from .payment_intent import AUTHORIZATION_S, capture_charge


def create(change: Change, charge: Charge) -> Charge:
    """Try to take or to reserve the money."""
    behavior = BEHAVIOR[charge.card]
    declined = behavior.on_session is Outcome.DECLINED or behavior.off_session is Outcome.REQUIRES_ACTION
    if declined:
        reason = behavior.decline_code or declines.AUTHENTICATION_REQUIRED
        row = change.row(Charge, None, Cause.PAYMENT_FAILS)
        return change.follow(row, None, replace(charge, status=row.after, decline_code=reason))
    cause = Cause.PAYMENT_SUCCEEDS if charge.captured else Cause.PAYMENT_AUTHORIZED
    row = change.row(Charge, None, cause)
    made = change.follow(row, None, replace(charge, status=row.after))
    if charge.captured:
        aftermath.of_payment(change, made)
    else:
        change.plan(TaskKind.AUTHORIZATION_EXPIRES, change.now + AUTHORIZATION_S, made.id)
    return made


def capture(change: Change, charge: Charge, amount: int) -> Charge:
    """Take `amount` of what is reserved, in the smallest unit; the rest is released."""
    change.drop(TaskKind.AUTHORIZATION_EXPIRES, charge.id)
    taken = capture_charge(change, charge, amount)
    aftermath.of_payment(change, taken)
    return taken
