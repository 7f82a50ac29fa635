"""What follows a payment without anybody doing anything, as some test cards promise.

Decides: that the money's balance transaction follows, and which cards are disputed, or warned of, at once.
Rule: https://docs.stripe.com/testing#disputes: "the charge succeeds, only to be disputed".  That the dispute
is there when the payment is answered is what the fixtures of Stripe's own CLI rely on.
"""

from __future__ import annotations

from ..agenda import TaskKind
from ..cards import BEHAVIOR, After
from ..change import Change
from ..objects import Charge
from . import dispute, fraud_warning

FUNDS_DELAY_S = 3  # assumed: Stripe publishes no delay
_DISPUTES = {
    After.DISPUTED_AS_FRAUDULENT: "fraudulent",
    After.DISPUTED_AS_NOT_RECEIVED: "product_not_received",
    After.INQUIRY: "fraudulent",
}


def of_payment(change: Change, charge: Charge) -> None:
    """The money of a charge was taken."""
    change.plan(TaskKind.CHARGE_SETTLES, change.now + FUNDS_DELAY_S, charge.id)
    promised(change, charge)


def promised(change: Change, charge: Charge) -> None:
    """The dispute, or the warning of fraud, that the charge's card is for, if it is for one."""
    after = BEHAVIOR[charge.card].after
    if after is After.FRAUD_WARNING:
        fraud_warning.warn(change, charge)
    elif after in _DISPUTES:
        dispute.open_for(change, charge, _DISPUTES[after], inquiry=after is After.INQUIRY)
