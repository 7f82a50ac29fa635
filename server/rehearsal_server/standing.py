"""What a customer, a device or a checkout session may do now, read from the store.

Decides nothing itself: brings the rows of the store to `facts` and the facts to `access`.  Does not know
HTTP.
"""

from __future__ import annotations

from rehearsal_server.access import Access, best
from rehearsal_server.context import Context
from rehearsal_server.facts import SubscriptionFacts, subscriptions
from rehearsal_server.store import History
from rehearsal_specs.manifest import AccessTable


def access_table(context: Context) -> AccessTable:
    """The manifest's access table; the reader of manifests sees to it that operations that need one have
    one.
    """
    if context.manifest.access is None:
        raise LookupError(f"{context.manifest.path} declares no access table")
    return context.manifest.access


def subscriptions_of(history: History) -> list[SubscriptionFacts]:
    """The facts of every subscription in a history."""
    return subscriptions(history.rows, history.settlements)


def access_of(context: Context, history: History, now: int) -> Access:
    """What the people of this history may do at `now`."""
    return best(subscriptions_of(history), access_table(context), now)


def customer_of_session(context: Context, session_id: str) -> str | None:
    """The customer that completed this checkout session, when an event has said so."""
    rows = context.store.rows_of(session_id)
    told = (row.customer for row in rows if row.type.startswith("checkout.session."))
    return next((customer for customer in told if customer is not None), None)
