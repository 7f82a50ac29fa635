"""Fold one event of Stripe's again, by its id: for an operator, after a misconfiguration is mended.

Decides that Stripe's own copy is read, never a body that somebody sends.  The event takes the same path as a
webhook, so replaying what is known changes nothing.
Source: https://docs.stripe.com/api/events/retrieve (Stripe keeps events for 30 days).
"""

from __future__ import annotations

import re

import falcon
from stripe import InvalidRequestError

from rehearsal_server.answering import answer_json
from rehearsal_server.bodies import read_json
from rehearsal_server.callers import admin_of, stripe_of
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.events import read_event
from rehearsal_server.intake import Decision, FetchError, Intake
from rehearsal_server.shape import text
from rehearsal_specs.manifest import Operation

BODY_BYTES_MAX = 2**14
EVENT_ID = re.compile(r"evt_\w+", re.ASCII)  # it becomes part of a path


class Replay:
    """POST {event_id}: what became of it now."""

    __slots__ = ("_context", "_intake", "_wanted")

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context
        self._intake = Intake(context)
        self._wanted = frozenset(context.manifest.webhook.enabled_events)

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        admin_of(self._context, req)
        event_id = text(read_json(req, BODY_BYTES_MAX), "event_id")
        if not EVENT_ID.fullmatch(event_id):
            raise Refused(400, "EVENT_ID_INVALID", "event_id is the id of an event at Stripe, evt_…")
        try:
            found = stripe_of(self._context).v1.events.retrieve(event_id)
        except InvalidRequestError:
            raise Refused(404, "EVENT_UNKNOWN", "Stripe has no such event, or keeps it no longer") from None
        event = read_event(found.to_dict(for_json=True), self._wanted)
        try:
            decision = self._intake.take(event)
        except FetchError as error:
            raise Refused(503, "STRIPE_UNAVAILABLE", str(error)) from error
        answer = {"ok": True, "event_id": event.event_id, "type": event.type, "decision": decision.value}
        answer_json(resp, answer | {"changed": decision is Decision.APPLIED})
