"""May this device use the product?

Decides what each caller proves: a checkout session and a device id (a claim, also after a reinstall), a
device's token, or the admin token for the back office, which records and issues nothing.  Does not know the
rules of access. Every allowed answer to a device carries a fresh licence; only a device's first activation
writes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import falcon

from rehearsal_server.access import Access
from rehearsal_server.callers import bearer_token, device_of, is_admin, license_signer
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.licenses import Audience, Bearer, boundary
from rehearsal_server.shape import text
from rehearsal_server.standing import access_of, access_table, customer_of_session
from rehearsal_specs.manifest import Operation

CHECKOUT_PENDING = Access(
    allowed=False,
    phrase="no completed payment is known for this checkout session yet",
    code="CHECKOUT_PENDING",
    until=None,
    subscription_id=None,
    status=None,
)


def iso(instant: int) -> str:
    """Unix seconds as 2026-06-01T00:00:00Z."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class LicenseStatus:
    """GET: the answer for a device, or for the back office."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        now = self._context.clock()
        token = bearer_token(req)
        if token is None:
            access, bearer = self._claim(req, now)
        elif is_admin(self._context, token):
            access, bearer = self._look_up(req, now), None
        else:
            access, bearer = self._come_back(req, token, now)
        resp.content_type = falcon.MEDIA_JSON
        resp.set_header("Cache-Control", "no-store")
        resp.data = json.dumps(self._answer(access, bearer, now)).encode()

    def _claim(self, req: falcon.Request, now: int) -> tuple[Access, Bearer | None]:
        session_id, device = text(req.params, "checkoutSessionId"), text(req.params, "deviceId")
        customer = customer_of_session(self._context, session_id)
        if customer is None:
            return CHECKOUT_PENDING, None
        history = self._context.store.history_of_customer(customer)
        return access_of(self._context, history, now), Bearer(customer=customer, device=device)

    def _come_back(self, req: falcon.Request, token: str, now: int) -> tuple[Access, Bearer]:
        bearer = device_of(self._context, token, now)
        if req.params.get("deviceId", bearer.device) != bearer.device:
            raise Refused(403, "DEVICE_MISMATCH", "the token was issued to another device")
        history = self._context.store.history_of_customer(bearer.customer)
        return access_of(self._context, history, now), bearer

    def _look_up(self, req: falcon.Request, now: int) -> Access:
        store = self._context.store
        if "checkoutSessionId" in req.params:
            customer = customer_of_session(self._context, text(req.params, "checkoutSessionId"))
            if customer is None:
                return CHECKOUT_PENDING
            history = store.history_of_customer(customer)
        elif "deviceId" in req.params:
            history = store.history_of_device(text(req.params, "deviceId"))
        else:
            history = store.history_of_customer(text(req.params, "customerId"))
        return access_of(self._context, history, now)

    def _answer(self, access: Access, bearer: Bearer | None, now: int) -> dict[str, object]:
        table = access_table(self._context)
        until = boundary(access, table, now) if access.allowed else None
        answer: dict[str, object] = {
            "active": access.allowed,
            "code": access.code,
            "phrase": access.phrase,
            "entitlement": table.entitlement if access.allowed else None,
            "status": access.status,
            "offlineGrace": None if until is None else {"until": until, "untilIso": iso(until)},
            "device": None,
            "license": None,
            "deviceAccessToken": None,
            "deviceAccessTokenExpiresAtIso": None,
            "expiresAt": until,
            "serverTime": now,
        }
        if bearer is not None and until is not None:
            tokens = license_signer(self._context)
            answer["device"] = self._activated(bearer, now)
            answer["license"] = tokens.sign(Audience.LICENSE, bearer, access, table, now)
            answer["deviceAccessToken"] = tokens.sign(Audience.DEVICE, bearer, access, table, now)
            answer["deviceAccessTokenExpiresAtIso"] = iso(until)
        if bearer is not None:
            self._context.store.note_check(bearer.customer, bearer.device, now, active=access.allowed)
        return answer

    def _activated(self, bearer: Bearer, now: int) -> dict[str, object]:
        store = self._context.store
        at = store.activation(bearer.customer, bearer.device)
        if at is None:
            with store.transaction():
                store.activate(bearer.customer, bearer.device, now)
                at = store.activation(bearer.customer, bearer.device) or now  # another request was first
        return {"deviceId": bearer.device, "activatedAt": at, "activatedAtIso": iso(at)}
