"""Addresses that make a checkout session for whoever opens them: a payment link, /b/{code}, and the way back
to a session that expired, /b/r/{code}.

Decides: which link or session an address means, and what stands in the address.  Does not know what a session
begins with (`core.billing.payment_link`, `core.billing.session_life`).
Rule: https://docs.stripe.com/payment-links/url-parameters,
https://docs.stripe.com/payments/checkout/abandoned-carts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import falcon

from rehearsal_harness.core.actions import OpenPaymentLink, RecoverCheckout
from rehearsal_harness.core.objects import CheckoutSession, PaymentLink
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


class RecoveryPage(Page):
    """Open a copy of a session that expired, and go there."""

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """As at Stripe, each visit makes a session, for 30 days."""
        mode, _, code = ids["code"].partition("_")
        account, session = find(self.bench, CheckoutSession, f"cs_{mode}_{code}", "expired checkout session")
        way = session.page.recovery
        if way is None or way.expires_at is None or way.expires_at < self.bench.now():
            sentence = "The way back to an expired session works for 30 days, if the shop has asked for one."
            raise DeadEnd(410, "This link is no longer active", sentence, back=session.cancel_url)
        world = account.act(RecoverCheckout(session.id))
        see_other(resp, f"/c/pay/{next(world.checkout_sessions.newest_first()).id}")


def routes(bench: Bench) -> list[tuple[str, object]]:
    """The address of every link, and of every way back."""
    return [("/b/{code}", LinkPage(bench, Notes())), ("/b/r/{code}", RecoveryPage(bench, Notes()))]
