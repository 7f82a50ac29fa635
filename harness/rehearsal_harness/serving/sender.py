"""Delivering webhooks over HTTP: one thread for each endpoint, so that a slow backend holds up nobody else.

Decides: how an attempt looks on the wire and what its answer means.  Does not know when an attempt is due
(`outbox`), or what befalls it (`faults`).
Rule: a signature is made afresh at each attempt; only 2xx acknowledges; a redirect is a failure and is not
followed. https://docs.stripe.com/webhooks.  The time-out is ours: Stripe publishes none.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

from rehearsal_harness.serving.outbox import ANSWER_CHARACTERS, Attempt, Delivery, Outbox, next_attempt

if TYPE_CHECKING:
    import requests

TIMEOUT_S = 10
IDLE_S = 0.5  # how long a sender sleeps that was not woken: a running clock makes attempts due by itself
LINGER_S = 5.0  # how long a sender with nothing planned waits for more before it ends
USER_AGENT = "Stripe/1.0 (+https://stripe.com/docs/webhooks) simulated"
_LOG = logging.getLogger(__name__)


class Envelope(NamedTuple):
    """What is sent: the endpoint's address, the event's bytes and the secrets that sign it now.  `struck` is
    the fault that keeps it from leaving, or "".
    """

    url: str
    event_type: str
    event_created: int
    body: bytes
    secrets: tuple[str, ...]
    signed_at: int
    struck: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` None: nothing did, and `error` says why."""

    status: int | None
    body: str = ""
    error: str = ""
    latency_ms: float = 0.0


Address = Callable[[Attempt], Envelope | None]  # None: the endpoint is gone or disabled
AfterAcknowledged = Callable[[Attempt], Attempt | None]


def signature_header(body: bytes, secrets: tuple[str, ...], at: int) -> str:
    """Stripe-Signature: one `v1` for each secret that is valid.  https://docs.stripe.com/webhooks#verify-manually"""
    signed = f"{at}.".encode() + body
    marks = (hmac.new(each.encode(), signed, sha256).hexdigest() for each in secrets)
    return ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])


class Senders:
    """The threads that empty an outbox.

    `address` makes an attempt's envelope; `now` gives the simulated second; `again` may plan a duplicate of
    what was acknowledged; `told` is called after each delivery.
    """

    def __init__(
        self,
        outbox: Outbox,
        address: Address,
        now: Callable[[], int],
        again: AfterAcknowledged,
        told: Callable[[], None],
    ) -> None:
        self._outbox = outbox
        self._address = address
        self._now = now
        self._again = again
        self._told = told
        self._threads: dict[tuple[str, str], Thread] = {}
        self._lock = Lock()  # of the threads: what is planned for an endpoint has one, and one only
        self._released = Event()
        self._released.set()
        self._is_closed = False

    def hold(self) -> None:
        """Begin no further delivery until `release`."""
        self._released.clear()

    def release(self) -> None:
        """Deliver what is due."""
        self._released.set()

    def see_to(self, endpoint: tuple[str, str]) -> None:
        """Have a thread for this endpoint; called after something was planned for it."""
        with self._lock:
            if endpoint not in self._threads and not self._is_closed:
                name = f"sender-{endpoint[1]}"
                thread = Thread(target=self._work, args=(endpoint,), name=name, daemon=True)
                self._threads[endpoint] = thread
                thread.start()

    def close(self) -> None:
        """Begin no further delivery, and wait for those under way."""
        with self._lock:
            self._is_closed = True
            threads = list(self._threads.values())
        self._released.set()
        self._outbox.wake()
        for each in threads:
            each.join(TIMEOUT_S + 1)

    def _work(self, endpoint: tuple[str, str]) -> None:
        import requests

        with requests.Session() as session:
            session.trust_env = False  # no proxy and no .netrc between a bench and a loopback address
            busy_at = time.monotonic()
            while not self._is_closed:
                self._released.wait()
                attempt = None if self._is_closed else self._outbox.take(endpoint, self._now())
                if attempt is not None:
                    self._deliver(session, attempt)
                    busy_at = time.monotonic()
                elif time.monotonic() - busy_at > LINGER_S and self._ends(endpoint):
                    return
                else:
                    with self._outbox.changed:
                        self._outbox.changed.wait(IDLE_S)

    def _ends(self, endpoint: tuple[str, str]) -> bool:
        """Whether nothing is planned for an endpoint; its thread is then forgotten, and another may begin."""
        with self._lock:
            if self._outbox.is_planned(endpoint):
                return False
            self._threads.pop(endpoint, None)
            return True

    def _deliver(self, session: requests.Session, attempt: Attempt) -> None:
        envelope, delivery, again = None, None, None
        try:
            envelope = self._address(attempt)
            if envelope is not None:
                lost = Answer(None, error=f"{envelope.struck} by a fault of the bench: it never left")
                answer = lost if envelope.struck else post(session, envelope)
                delivery, again = self._judged(attempt, envelope, answer)
        except Exception as problem:  # the endpoint's other events are sent all the same
            _LOG.exception("webhook %s to %s", attempt.event_id, attempt.endpoint_id)
            answer = Answer(None, error=f"the bench could not make it: {problem!r}; its log says more")
            delivery, again = self._judged(
                attempt, envelope or Envelope("", "", self._now(), b"", (), 0), answer
            )
        finally:
            self._outbox.done(attempt, delivery, again)
        if delivery is not None:
            self._told()

    def _judged(
        self, attempt: Attempt, envelope: Envelope, answer: Answer
    ) -> tuple[Delivery, Attempt | None]:
        at = self._now()
        acknowledged = answer.status is not None and 200 <= answer.status < 300
        again = self._again(attempt) if acknowledged else next_attempt(attempt, at, self._outbox.retries_s)
        return (
            Delivery(
                number=self._outbox.next_number(),
                account_id=attempt.account_id,
                event_id=attempt.event_id,
                event_index=attempt.event_index,
                event_type=envelope.event_type,
                event_created=envelope.event_created,
                endpoint_id=attempt.endpoint_id,
                url=envelope.url,
                attempt=attempt.number,
                cause=attempt.cause,
                at=at,
                status=answer.status,
                latency_ms=round(answer.latency_ms, 1),
                answer=answer.body,
                error=answer.error,
                struck=envelope.struck or attempt.struck,
                next_due=None if again is None else again.due,
            ),
            again,
        )


def post(session: requests.Session, envelope: Envelope) -> Answer:
    """Post one envelope; every failure is an answer that says what happened."""
    import requests
    from urllib3.exceptions import HTTPError  # what reading the raw answer raises

    began = time.perf_counter()
    try:
        with session.post(
            envelope.url,
            data=envelope.body,
            headers=_headers(envelope),
            timeout=TIMEOUT_S,
            allow_redirects=False,
            stream=True,
        ) as response:
            raw = response.raw.read(ANSWER_CHARACTERS, decode_content=True)
            error = f"a redirect to {response.headers.get('Location', '?')} is not followed"
            return Answer(
                response.status_code,
                raw.decode("utf-8", "replace"),
                error if response.is_redirect else "",
                _since(began),
            )
    except requests.Timeout:
        return Answer(None, error=f"no answer within {TIMEOUT_S} s", latency_ms=_since(began))
    except requests.ConnectionError:
        return Answer(None, error="nobody answers at this address", latency_ms=_since(began))
    except HTTPError as problem:
        error = f"its answer could not be read: {type(problem).__name__}"
        return Answer(None, error=error, latency_ms=_since(began))
    except (requests.RequestException, OSError, ValueError) as problem:
        return Answer(None, error=f"it could not be sent: {type(problem).__name__}", latency_ms=_since(began))


def _headers(envelope: Envelope) -> Mapping[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": USER_AGENT,
        "Stripe-Signature": signature_header(envelope.body, envelope.secrets, envelope.signed_at),
    }


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1_000
