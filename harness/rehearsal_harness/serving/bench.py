"""The bench: accounts, clock, webhooks and backends of one `rehearse serve`.

Decides: which account a key opens, that every event of an enabled endpoint is planned for delivery, and which
faults strike.  Does not know sockets (`app`), pages, or rules of Stripe's.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rehearsal_harness.core.objects import WebhookEndpoint
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.requests import ApiFault, ApiRequest, ApiResponse
from rehearsal_harness.core.requests.faults import ApiFaultKind
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.account import Account
from rehearsal_harness.serving.clock import SimulatedClock
from rehearsal_harness.serving.faults import Faults
from rehearsal_harness.serving.moving import Moving, move
from rehearsal_harness.serving.news import News
from rehearsal_harness.serving.outbox import Attempt, Outbox, first_attempt
from rehearsal_harness.serving.sender import Envelope, Senders
from rehearsal_harness.stripe_api.accounts import Accounts
from rehearsal_specs.manifest import Manifest

MAIN_KEY = "sk_test_" + "0" * 24
RESENT_AT_ONCE = 0

Start = Callable[[str], World]


class NotThere(KeyError):
    """Nothing has that id; the message says what was looked for."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A backend that runs beside the simulated Stripe.  `environ` holds secrets: it is never shown."""

    manifest: Manifest
    path: Path
    url: str
    endpoint_id: str
    environ: Mapping[str, str]
    prices: Mapping[str, str]


class Bench:
    """`start` makes the world of a new account; `retries_s` says when a failed delivery is tried again."""

    def __init__(
        self,
        main: World,
        start: Start,
        clock: SimulatedClock,
        *,
        retries_s: Sequence[int],
        faults: Faults | None = None,
        address: str = "",
    ) -> None:
        self.clock = clock
        self.address = address
        self.services: tuple[Service, ...] = ()
        self.faults = faults or Faults()
        self.news = News()
        self.outbox = Outbox(retries_s)
        self.moving: Moving | None = None
        self.main = Account(main, self)
        self.by_key = Accounts(self.main, lambda id_: Account(start(id_), self), MAIN_KEY)
        self._lock = threading.Lock()
        self._senders = Senders(
            self.outbox, self._envelope, clock.now, self._again, lambda delivery, envelope: self.news.tell()
        )

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, the main one first."""
        return (self.main, *self.by_key.others().values())

    def account(self, account_id: str) -> Account:
        """The account of that id; raises NotThere."""
        for each in self.accounts():
            if each.id == account_id:
                return each
        raise NotThere(f"no account {account_id[:40]}")

    # What an account asks and tells

    def now(self) -> int:
        """The unix second of every account."""
        return self.clock.now()

    def strike(self, request: ApiRequest) -> ApiFault | None:
        """The fault that is switched on for the next request; a slow answer is waited for here."""
        if self.faults.slow_ms:
            time.sleep(self.faults.slow_ms / 1_000)
        if not (self.faults.api_errors or self.faults.lock_timeouts):
            return None
        with self._lock:
            if self.faults.api_errors:
                self.faults = replace(self.faults, api_errors=self.faults.api_errors - 1)
                return ApiFault(ApiFaultKind.SERVER_ERROR)
            if self.faults.lock_timeouts:
                self.faults = replace(self.faults, lock_timeouts=self.faults.lock_timeouts - 1)
                return ApiFault(ApiFaultKind.LOCK_TIMEOUT)
        return None

    def changed(self, account: Account, before: World, after: World) -> None:
        """Plan what happened for every endpoint that receives it."""
        if len(after.events) > len(before.events):
            lines = [(n, each) for n, each in enumerate(after.webhook_endpoints) if not each.deleted]
            if lines:
                self._plan(
                    first_attempt(account.id, event, endpoint, line, self.faults)
                    for event in after.events.since(len(before.events))
                    for line, endpoint in lines
                    if endpoint.receives(event.type)
                )
        self.news.tell()

    def answered(self, account: Account, request: ApiRequest, answer: ApiResponse) -> ApiResponse:
        """What Stripe does beside an answer: send an event again that somebody asked for."""
        if answer.status == 200 and answer.operation == "POST /v1/events/:id/retry":
            endpoint_id = request.params.get("webhook_endpoint")
            self.resend(str(answer.body["id"]), str(endpoint_id) if endpoint_id else None, account=account)
        return answer

    def set_faults(self, faults: Faults) -> None:
        """From now on these strike; what was planned before keeps what befell it."""
        with self._lock:
            self.faults = faults
        self.news.tell()

    # Time

    def next_due(self, *, deliveries: bool = True) -> int | None:
        """The next second at which something happens by itself, in any account or on the wire, or None."""
        dues = [each.world.next_due for each in self.accounts()]
        dues += [self.outbox.next_due()] if deliveries else []
        return min((each for each in dues if each is not None), default=None)

    def set_speed(self, speed: float) -> None:
        """Simulated seconds for each real one; 0 stops the clock.  Raises ValueError below 0."""
        self.clock.set_speed(speed)
        self.news.tell()

    def advance_to(self, instant_s: int, *, deliver: bool = True, wait: bool = False) -> Moving:
        """Begin to move the clock; `wait` until it is there.

        Raises ValueError for the past, or while it moves.  With `deliver` every webhook is delivered at
        its second before time goes on; without, afterwards.
        """
        with self._lock:
            now = self.clock.now()
            if self.moving is not None and not self.moving.is_done:
                raise ValueError(f"the clock is being moved to {self.moving.to} already: stop that first")
            if instant_s < now:
                raise ValueError(f"time runs forward: now is {now}, asked for {instant_s}")
            self.moving = moving = Moving(now, instant_s, deliver)
            threading.Thread(target=move, args=(self, moving), name="moving", daemon=True).start()
        if wait:
            moving.finished.wait()
        return moving

    def stop_moving(self) -> None:
        """The clock stays where it is."""
        if self.moving is not None:
            self.moving.stopped.set()

    def keep_time(self) -> None:
        """Let happen what the running clock has reached; called again and again by whoever serves."""
        if self.moving is None or self.moving.is_done:
            now = self.clock.now()
            for account in self.accounts():
                due = account.world.next_due
                if due is not None and due <= now:
                    account.advance_some(now)

    # Webhooks

    def resend(self, event_id: str, endpoint_id: str | None, *, account: Account | None = None) -> None:
        """Deliver an event once more, to one endpoint or all that receive its type; raises NotThere."""
        account = account or self.main
        event = next((each for each in account.world.events.newest_first() if each.id == event_id), None)
        if event is None:
            raise NotThere(f"no event {event_id[:60]} in {account.id}")
        endpoints = [
            each
            for each in account.world.webhook_endpoints
            if (each.id == endpoint_id if endpoint_id else each.receives(event.type))
        ]
        if not endpoints:
            raise NotThere(f"no webhook endpoint {endpoint_id or 'that receives ' + event.type}")
        self._plan(
            Attempt(
                account_id=account.id,
                event_id=event.id,
                event_index=event.index,
                endpoint_id=each.id,
                due=RESENT_AT_ONCE,
                place=event.index,
                cause="resend",
            )
            for each in endpoints
        )

    def _plan(self, attempts: Iterable[Attempt]) -> None:
        planned = list(attempts)
        self.outbox.add(planned)
        for endpoint in {(each.account_id, each.endpoint_id) for each in planned}:
            self._senders.see_to(endpoint)

    def _envelope(self, attempt: Attempt) -> Envelope | None:
        account = self.account(attempt.account_id)
        endpoint = account.world.webhook_endpoints.get(attempt.endpoint_id)
        if endpoint is None or endpoint.deleted or endpoint.status != "enabled":
            return None
        event = account.world.events[attempt.event_index]
        version = endpoint.api_version or account.world.settings.api_version
        body = render_event(event, version)
        body["pending_webhooks"] = self.outbox.endpoints_waiting_for(event.id)
        dropped = self.faults.is_dropped(event.index, attempt.line, attempt.number)
        return Envelope(
            url=endpoint.url,
            event_type=event.type,
            event_created=event.created,
            body=json.dumps(body, indent=2).encode(),
            secrets=(endpoint.secret,),
            signed_at=self._signed_at(endpoint),
            struck="lost" if attempt.struck == "lost" else "dropped" if dropped else "",
        )

    def _signed_at(self, endpoint: WebhookEndpoint) -> int:
        """The second of a signature: the receiver's own.  Our backends follow the bench's clock; anybody
        else's has a wall clock, and its SDK refuses only what is too old.
        """
        now = self.clock.now()
        ours = any(each.endpoint_id == endpoint.id for each in self.services)
        return now if ours else max(now, int(time.time()))

    def _again(self, attempt: Attempt) -> Attempt | None:
        doubled = self.faults.is_duplicated(attempt.event_index, attempt.line)
        if attempt.cause in ("duplicate", "resend") or not doubled:
            return None
        return replace(attempt, cause="duplicate", due=self.clock.now(), number=attempt.number + 1)

    def close(self) -> None:
        """Wake every page, stop moving, and end the senders."""
        self.stop_moving()
        self.news.close()
        self._senders.close()
