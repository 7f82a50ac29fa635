"""Lead a signed-in user to where a price of the console's is paid.

Decides which prices are sold: those of the allow-list, or without one any active price of Stripe's account;
and that nobody buys twice what is running.  Does not know amounts, nor what is paid: only an event says so.
"""

from __future__ import annotations

import falcon
from stripe import InvalidRequestError

from rehearsal_server.answering import answer_json
from rehearsal_server.bodies import read_json
from rehearsal_server.callers import configured, stripe_of, user_of
from rehearsal_server.checkout_gate import refuse_if_closed
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.identity import User
from rehearsal_server.own_site import address
from rehearsal_server.selling import Wish, hashed, newest_ended, open_session
from rehearsal_server.shape import text
from rehearsal_server.standing import customer_of_user, runs_already
from rehearsal_specs.manifest import Offer, Operation

BODY_BYTES_MAX = 2**14


class PriceCheckout:
    """POST {price_id}: where to pay for it."""

    __slots__ = ("_context", "_options")

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context
        self._options = operation.options

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        context, now = self._context, self._context.clock()
        user = user_of(context, req)
        price = text(read_json(req, BODY_BYTES_MAX), "price_id")
        self._refuse_foreign(price)
        refuse_if_closed(context)
        history = context.store.history_of_user(user.id)
        if runs_already(context, history, price, now):
            message = "this user has a subscription with this price; change it in the portal"
            raise Refused(409, "ALREADY_SUBSCRIBED", message, next_route=self._portal_route())
        wish = self._wish(user, price, now)
        key = hashed("user", user.id, price, newest_ended(history, now))
        url, session_id = open_session(context, wish, key, now)
        answer_json(resp, {"ok": True, "url": url, "sessionId": session_id, "kind": "checkout"})

    def _refuse_foreign(self, price: str) -> None:
        listed = self._context.settings.value(self._options.get("allowed_prices_env", "")) or ""
        allowed = [each.strip() for each in listed.split(",") if each.strip()]
        if allowed and price not in allowed:
            message = f"this price is not sold here; price_id is one of {', '.join(allowed)}"
            raise Refused(400, "PRICE_NOT_ALLOWED", message)

    def _portal_route(self) -> str | None:
        portal = self._context.manifest.operation("user_portal")
        return None if portal is None else str(portal.route)

    def _wish(self, user: User, price_id: str, now: int) -> Wish:
        """The wish for a price as Stripe describes it; raises Refused (400)."""
        try:
            price = stripe_of(self._context).v1.prices.retrieve(price_id)
        except InvalidRequestError:
            raise Refused(400, "PRICE_UNKNOWN", "Stripe's account has no such price") from None
        if not price.active or price.recurring is None:
            raise Refused(400, "PRICE_NOT_SOLD", "the price is archived, or is not one of a subscription")
        offer = self._offer_of(price_id)
        site = configured(self._context, self._options["site_url_env"])
        return Wish(
            mode="subscription",
            price=price_id,
            quantity=None if price.recurring.usage_type == "metered" else 1,
            trial_days=0 if offer is None else offer.trial_days,
            metadata={"user_id": user.id},
            user=user.id,
            email=user.email,
            customer=customer_of_user(self._context, user.id, now),
            success_url=address(site, self._options["success_path"], with_session=True),
            cancel_url=address(site, self._options["cancel_path"]),
        )

    def _offer_of(self, price_id: str) -> Offer | None:
        settings = self._context.settings
        offers = self._context.manifest.offers
        return next((each for each in offers if settings.value(each.price_env) == price_id), None)
