"""Lead somebody who chose a plan of the site to where it is paid.

Goes the way that `readiness` says: a Checkout Session, a ready-made payment link, or a request that people
answer with an invoice.  Decides where a caller may come back to: on the own site, and nowhere else.  Does
not know what is paid: only an event says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import falcon

from rehearsal_server.answering import answer_way
from rehearsal_server.bodies import read_fields
from rehearsal_server.callers import configured, user_or_none
from rehearsal_server.checkout_gate import closed
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.identity import User
from rehearsal_server.operations.user_portal import own_portal
from rehearsal_server.own_site import ForeignPathError, address, own_path
from rehearsal_server.readiness import Way, readiness_of
from rehearsal_server.selling import Wish, hashed, newest_ended, open_session
from rehearsal_server.shape import text
from rehearsal_server.standing import access_of, customer_of_user, orders_of_user
from rehearsal_specs.manifest import Offer, Operation

BODY_BYTES_MAX = 2**14


class PlanCheckout:
    """POST {plan_id, success_path?, cancel_path?}: where to pay, or where to ask for an invoice."""

    __slots__ = ("_context", "_options", "_sold")

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context
        self._options = operation.options
        self._sold = {each.id: each for each in context.manifest.offers if not each.credits}

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        user = user_or_none(self._context, req)
        body = read_fields(req, BODY_BYTES_MAX)
        offer = self._offer(text(body, "plan_id"))
        success = self._path(body, "success_path")
        cancel = self._path(body, "cancel_path")
        refusal = closed(self._context)
        if refusal is not None:
            raise refusal
        answer_way(req, resp, {"ok": True, **self._way(offer, user, success, cancel)})

    def _offer(self, plan_id: str) -> Offer:
        if plan_id not in self._sold:
            raise Refused(
                400, "UNKNOWN_PLAN", f"there is no such plan; plan_id is one of {', '.join(self._sold)}"
            )
        return self._sold[plan_id]

    def _path(self, body: Mapping[str, Any], key: str) -> str:
        path = body.get(key)
        if path is None:
            return self._options[key]
        try:
            if type(path) is not str:
                raise ForeignPathError
            return own_path(path)
        except ForeignPathError:
            raise Refused(
                400, "FOREIGN_PATH", f"{key} must be a path on this site, such as /pricing"
            ) from None

    def _way(self, offer: Offer, user: User | None, success: str, cancel: str) -> dict[str, object]:
        way = readiness_of(self._context).plan(offer.id).way
        if way is Way.PAY:
            return self._session(offer, user, success, cancel)
        if way is Way.PAYMENT_LINK:
            return {"url": configured(self._context, offer.payment_link_env or ""), "kind": way.value}
        site = configured(self._context, self._options["site_url_env"])
        return {"url": address(site, f"{self._options['request_path']}?plan={offer.id}"), "kind": "request"}

    def _session(self, offer: Offer, user: User | None, success: str, cancel: str) -> dict[str, object]:
        now = self._context.clock()
        if user is not None and offer.mode == "subscription":
            history = self._context.store.history_of_user(user.id)
            if access_of(self._context, history, now).allowed:
                return {"url": own_portal(self._context, user.id, now), "kind": "portal"}
        site = configured(self._context, self._options["site_url_env"])
        wish = wish_of(
            self._context,
            offer,
            user,
            success_url=address(site, success, with_session=True),
            cancel_url=address(site, cancel),
        )
        url, session_id = open_session(self._context, wish, key_of(self._context, offer, user, now), now)
        return {"url": url, "sessionId": session_id, "kind": "checkout"}


def wish_of(
    context: Context, offer: Offer, user: User | None, *, success_url: str, cancel_url: str, packs: int = 1
) -> Wish:
    """An offer, wanted by a user or a guest; `packs` is how many of it.  Raises Refused (503)."""
    metadata = {"offer_id": offer.id}
    if user is not None:
        metadata["user_id"] = user.id
    if offer.credits:
        metadata["credits"] = str(offer.credits * packs)
    return Wish(
        mode=offer.mode,
        price=configured(context, offer.price_env),
        quantity=None if offer.is_metered else packs,
        trial_days=offer.trial_days,
        metadata=metadata,
        user=None if user is None else user.id,
        email=None if user is None else user.email,
        customer=None if user is None else customer_of_user(context, user.id, context.clock()),
        success_url=success_url,
        cancel_url=cancel_url,
    )


def key_of(context: Context, offer: Offer, user: User | None, now: int, packs: int = 1) -> str:
    """The idempotency key of a wish: a guest's is always new; a user's stands until it has been fulfilled."""
    if user is None:
        return hashed("guest", offer.id, context.fresh())
    history = context.store.history_of_user(user.id)
    bought = sum(order.offer == offer.id and order.is_paid for order in orders_of_user(context, user.id))
    return hashed("user", user.id, offer.id, str(packs), str(bought), newest_ended(history, now))
