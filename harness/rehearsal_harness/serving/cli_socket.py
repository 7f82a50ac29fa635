"""The websocket that the official Stripe CLI keeps open while it listens: a second listener beside the API's.

Decides: who is let in (a session's id in the header, which no browser can send), and that a CLI that reads
slowly holds up nobody.  Does not know what happens at Stripe: it is told of each event and request.
"""

from __future__ import annotations

import json
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.world import API_VERSION
from rehearsal_harness.serving.cli_sessions import (
    REQUEST_LOGS,
    SUBPROTOCOL,
    WEBHOOKS,
    CliSession,
    CliSessions,
    RequestLog,
    request_log_message,
    webhook_message,
)
from rehearsal_harness.targets.signing import v1

if TYPE_CHECKING:
    from websockets.http11 import Request, Response
    from websockets.sync.server import Server, ServerConnection

UNKNOWN_ID = "Unknown WebSocket ID."  # the words at which the CLI asks for a new session
WAITING_MOST = 20_000  # messages for one CLI that does not read them; then it is hung up on
KEPT_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CliDelivery:
    """What a backend behind `stripe listen --forward-to` answered."""

    account_id: str
    event_id: str
    url: str
    status: int
    answer: str


class _Listener:
    """One connected CLI and what waits for it."""

    def __init__(self, session: CliSession, connection: ServerConnection) -> None:
        self.session = session
        self._connection = connection
        self._waiting: queue.Queue[str | None] = queue.Queue(WAITING_MOST)
        self._sender = threading.Thread(target=self._send, name=f"cli-{session.id}", daemon=True)
        self._sender.start()

    def put(self, message: str) -> None:
        """Send this when the CLI is ready for it."""
        try:
            self._waiting.put_nowait(message)
        except queue.Full:
            threading.Thread(target=self._connection.close, args=(1013, "too slow"), daemon=True).start()

    def end(self) -> None:
        """Send nothing more."""
        while self._sender.is_alive():
            try:
                self._waiting.put_nowait(None)
                break
            except queue.Full:
                self._waiting.get_nowait()

    def _send(self) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            while (message := self._waiting.get()) is not None:
                self._connection.send(message)
        except (ConnectionClosed, OSError):
            return


class CliSocket:
    """Listens at `url` from `start` to `close`.  `wall_now` dates signatures: the backend behind a CLI has
    its own clock.  `delivered` hears what backends answered.
    """

    def __init__(
        self,
        sessions: CliSessions,
        wall_now: Callable[[], int],
        delivered: Callable[[CliDelivery], None] = lambda delivery: None,
    ) -> None:
        self._sessions = sessions
        self._wall_now = wall_now
        self._delivered = delivered
        self._listeners: dict[int, _Listener] = {}
        self._events: dict[str, str] = {}  # conversation -> event, of those under way
        self._order: deque[str] = deque()
        self._lock = threading.Lock()
        self._server: Server | None = None
        self.url = ""

    def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Begin to listen; raises OSError where the port is taken."""
        from websockets.sync.server import serve
        from websockets.typing import Subprotocol

        self._server = serve(
            self._serve,
            host,
            port,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            origins=[None],  # a page of a browser always names its origin
            process_request=self._let_in,
            max_size=4 * 1024 * 1024,
        )
        shown = f"[{host}]" if ":" in host else host
        self.url = f"ws://{shown}:{self._server.socket.getsockname()[1]}/stripecli"
        threading.Thread(target=self._server.serve_forever, name="cli-socket", daemon=True).start()

    def close(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.shutdown()

    def has_listeners(self, account_id: str, feature: str = WEBHOOKS) -> bool:
        """Whether any CLI wants this account's events, or its requests; else nothing need be rendered."""
        return any(True for _ in self._of(account_id, feature))

    def tell_event(self, account_id: str, event_id: str, default_json: str, latest_json: str) -> None:
        """Hand one event to every `listen` of the account, in the account's API version and in the newest."""
        for listener in self._of(account_id, WEBHOOKS):
            conversation = f"{event_id}_{id(listener):x}"
            self._remember(conversation, event_id)
            for version, body in ((None, default_json), (API_VERSION, latest_json)):
                at = self._wall_now()
                signature = f"t={at},{v1(listener.session.secret, at, body.encode())}"
                listener.put(webhook_message(body, signature, conversation, version))

    def tell_request(self, account_id: str, log: RequestLog) -> None:
        """Hand one API request to every `logs tail` of the account whose filters let it through."""
        for listener in self._of(account_id, REQUEST_LOGS):
            if listener.session.wants(log):
                listener.put(request_log_message(log))

    def _of(self, account_id: str, feature: str) -> Iterator[_Listener]:
        for each in tuple(self._listeners.values()):
            if each.session.account_id == account_id and each.session.feature == feature:
                yield each

    def _remember(self, conversation: str, event_id: str) -> None:
        with self._lock:
            self._events[conversation] = event_id
            self._order.append(conversation)
            if len(self._order) > KEPT_MOST * 10:
                self._events.pop(self._order.popleft(), None)

    def _let_in(self, connection: ServerConnection, request: Request) -> Response | None:
        if self._sessions.find(request.headers.get("Websocket-Id", "")) is not None:
            return None
        body = json.dumps({"error": {"type": "invalid_request_error", "message": UNKNOWN_ID}})
        return connection.respond(HTTPStatus.NOT_FOUND, body)

    def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None  # it is what the connection began with
        session = self._sessions.find(connection.request.headers.get("Websocket-Id", ""))
        if session is None:
            return
        with self._listening(session, connection):
            for message in connection:
                self._heard(session, message)

    @contextmanager
    def _listening(self, session: CliSession, connection: ServerConnection) -> Iterator[None]:
        from websockets.exceptions import ConnectionClosed

        listener = _Listener(session, connection)
        self._listeners[id(listener)] = listener
        try:
            yield
        except (ConnectionClosed, OSError):
            pass  # a CLI that was killed says no goodbye
        finally:
            self._listeners.pop(id(listener), None)
            listener.end()

    def _heard(self, session: CliSession, message: str | bytes) -> None:
        try:
            said: Any = json.loads(message)
        except ValueError:
            return
        if not isinstance(said, dict) or said.get("type") != "webhook_response":
            return  # an event_ack says that it came as far as the CLI
        event_id = self._events.get(str(said.get("webhook_conversation_id")), "")
        status = said.get("status")
        if event_id and isinstance(status, int):
            self._delivered(
                CliDelivery(
                    account_id=session.account_id,
                    event_id=event_id,
                    url=str(said.get("forward_url", "")),
                    status=status,
                    answer=str(said.get("body", ""))[:4_096],
                )
            )
