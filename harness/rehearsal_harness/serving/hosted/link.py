"""A payment link: /b/{code}.  Whoever opens it gets a checkout session of their own.

Decides: which link an address means, and what stands in the address.  Does not know what a session begins
with (`core.billing.payment_link`).
Rule: https://docs.stripe.com/payment-links/url-parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import falcon

from rehearsal_harness.core.actions import OpenPaymentLink
from rehearsal_harness.core.objects import PaymentLink
from rehearsal_specs.tables import NoTransition

from .filling_in import email_problems
from .web import DeadEnd, Notes, Page, find, see_other

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench

_INACTIVE = "The shop has switched this link off."


class LinkPage(Page):
    """Open a session and go there."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """As at Stripe, a GET opens a session: the link is meant to be reused."""
        link_id = "plink_" + ids["code"].removeprefix("plink_").removeprefix("test_")
        account, link = find(self.bench, PaymentLink, link_id, "payment link")
        email = req.get_param("prefilled_email") or ""
        action = OpenPaymentLink(
            link.id,
            email=None if email_problems(email) else email,
            client_reference_id=req.get_param("client_reference_id"),
        )
        try:
            world = account.act(action)
        except NoTransition:
            sentence = link.inactive_message or _INACTIVE
            raise DeadEnd(410, "This link is no longer active", sentence) from None
        see_other(resp, f"/c/pay/{next(world.checkout_sessions.newest_first()).id}")


def routes(bench: Bench) -> list[tuple[str, object]]:
    """The one address of every link."""
    return [("/b/{code}", LinkPage(bench, Notes()))]
