"""The bench: accounts, clock, webhooks and backends of one `rehearse serve`.

Decides: which account a key opens, what follows from a change, which fault a request meets, and what time it
is.  Does not know sockets (`app`), pages, or rules of Stripe's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.billing.due import is_due
from rehearsal_harness.core.render.hosted import hosted_at
from rehearsal_harness.core.requests import ApiFault, ApiRequest, ApiResponse
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.account import Account
from rehearsal_harness.serving.cli_desk import CliDesk
from rehearsal_harness.serving.clock import SimulatedClock
from rehearsal_harness.serving.faults import COUNTED, Faults
from rehearsal_harness.serving.moving import Moving, move
from rehearsal_harness.serving.news import News
from rehearsal_harness.serving.outbox import Outbox
from rehearsal_harness.serving.webhooks import NotThere, Webhooks, event_of
from rehearsal_harness.stripe_api.accounts import Accounts
from rehearsal_specs.manifest import Manifest

if TYPE_CHECKING:
    from rehearsal_harness.serving.keeping import Keeper
    from rehearsal_harness.serving.serving import Later

STOP_S = 5  # how long the end waits for a slice of a move
MAIN_KEY = "sk_test_" + "0" * 24

Start = Callable[[str], World]


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
        keeper: Keeper | None = None,
    ) -> None:
        self.clock = clock
        self.address = address
        self.services: tuple[Service, ...] = ()
        self.backends: dict[str, Later] = {}
        self.faults = faults or Faults()
        self.news = News()
        self._keeper = keeper
        self.moving: Moving | None = None
        self.main = Account(main, self)
        self.by_key = Accounts(self.main, lambda id_: Account(start(id_), self), MAIN_KEY)
        self._lock = threading.Lock()
        self.webhooks = Webhooks(self, retries_s)
        self.cli = CliDesk(self.webhooks.heard_of)

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

    @property
    def is_moving(self) -> bool:
        """Whether the clock is being moved, so that what is due happens in slices."""
        return self.moving is not None and not self.moving.is_done

    @property
    def is_heard(self) -> bool:
        """Whether anybody is to be told of an event at its second: an endpoint, or an attempt that waits."""
        endpoints = (each for account in self.accounts() for each in account.world.webhook_endpoints)
        return self.outbox.waiting() > 0 or any(
            not each.deleted and each.status == "enabled" for each in endpoints
        )

    def strike(self, request: ApiRequest) -> ApiFault | None:
        """The fault that is switched on for the next request; a slow answer is waited for here."""
        if self.faults.slow_ms:
            time.sleep(self.faults.slow_ms / 1_000)
        if not any(getattr(self.faults, name) for name in COUNTED):
            return None
        with self._lock:
            for name, kind in COUNTED.items():
                if getattr(self.faults, name):
                    self.faults = self.faults.spent(name)
                    return ApiFault(kind)
        return None

    def waits(self, event_id: str) -> bool:
        """Whether an endpoint has yet to acknowledge the event."""
        return self.outbox.endpoints_waiting_for(event_id) > 0

    def keep(self, after: World) -> None:
        """Keep what happened in the state file, if there is one; raises what `Keeper.save` does."""
        if self._keeper is not None:
            self._keeper.save(after)

    def changed(self, account: Account, before: World, after: World) -> None:
        """Plan what happened for every endpoint that receives it, and tell whoever listens."""
        self.webhooks.plan(account, len(before.events), after)
        self.cli.tell_events(account, before, after, self.address)
        self.news.tell()

    def own_answer(self, account: Account, request: ApiRequest) -> ApiResponse | None:
        """What the Stripe CLI asks about its websocket."""
        return self.cli.answer(account, request)

    def answered(self, account: Account, request: ApiRequest, answer: ApiResponse) -> ApiResponse:
        """What Stripe does beside an answer; the answer with the bench's own pages in place of Stripe's."""
        self.cli.tell_request(account, request, answer, self.now())
        if answer.status == 200 and answer.operation == "POST /v1/events/:id/retry":
            answer = self._resent(account, request, answer)
        if answer.operation.startswith("GET /v1/events"):
            self._count_waiting(answer.body)
        return replace(answer, body=hosted_at(self.address, answer.body))

    def _resent(self, account: Account, request: ApiRequest, answer: ApiResponse) -> ApiResponse:
        """Send the event of the answer again: to an endpoint, or to the CLI that asked for it."""
        event_id, endpoint_id = str(answer.body["id"]), request.params.get("webhook_endpoint")
        if request.params.get("for_stripecli") == "true":
            self.cli.tell_event(account, event_of(account, event_id), self.address)
            return answer
        try:
            self.resend(event_id, str(endpoint_id) if endpoint_id else None, account=account)
        except NotThere as problem:
            error = {"type": "invalid_request_error", "message": str(problem), "param": "webhook_endpoint"}
            return replace(answer, status=400, body={"error": error})
        return answer

    def _count_waiting(self, body: Any) -> None:
        """In events: how many endpoints have yet to acknowledge each."""
        for each in body.get("data", ()) if body.get("object") == "list" else (body,):
            if isinstance(each, dict) and "pending_webhooks" in each:
                each["pending_webhooks"] = self.outbox.endpoints_waiting_for(str(each["id"]))

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
            if self.is_moving and self.moving is not None:
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
        now = self.clock.now()
        for account in self.accounts():
            while not self.is_moving and is_due(account.world, now):
                account.advance_some(now)
        if self._keeper is not None:
            self._keeper.tick(self)

    # Webhooks

    @property
    def outbox(self) -> Outbox:
        """What is still to be delivered, and what was."""
        return self.webhooks.outbox

    def resend(self, event_id: str, endpoint_id: str | None, *, account: Account | None = None) -> None:
        """Deliver an event once more, to one endpoint or all that receive its type; raises NotThere."""
        self.webhooks.resend(account or self.main, event_id, endpoint_id)

    def is_ours(self, endpoint_id: str) -> bool:
        """Whether one of the bench's own backends is behind an endpoint, so that it follows our clock."""
        return any(each.endpoint_id == endpoint_id for each in self.services)

    def close(self) -> None:
        """Wake every page, stop moving, end the senders and let go of the file; raises StateError."""
        self.stop_moving()
        try:
            self.news.close()
            self.cli.socket.close()
            self.webhooks.close()
            if self.moving is not None:
                self.moving.finished.wait(STOP_S)
        finally:
            if self._keeper is not None:
                self._keeper.close(self)
