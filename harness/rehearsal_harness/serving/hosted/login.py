"""The portal's own entrance: /p/login/{configuration}, for customers who know their address.

Decides: who is let in.  Does not know the portal.  Stripe sends a letter with a link there; here the link is
opened at once.
Rule: https://docs.stripe.com/customer-management/activate-no-code-customer-portal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import falcon

from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import Customer, PortalConfiguration, PortalSession
from rehearsal_harness.core.requests.owned import newest_first
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.look import pages

from .filling_in import email_problems
from .web import DeadEnd, Notes, Page, fields, find, see_other

if TYPE_CHECKING:
    from rehearsal_harness.serving.account import Account
    from rehearsal_harness.serving.bench import Bench


class Login(Page):
    """Ask who comes, and open their portal."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Ask for an address."""
        self._configuration(ids)
        note = self.notes.take(ids["configuration_id"])
        values = {"email": note.get("email", ""), "problems": note.get("problems", ())}
        pages.answer(resp, "hosted/login.html", **values)

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Open the portal of the newest customer with that address."""
        account, configuration = self._configuration(ids)
        email = fields(req).get("email", "")
        problems = email_problems(email)
        customers = account.world.customers
        known = (each for each in newest_first(customers, customers.named(email)) if not each.deleted)
        customer = next(known, None)
        if customer is None:
            sentence = "No customer of this account has this address."
            note = {"email": email, "problems": problems or (("email", sentence),)}
            self.notes.leave(configuration.id, **note)
            see_other(resp, f"/p/login/{configuration.id}")
            return
        world = account.change(lambda world: _opened(world, customer, configuration))
        see_other(resp, f"/p/session/{next(world.portal_sessions.newest_first()).id}")

    def _configuration(self, ids: dict[str, str]) -> tuple[Account, PortalConfiguration]:
        account, found = find(self.bench, PortalConfiguration, ids["configuration_id"], "login page")
        if not (found.login_page and found.active):
            raise DeadEnd(404, "There is no such login page", "This portal configuration offers none.")
        return account, found


def _opened(world: World, customer: Customer, configuration: PortalConfiguration) -> World:
    change = Change(world, f"log in {customer.id}")
    session = PortalSession(
        id=change.new_id("bps"),
        created=change.now,
        customer=customer.id,
        configuration=configuration.id,
        return_url=configuration.default_return_url,
    )
    change.create(session)
    return change.done()


def routes(bench: Bench) -> list[tuple[str, object]]:
    """The one page."""
    return [("/p/login/{configuration_id}", Login(bench, Notes()))]
