"""What is still to be delivered, and what was.

Decides: when an event is tried again, and what is remembered of each attempt.  Does not know HTTP or threads
of its own: the senders take from here and report back.
Rule: specs/faults.yaml, `retries`; a later success by hand does not stop the automatic retries of Stripe's,
but an acknowledged attempt does.  https://docs.stripe.com/webhooks#retries
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Condition

from rehearsal_harness.core.objects import Event, WebhookEndpoint
from rehearsal_harness.serving.faults import Faults

DELIVERIES_KEPT = 20_000
ANSWER_CHARACTERS = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One delivery to be made at the simulated second `due`: the `number`th of its event (from 1).

    `cause` is event, retry, duplicate or resend; `place` orders what is due together; `line` is the
    endpoint's number in its account; `struck` is what a fault does to it: "" or lost, dropped, delayed.
    """

    account_id: str
    event_id: str
    event_index: int
    endpoint_id: str
    due: int
    place: int
    line: int = 0
    number: int = 1
    cause: str = "event"
    struck: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt that was made, at the simulated second `at`.

    `status` None means that no answer came, and `error` says why; `answer` is the beginning of the body;
    `next_due` the second of the next automatic attempt, if one is planned.
    """

    number: int
    account_id: str
    event_id: str
    event_index: int
    event_type: str
    event_created: int
    endpoint_id: str
    url: str
    attempt: int
    cause: str
    at: int
    status: int | None
    latency_ms: float
    answer: str = ""
    error: str = ""
    struck: str = ""
    next_due: int | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether the backend answered 2xx."""
        return self.status is not None and 200 <= self.status < 300


_Entry = tuple[int, int, int, Attempt]  # due, place, number of the plan, attempt


class Outbox:
    """Attempts by endpoint, the log of deliveries, and who waits for either."""

    def __init__(self, retries_s: Sequence[int]) -> None:
        self.retries_s = tuple(retries_s)  # seconds after the event's first attempt
        self.changed = Condition()
        self._heaps: dict[tuple[str, str], list[_Entry]] = {}
        self._plans = 0
        self._under_way: dict[tuple[str, str], Attempt | None] = {}  # one sender for each endpoint
        self._log: deque[Delivery] = deque(maxlen=DELIVERIES_KEPT)
        self._made = 0
        self._waiting: dict[str, set[str]] = {}  # event id -> endpoints that have not acknowledged it

    def add(self, attempts: Sequence[Attempt]) -> None:
        """Plan attempts and wake whoever sends."""
        if not attempts:
            return
        with self.changed:
            for each in attempts:
                self._plan(each)
            self.changed.notify_all()

    def _plan(self, attempt: Attempt) -> None:
        heap = self._heaps.setdefault((attempt.account_id, attempt.endpoint_id), [])
        heapq.heappush(heap, (attempt.due, attempt.place, self._plans, attempt))
        self._plans += 1
        if attempt.cause in ("event", "retry"):
            self._waiting.setdefault(attempt.event_id, set()).add(attempt.endpoint_id)

    def endpoints(self) -> list[tuple[str, str]]:
        """Account and id of every endpoint that anything was ever planned for."""
        with self.changed:
            return list(self._heaps)

    def take(self, endpoint: tuple[str, str], now: int) -> Attempt | None:
        """The next attempt of an endpoint that is due, which is then under way; or None.

        One that was due earlier, as the clock has jumped, is due now: its retries are counted from here.
        """
        with self.changed:
            heap = self._heaps.get(endpoint, [])
            if not heap or heap[0][0] > now:
                return None
            attempt = heapq.heappop(heap)[3]
            attempt = self._under_way[endpoint] = replace(attempt, due=max(attempt.due, now))
            return attempt

    def is_planned(self, endpoint: tuple[str, str]) -> bool:
        """Whether any attempt is planned for an endpoint."""
        with self.changed:
            return bool(self._heaps.get(endpoint))

    def done(self, attempt: Attempt, delivery: Delivery | None, again: Attempt | None = None) -> None:
        """An attempt that was taken has ended; `delivery` None: it was dropped, as its endpoint is gone."""
        with self.changed:
            self._under_way[attempt.account_id, attempt.endpoint_id] = None
            if delivery is not None:
                self._log.append(delivery)
            if delivery is None or delivery.acknowledged:
                self._settle(attempt)
            if again is not None:
                self._plan(again)
            self.changed.notify_all()

    def record(self, delivery: Delivery) -> None:
        """Remember a delivery that somebody else made."""
        with self.changed:
            self._log.append(delivery)

    def _settle(self, attempt: Attempt) -> None:
        waiting = self._waiting.get(attempt.event_id, set())
        waiting.discard(attempt.endpoint_id)
        if not waiting:
            self._waiting.pop(attempt.event_id, None)

    def next_number(self) -> int:
        """A number for the next delivery."""
        with self.changed:
            self._made += 1
            return self._made

    def is_settled(self, now: int) -> bool:
        """Whether nothing is due by `now` and nothing is under way."""
        with self.changed:
            return self._is_settled(now)

    def _is_settled(self, now: int) -> bool:
        idle = all(each is None for each in self._under_way.values())
        return idle and not any(heap and heap[0][0] <= now for heap in self._heaps.values())

    def wake(self) -> None:
        """The clock has moved: something may be due."""
        with self.changed:
            self.changed.notify_all()

    def wait_settled(self, now: int, timeout_s: float) -> bool:
        """Wait until nothing is due by `now`; whether it is so."""
        with self.changed:
            return self.changed.wait_for(lambda: self._is_settled(now), timeout_s)

    def next_due(self) -> int | None:
        """The simulated second of the next planned attempt, or None."""
        with self.changed:
            return min((heap[0][0] for heap in self._heaps.values() if heap), default=None)

    def waiting(self) -> int:
        """How many attempts are planned."""
        with self.changed:
            return sum(len(heap) for heap in self._heaps.values())

    def pending(
        self, event_id: str | None = None, *, limit: int = 200, account_id: str | None = None
    ) -> list[Attempt]:
        """Planned attempts, of one event or of all, of one account or of all, the next one first."""
        with self.changed:
            entries = [each for heap in self._heaps.values() for each in heap]
        planned = (each[3] for each in sorted(entries))
        found = (
            each
            for each in planned
            if event_id in (None, each.event_id) and account_id in (None, each.account_id)
        )
        return [each for _, each in zip(range(limit), found, strict=False)]

    def lose(self, attempt: Attempt) -> bool:
        """A planned attempt, and each retry of it, never arrives; False where it is under way already."""
        with self.changed:
            heap = self._heaps.get((attempt.account_id, attempt.endpoint_id), [])
            for place, entry in enumerate(heap):
                if entry[3] == attempt:
                    heap[place] = (*entry[:3], replace(attempt, struck="lost"))
                    return True
        return False

    def unsettled(self) -> list[Attempt]:
        """Every attempt that is planned or under way, in order."""
        with self.changed:
            planned = [each for heap in self._heaps.values() for each in heap]
            under_way = [each for each in self._under_way.values() if each is not None]
        return [*under_way, *(each[3] for each in sorted(planned))]

    def endpoints_waiting_for(self, event_id: str) -> int:
        """How many endpoints have not acknowledged an event that was meant for them."""
        with self.changed:
            return len(self._waiting.get(event_id, ()))

    def deliveries(self, limit: int = 100, account_id: str | None = None) -> list[Delivery]:
        """What was delivered, the newest first."""
        return [each for _, each in zip(range(limit), self._newest(account_id), strict=False)]

    def of_event(self, event_id: str) -> list[Delivery]:
        """The deliveries of one event, the newest first."""
        return [each for each in self._newest(None) if each.event_id == event_id]

    def _newest(self, account_id: str | None) -> Iterator[Delivery]:
        with self.changed:
            log = list(self._log)
        return (each for each in reversed(log) if account_id in (None, each.account_id))


def first_attempt(
    account_id: str, event: Event, endpoint: WebhookEndpoint, line: int, faults: Faults
) -> Attempt:
    """The first attempt of a new event, with what befalls it."""
    late_s = faults.late_s(event.index, line)
    lost = faults.is_lost(event.index, line)
    return Attempt(
        account_id=account_id,
        event_id=event.id,
        event_index=event.index,
        endpoint_id=endpoint.id,
        due=event.told + late_s,
        place=faults.place(event.index),
        line=line,
        struck="lost" if lost else "delayed" if late_s else "",
    )


def next_attempt(attempt: Attempt, now: int, retries_s: Sequence[int]) -> Attempt | None:
    """The automatic attempt after one that failed at `now`, or None after the last.

    The table counts from the first attempt, so that slow answers do not push later ones away.
    """
    if attempt.cause in ("duplicate", "resend") or attempt.number > len(retries_s):
        return None
    passed_s = retries_s[attempt.number - 2] if attempt.number > 1 else 0
    due = max(attempt.due - passed_s + retries_s[attempt.number - 1], now + 1)
    struck = "lost" if attempt.struck == "lost" else ""
    return replace(attempt, due=due, number=attempt.number + 1, cause="retry", struck=struck)
