"""A WSGI backend in process: deliveries, clients' requests and probes as calls, the store rewound.

Decides: how a command becomes a request, and a delivery a signed one.  Does not know what is searched.  The
`t` of a signature is the receiving backend's now; a dead process answers nothing.
Source: https://docs.stripe.com/webhooks (headers and signature of a delivery).
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NamedTuple

from rehearsal_harness.core.commands import (
    Command,
    Configure,
    Deliver,
    Digest,
    Mark,
    Observed,
    Probe,
    Reply,
    Rewind,
    Send,
)
from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.persistent import Log
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.requests import ApiFault, ApiFaultKind
from rehearsal_harness.core.world import World
from rehearsal_harness.stripe_api.holder import Exchange, Holder
from rehearsal_harness.targets.answers import answer_of
from rehearsal_harness.targets.backend import Backend
from rehearsal_harness.targets.dying import ProcessDied, Transactions
from rehearsal_harness.targets.frozen import Clock
from rehearsal_harness.targets.identity import Issuer
from rehearsal_harness.targets.probing import Prober
from rehearsal_harness.targets.rewinding import Database
from rehearsal_harness.targets.signing import in_other_mode, v1

DIED = 0  # the status of an answer that never came
NOTHING_ASKED: Log[Exchange] = Log()


class Wire(NamedTuple):
    """What a delivery, a probe and a signed-in person need to know of the endpoint."""

    webhook_path: str
    secrets: tuple[str, ...]
    tolerance_s: int
    api_version: str
    prober: Prober
    issuer: Issuer | None


class WsgiTarget:
    """One fresh backend; `execute` carries out a command and answers it."""

    def __init__(
        self,
        start: Callable[[tuple[str, ...]], Backend],
        switches: tuple[str, ...],
        wire: Wire,
        holder: Holder,
        clock: Clock,
        store: Database,
        transactions: Transactions,
    ) -> None:
        self._start = start
        self._began_with = self._switches = switches
        self._backends = {switches: start(switches)}
        self._marked: dict[int, tuple[str, ...]] = {}
        self._wire = wire
        self._holder = holder
        self._clock = clock
        self._rewind = store.rewind
        self._transactions = transactions
        self._sql_clock = store.clock
        self.columns = store.columns
        self._bodies: dict[str, bytes] = {}
        self._signatures: dict[tuple[str, int, str], str] = {}
        self._handlers: dict[type, Callable[[Any], Any]] = {
            Deliver: self._deliver,
            Send: self._send,
            Probe: self._probe,
            Configure: lambda command: self._use(command.switches),
            Mark: self._mark,
            Rewind: self._rewind_to,
            Digest: self._digest,
        }

    def execute(self, command: Command) -> Any:
        """The answer to `command`: a Reply, an Observed, a digest, or None."""
        return self._handlers[type(command)](command)

    @property
    def _backend(self) -> Backend:
        return self._backends[self._switches]

    def _use(self, switches: tuple[str, ...]) -> None:
        self._switches = switches
        if switches not in self._backends:
            self._backends[switches] = self._start(switches)

    def _digest(self, command: Digest) -> bytes:
        """The store's; a backend that was configured otherwise may answer otherwise from equal rows."""
        digest = self._rewind.digest()
        if self._switches == self._began_with:
            return digest
        return blake2b(digest[:16] + repr(self._switches).encode(), digest_size=16).digest() + digest[16:]

    def _mark(self, command: Mark) -> None:
        self._marked[command.depth] = self._switches
        self._rewind.mark(command.depth)

    def _rewind_to(self, command: Rewind) -> None:
        self._use(self._marked[command.depth])
        self._rewind.rewind(command.depth)

    def body_of(self, event: Event, world: World) -> bytes:
        """The bytes Stripe posts: pretty-printed JSON in the endpoint's API version; `world` is any since the
        event."""
        body = self._bodies.get(event.id)
        if body is None:
            body = json.dumps(render_event(event, self._wire.api_version, world), indent=2).encode()
            self._bodies[event.id] = body
        return body

    def _deliver(self, command: Deliver) -> Reply:
        self._transactions.arm(command.nth if command.fault == "crash" else 0)
        if command.fault == "stripe_fails_fetch":
            self._holder.fault = ApiFault(ApiFaultKind.SERVER_ERROR)
        body, signature = self._signed(command)
        environ = self._environ("POST", self._wire.webhook_path, body)
        if signature:
            environ["HTTP_STRIPE_SIGNATURE"] = signature
        reply, _ = self._exchange(environ, command.world, command.clock)
        if not command.fault:
            return reply
        struck = self._transactions.struck
        if command.fault == "crash":
            self._transactions.arm(0)
            # What it had in memory is gone, also when it died after its answer.
            self._backends = {self._switches: self._start(self._switches)}
        if command.fault == "stripe_fails_fetch":
            struck = self._holder.fault is None
            self._holder.fault = None
        return reply._replace(struck=struck)

    def _signed(self, command: Deliver) -> tuple[bytes, str]:
        event, fault, at = command.event, command.fault, command.clock
        body = self.body_of(event, command.world)
        if fault == "unsigned":
            return body, ""
        if fault == "other_mode":
            body = in_other_mode(body)
        if fault == "stale":
            at -= self._wire.tolerance_s + 1
        if fault == "future":
            at += self._wire.tolerance_s + 1
        key = (event.id, at, fault)
        signature = self._signatures.get(key)
        if signature is None:
            secrets = [secret[::-1] if fault == "wrong_secret" else secret for secret in self._wire.secrets]
            signature = self._signatures[key] = ",".join(
                [f"t={at}", *(v1(each, at, body) for each in secrets)]
            )
        return body, signature

    def _send(self, command: Send) -> Reply:
        if command.operation == "reconcile":
            return self._reconcile(command)
        body = json.dumps(command.body).encode() if command.body is not None else b""
        environ = self._environ(command.method, command.path, body)
        token = command.token
        if command.user and self._wire.issuer is not None:
            token = self._wire.issuer.token(command.user, command.clock, is_operator=command.is_operator)
        if token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in command.headers}
        self._transactions.arm(0)
        reply, raw = self._exchange(environ, command.world, command.clock)
        headers = sorted((name.lower(), value) for name, value in reply.headers)
        return reply._replace(body=answer_of(raw), headers=tuple(headers))

    def _reconcile(self, command: Send) -> Reply:
        catch_up = self._backend.reconcile
        if catch_up is None:
            return Reply(501, {"code": "NO_RECONCILE"}, False, command.world)
        holder, before = self._holder, self._rewind.writes
        holder.world, holder.exchanges = command.world, NOTHING_ASKED
        self._clock.move(command.clock)
        self._transactions.arm(0)
        try:
            catch_up()
            status = 200
        except Exception:  # whoever runs the catch-up sees it fail
            status = 500
        return self._reply(status, changed=self._rewind.writes != before)

    def _probe(self, command: Probe) -> Observed:
        question = self._wire.prober.question(command)
        environ = self._environ("GET", question.path, b"", question.query)
        if question.token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {question.token}"
        self._transactions.arm(0)
        with self._rewind.aside():
            reply, raw = self._exchange(environ, command.world, command.at)
        return self._wire.prober.read(command, reply, answer_of(raw))

    def _exchange(self, environ: dict[str, Any], world: World, now: int) -> tuple[Reply, bytes]:
        """The backend's reply and its raw body; the reply's own `body` is left empty."""
        holder, rewind = self._holder, self._rewind
        before = rewind.writes
        holder.world, holder.exchanges = world, NOTHING_ASKED
        self._clock.move(now)
        begun: list[tuple[str, Any]] = [("500", ())]

        def start_response(status: str, headers: Any, exc_info: Any = None) -> None:
            begun.append((status, headers))

        try:
            body = b"".join(self._backend.app(environ, start_response))
            status = int(begun[-1][0][:3])
        except ProcessDied:
            body, status = b"", DIED
        except Exception:  # a backend may fail in any way; to its caller that is a 500
            body, status = b"", 500
        reply = self._reply(status, changed=rewind.writes != before)
        return reply._replace(headers=tuple(begun[-1][1])), body

    def _reply(self, status: int, *, changed: bool) -> Reply:
        holder = self._holder
        if holder.exchanges is NOTHING_ASKED:
            return Reply(status, {}, changed, holder.world, not_simulated=self._sql_clock.asked)
        return Reply(
            status,
            {},
            changed,
            holder.world,
            fetched=holder.fetched(),
            writes=holder.writes(),
            not_simulated=self._sql_clock.asked
            or next((each.operation for each in holder.exchanges if each.is_not_simulated), ""),
        )

    @staticmethod
    def _environ(method: str, path: str, body: bytes, query: str = "") -> dict[str, Any]:
        path, _, own = path.partition("?")
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": own or query,
            "CONTENT_TYPE": "application/json; charset=utf-8" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_ACCEPT": "application/json",
            "HTTP_USER_AGENT": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": _Silent,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }


_Silent = io.StringIO()
