"""Stripe tells what happened.

Decides the answer to a delivery: 2xx only when what it says is durable, or is known to say nothing here;
400 or 413 for what Stripe did not send, 503 when Stripe should come again.  Does not know what an event
means (`intake`). Rule: https://docs.stripe.com/webhooks; one log line per delivery, never a body, an e-mail
address or a secret.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping

import falcon

from rehearsal_server.bodies import read_body
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused, answer_to
from rehearsal_server.events import Event, read_event_text
from rehearsal_server.intake import Decision, FetchError, Intake
from rehearsal_server.signature import verify
from rehearsal_specs.manifest import Operation

BODY_BYTES_MAX = 2**20
"""Stripe states no limit.  An invoice event carries at most ten lines, each with at most 50 metadata values
of 500 characters: under half of this.
"""

deliveries = logging.getLogger("rehearsal_server.deliveries")


_ANSWERS: Mapping[Decision, bytes] = {
    each: json.dumps({"received": True, "decision": each.value}).encode() for each in Decision
}


class Webhook:
    """POST: one delivery of one event."""

    __slots__ = ("_clock", "_intake", "_secrets", "_tolerance_s", "_unset", "_wanted")

    def __init__(self, context: Context, operation: Operation) -> None:
        self._clock = context.clock
        self._intake = Intake(context)
        secret_env = operation.options["secret_env"]
        secrets = (context.settings.value(secret_env) or "").split(",")  # several during a roll
        self._secrets = tuple(each.strip() for each in secrets if each.strip())
        self._unset = secret_env if not self._secrets else ""
        if (
            context.livemode is None
        ):  # whose events are ours?  Better told again later than lost as another mode's
            self._unset = context.stripe_key_name
        self._tolerance_s = context.manifest.webhook.tolerance_s
        self._wanted = frozenset(context.manifest.webhook.enabled_events)

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        if deliveries.isEnabledFor(logging.INFO):
            self._deliver_and_log(req, resp)
        else:
            self._take(self._event(req), resp)

    def _event(self, req: falcon.Request) -> Event:
        """The authentic event of a request; raises Refused and ShapeError."""
        body = read_body(req, BODY_BYTES_MAX)
        if self._unset:
            raise Refused(503, "NOT_CONFIGURED", f"{self._unset} is not set right on the server")
        header = req.env.get("HTTP_STRIPE_SIGNATURE")
        text = verify(body, header, self._secrets, self._tolerance_s, self._clock())
        return read_event_text(text, self._wanted)

    def _take(self, event: Event, resp: falcon.Response) -> Decision:
        try:
            decision = self._intake.take(event)
        except FetchError as error:
            raise Refused(503, "STRIPE_UNAVAILABLE", str(error)) from error
        resp.content_type = falcon.MEDIA_JSON
        resp.data = _ANSWERS[decision]
        return decision

    def _deliver_and_log(self, req: falcon.Request, resp: falcon.Response) -> None:
        line: dict[str, object] = {}
        began = time.perf_counter()
        try:
            event = self._event(req)
            line |= {"event": event.event_id, "type": event.type, "object": event.object_id}
            line["decision"] = self._take(event, resp)
        except Exception as error:
            line["decision"] = answer_to(error)[1]
            raise
        finally:
            deliveries.info(json.dumps(line | {"ms": round((time.perf_counter() - began) * 1000, 2)}))
