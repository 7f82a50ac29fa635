"""One visit to the customer portal: whose it is, what it may do, and for how long its link lives.

Decides: that a link dies five minutes after it was made when nobody uses it, and an hour after its last use,
in the world's time.  Does not know how a page looks.
Rule: https://docs.stripe.com/customer-management: a session's URL is short-lived; make one for each click.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rehearsal_harness.core.objects import (
    Customer,
    PortalConfiguration,
    PortalFeatures,
    PortalSession,
    Subscription,
)
from rehearsal_harness.core.world import World

from .web import DeadEnd, find

if TYPE_CHECKING:
    from rehearsal_harness.serving.account import Account
    from rehearsal_harness.serving.bench import Bench

UNUSED_S = 5 * 60
IDLE_S = 60 * 60
_KEPT_MAX = 10_000


class Uses:
    """When each portal session was last used, in the world's seconds."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._lock = Lock()

    def use(self, session: PortalSession, now: int) -> bool:
        """Whether the session is still alive at `now`, which counts as a use."""
        with self._lock:
            last = self._last.get(session.id)
            alive = now - session.created <= UNUSED_S if last is None else now - last <= IDLE_S
            if alive:
                self._last.pop(session.id, None)
                self._last[session.id] = now
                while len(self._last) > _KEPT_MAX:
                    del self._last[next(iter(self._last))]
            return alive


@dataclass(frozen=True, slots=True)
class PortalVisit:
    """A customer in the portal, as the world is now."""

    account: Account
    world: World
    session: PortalSession
    customer: Customer
    configuration: PortalConfiguration

    @property
    def features(self) -> PortalFeatures:
        """What the configuration lets the customer do."""
        return self.configuration.features

    @property
    def start(self) -> str:
        """The address of the link: a task where the session names one, else the overview."""
        return f"/p/session/{self.session.id}"

    @property
    def home(self) -> str:
        """The address of the overview."""
        return f"{self.start}/home" if self.session.flow else self.start

    @property
    def after_task(self) -> str:
        """Where a task that the link led to ends: the merchant's page, or the overview."""
        flow = self.session.flow
        if flow is not None and flow.confirmed is not None:
            return f"{self.start}/done"
        return (flow.return_url if flow else None) or self.home

    @property
    def merchant(self) -> str:
        """The host of the page that the portal leads back to."""
        return urlsplit(self.session.return_url or "").netloc

    def subscription(self, subscription_id: str) -> Subscription:
        """The customer's subscription of that id; raises DeadEnd for anybody else's."""
        found = self.world.table(Subscription).get(subscription_id)
        if found is None or found.customer != self.customer.id:
            raise DeadEnd(404, "There is no such subscription", "This customer has none with that id.")
        return found

    def require(self, allowed: bool, what: str) -> None:
        """Raises DeadEnd unless the configuration allows something."""
        if not allowed:
            raise DeadEnd(
                403,
                "The shop does not offer this here",
                f"Its portal configuration {self.configuration.id} does not let a customer {what}.",
            )


def portal_visit(bench: Bench, uses: Uses, ids: Mapping[str, str]) -> PortalVisit:
    """The visit that an address means; raises DeadEnd where there is none, or none any more."""
    account, session = find(bench, PortalSession, ids["session_id"], "portal session")
    world = account.world
    customer = world.get(Customer, session.customer)
    if customer.deleted:
        raise DeadEnd(
            410, "This customer is gone", "The shop has deleted the customer whose portal this was."
        )
    if not uses.use(session, bench.now()):
        back = session.return_url
        sentence = "A link into the portal works for five minutes, and for an hour after it was last used."
        raise DeadEnd(410, "This link has expired", sentence, "Open the portal from the shop again.", back)
    configuration = world.get(PortalConfiguration, session.configuration)
    return PortalVisit(account, world, session, customer, configuration)
