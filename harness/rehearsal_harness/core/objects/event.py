"""What happened, as Stripe will say it.

An event keeps its object before and after as immutable values; the JSON is made when somebody asks
(`render`).
Source: the SDK type Event of stripe-python 16.1.0.  `created` has one-second resolution; the true order is
the order of the world's event log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..records import Record

if TYPE_CHECKING:
    from . import StripeObject


class Request(Record, frozen=True, kw_only=True):
    """The API request that caused an event; both None when Stripe acted by itself, as at a renewal."""

    id: str | None = None
    idempotency_key: str | None = None


class Event(Record, frozen=True, kw_only=True, eq=False):
    """One event; `row` is the id of the row that emitted it, `index` its place in the true order.

    `told` is the second of the account's own time at which it was told: `created`, but for test clocks.
    """

    OBJECT: ClassVar[str] = "event"

    id: str
    index: int
    type: str
    created: int
    told: int
    object_id: str
    before: StripeObject | None
    after: StripeObject
    request: Request
    row: str
    livemode: bool
    pending_webhooks: int
