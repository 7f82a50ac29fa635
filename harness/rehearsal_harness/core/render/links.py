"""What an older version's object names and the newest one does not: found in the world.

Decides: which charge an invoice had at an instant, and how an id is shown as the object it once was.
Does not know: which version shows what (`before_basil`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..objects import Charge, Invoice, PaymentIntent, Price, Refund
from .catalogue import render_plan, render_price
from .dispatch import render

if TYPE_CHECKING:
    from ..objects import StripeObject
    from ..world import World


class Links:
    """The world an object is seen in, up to the unix second `until` (its whole time, if None); `snapshot` is
    the object as it was then.  Without a world nothing is found and every link is null."""

    def __init__(
        self, world: World | None = None, until: int | None = None, snapshot: StripeObject | None = None
    ) -> None:
        self._world = world
        self._until = until
        self._snapshot = snapshot

    def invoice(self, invoice_id: str) -> Invoice | None:
        """An invoice: what is not rendered of it is its payment intent, and whether it was paid elsewhere."""
        snapshot = self._snapshot
        if isinstance(snapshot, Invoice) and snapshot.id == invoice_id:
            return snapshot
        return self._world.table(Invoice).get(invoice_id) if self._world else None

    def invoice_of_intent(self, intent_id: str | None) -> str | None:
        """The invoice that a payment intent is to settle."""
        intent = self._world.table(PaymentIntent).get(intent_id or "") if self._world else None
        return intent.invoice if intent else None

    def charges_of_intent(self, intent_id: str | None) -> list[Charge]:
        """The tries to take the money, newest first."""
        if self._world is None or intent_id is None:
            return []
        tries = self._world.table(Charge).owned_by(intent_id)
        return [each for each in reversed(tries) if self._until is None or each.created <= self._until]

    def refunds_of_charge(self, charge_id: str) -> list[dict[str, Any]]:
        """What was given back, newest first."""
        if self._world is None:
            return []
        refunds = self._world.table(Refund).owned_by(charge_id)
        return [
            self._shown(each)
            for each in reversed(refunds)
            if self._until is None or each.created <= self._until
        ]

    def shown_charges(self, intent_id: str) -> list[dict[str, Any]]:
        """The charges of a payment intent, rendered in the newest version."""
        return [self._shown(each) for each in self.charges_of_intent(intent_id)]

    def price_and_plan(self, price_id: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """A price and the plan it is the mirror of, rendered in the newest version; a one-time price is no
        plan."""
        price = self._world.table(Price).get(price_id) if self._world else None
        if price is None or self._world is None:
            return None, None
        livemode = self._world.settings.livemode
        plan = render_plan(price, livemode) if price.recurring is not None else None
        return render_price(price, livemode), plan

    def named(self, table: str, object_id: Any) -> Any:
        """The object of that id in the world's table of that name, rendered in the newest version, or the id
        where there is none."""
        found = getattr(self._world, table).get(object_id) if self._world is not None else None
        return object_id if found is None else self._shown(found)

    def _shown(self, obj: StripeObject) -> dict[str, Any]:
        assert self._world is not None
        return render(obj, livemode=self._world.settings.livemode)


NOTHING_LINKED = Links()
