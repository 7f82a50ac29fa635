"""The webhooks of a bench: from what happened to what is sent, and what came of it.

Decides: that every event of an enabled endpoint is planned, how it is addressed and signed, and which fault
an attempt meets.  Does not know HTTP (`sender`), nor when an attempt is tried again (`outbox`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rehearsal_harness.core.objects import Event, WebhookEndpoint
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.render.hosted import hosted_at
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.account import Account
from rehearsal_harness.serving.cli_socket import CliDelivery
from rehearsal_harness.serving.outbox import Attempt, Delivery, Outbox, first_attempt
from rehearsal_harness.serving.sender import Envelope, Senders

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench

AT_ONCE = 0
LISTEN = "stripe listen"  # in place of an endpoint's id


class NotThere(KeyError):
    """Nothing has that id; the message says what was looked for."""

    def __str__(self) -> str:
        return str(self.args[0])


class Webhooks:
    """The deliveries of every account of `bench`."""

    def __init__(self, bench: Bench, retries_s: Sequence[int]) -> None:
        self._bench = bench
        self.outbox = Outbox(retries_s)
        self._senders = Senders(
            self.outbox,
            self._envelope,
            bench.clock.now,
            self._again,
            bench.news.tell,
        )

    def plan(self, account: Account, known: int, after: World) -> None:
        """Plan the events of `after` but for the first `known`, for every endpoint that receives them."""
        if len(after.events) <= known:
            return
        lines = [(n, each) for n, each in enumerate(after.webhook_endpoints) if not each.deleted]
        if lines:
            self._add(
                first_attempt(account.id, event, endpoint, line, self._bench.faults)
                for event in after.events.since(known)
                for line, endpoint in lines
                if endpoint.receives(event.type) and endpoint.created <= event.told  # resumed: made later
            )

    def resend(self, account: Account, event_id: str, endpoint_id: str | None) -> None:
        """Deliver an event once more, to one endpoint or all that receive its type; raises NotThere."""
        event = event_of(account, event_id)
        endpoints = [
            each
            for each in account.world.webhook_endpoints
            if not each.deleted and (each.id == endpoint_id if endpoint_id else each.receives(event.type))
        ]
        if not endpoints:
            raise NotThere(f"no webhook endpoint {endpoint_id or 'that receives ' + event.type}")
        self._add(
            Attempt(
                account_id=account.id,
                event_id=event.id,
                event_index=event.index,
                endpoint_id=each.id,
                due=AT_ONCE,
                place=event.index,
                cause="resend",
            )
            for each in endpoints
        )

    def restore(self, attempts: Iterable[Attempt]) -> None:
        """Plan what another bench had planned."""
        self._add(attempts)

    def _add(self, attempts: Iterable[Attempt]) -> None:
        planned = list(attempts)
        self.outbox.add(planned)
        for endpoint in {(each.account_id, each.endpoint_id) for each in planned}:
            self._senders.see_to(endpoint)

    def _envelope(self, attempt: Attempt) -> Envelope | None:
        account = self._bench.account(attempt.account_id)
        endpoint = account.world.webhook_endpoints.get(attempt.endpoint_id)
        if endpoint is None or endpoint.deleted or endpoint.status != "enabled":
            return None
        event = account.world.events[attempt.event_index]
        version = endpoint.api_version or account.world.settings.api_version
        body = hosted_at(self._bench.address, render_event(event, version, account.world))
        body = {**body, "pending_webhooks": self.outbox.endpoints_waiting_for(event.id)}
        dropped = self._bench.faults.is_dropped(event.index, attempt.line, attempt.number)
        return Envelope(
            url=endpoint.url,
            event_type=event.type,
            event_created=event.created,
            body=json.dumps(body, indent=2).encode(),
            secrets=endpoint.secrets_at(self._bench.clock.now()),
            signed_at=self._signed_at(endpoint),
            struck="lost" if attempt.struck == "lost" else "dropped" if dropped else "",
        )

    def _signed_at(self, endpoint: WebhookEndpoint) -> int:
        """The second of a signature: the receiver's own.  Our backends follow the bench's clock; anybody
        else's has a wall clock, and its SDK refuses only what is too old.
        """
        now = self._bench.now()
        return now if self._bench.is_ours(endpoint.id) else max(now, int(time.time()))

    def _again(self, attempt: Attempt) -> Attempt | None:
        doubled = self._bench.faults.is_duplicated(attempt.event_index, attempt.line)
        if attempt.cause in ("duplicate", "resend") or not doubled:
            return None
        return replace(attempt, cause="duplicate", due=self._bench.now(), number=attempt.number + 1)

    def heard_of(self, told: CliDelivery) -> None:
        """A backend behind `stripe listen` has answered."""
        event = event_of(self._bench.account(told.account_id), told.event_id)
        self.outbox.record(
            Delivery(
                number=self.outbox.next_number(),
                account_id=told.account_id,
                event_id=event.id,
                event_index=event.index,
                event_type=event.type,
                event_created=event.created,
                endpoint_id=LISTEN,
                url=told.url,
                attempt=1,
                cause="event",
                at=self._bench.now(),
                status=told.status,
                latency_ms=0.0,
                answer=told.answer,
            )
        )
        self._bench.news.tell()

    def hold(self) -> None:
        """Send nothing until `release`, as the backends are not there yet."""
        self._senders.hold()

    def release(self) -> None:
        """Send what is due."""
        self._senders.release()

    def close(self) -> None:
        """End the senders."""
        self._senders.close()


def event_of(account: Account, event_id: str) -> Event:
    """The event of that id; raises NotThere."""
    found = next((each for each in account.world.events.newest_first() if each.id == event_id), None)
    if found is None:
        raise NotThere(f"no event {event_id[:60]} in {account.id}")
    return found
