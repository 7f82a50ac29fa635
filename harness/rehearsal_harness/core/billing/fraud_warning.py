"""Early fraud warnings: the card's bank holds a charge for fraud, and has not disputed it yet.

Decides: what a warning writes, and when nothing can be done about it any more.  Does not know: which cards
are warned of (`aftermath`).
Rule: https://docs.stripe.com/disputes/measuring#early-fraud-warnings: one is actionable while its charge has
no dispute and is not fully refunded.
"""

from __future__ import annotations

from ..change import Change
from ..objects import Charge, EarlyFraudWarning
from ..records import replace


def warn(change: Change, charge: Charge) -> None:
    """The bank warns of a charge that was paid."""
    change.create(
        EarlyFraudWarning(
            id=change.new_id("issfr", charge.id),
            created=change.now,
            charge=charge.id,
            payment_intent=charge.payment_intent,
        )
    )


def review(change: Change, charge: Charge) -> None:
    """The charge was disputed or given back: its warning says whether that leaves anything to do."""
    actionable = charge.amount_left > 0 and not charge.disputed
    for warning in change.table(EarlyFraudWarning).owned_by(charge.id):
        if warning.actionable != actionable:
            change.update(warning, replace(warning, actionable=actionable))
