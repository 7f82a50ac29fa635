"""The websocket of the Stripe CLI, spoken to as the CLI speaks."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import stripe
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from rehearsal_harness.core.world import API_VERSION
from rehearsal_harness.serving.cli_sessions import (
    REQUEST_LOGS,
    SUBPROTOCOL,
    WEBHOOKS,
    CliSession,
    CliSessions,
    RequestLog,
    SessionRefused,
)
from rehearsal_harness.serving.cli_socket import UNKNOWN_ID, CliDelivery, CliSocket

ACCOUNT = "acct_1"
NOW = 1_790_000_000
EVENT = json.dumps({"id": "evt_1", "object": "event", "type": "customer.created"})


class Desk:
    """A socket that listens, its sessions, and what backends answered."""

    def __init__(self) -> None:
        ids = iter(range(1_000))
        self.sessions = CliSessions(lambda: f"cliws_{next(ids)}")
        self.answers: queue.Queue[CliDelivery] = queue.Queue()
        self.socket = CliSocket(self.sessions, lambda: NOW, self.answers.put)

    def open(self, feature: str = WEBHOOKS, account: str = ACCOUNT, **params: Any) -> CliSession:
        return self.sessions.open(account, {"websocket_features": {"0": feature}, **params})

    @contextmanager
    def cli(self, session: CliSession, **options: Any) -> Iterator[ClientConnection]:
        headers = {"Websocket-Id": session.id}
        protocols = [Subprotocol(SUBPROTOCOL)]
        with connect(
            self.socket.url, additional_headers=headers, subprotocols=protocols, **options
        ) as connection:
            connection.ping().wait(120)  # its thread has begun
            while not self.socket.has_listeners(session.account_id, session.feature):
                pass
            yield connection


@pytest.fixture(name="desk")
def _desk() -> Iterator[Desk]:
    desk = Desk()
    desk.socket.start()
    yield desk
    desk.socket.close()


def received(connection: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(connection.recv(120))
    return message


def test_an_event_reaches_the_cli_once_in_each_version_with_a_valid_signature(desk: Desk) -> None:
    """Its `api_version` is null in the account's version; the CLI drops one of the two."""
    session = desk.open()
    with desk.cli(session) as cli:
        assert cli.subprotocol == SUBPROTOCOL
        desk.socket.tell_event(ACCOUNT, "evt_1", EVENT, EVENT)
        default, latest = received(cli), received(cli)
    assert (default["endpoint"]["api_version"], latest["endpoint"]["api_version"]) == (None, API_VERSION)
    for message in (default, latest):
        header = message["http_headers"]["Stripe-Signature"]
        assert stripe.WebhookSignature.verify_header(
            message["event_payload"], header, session.secret, tolerance=None
        )


def test_the_backends_answer_is_told_with_its_event(desk: Desk) -> None:
    """An event_ack alone tells nothing: it came no further than the CLI."""
    with desk.cli(desk.open()) as cli:
        desk.socket.tell_event(ACCOUNT, "evt_1", EVENT, EVENT)
        conversation = received(cli)["webhook_conversation_id"]
        cli.send(json.dumps({"type": "event_ack", "webhook_conversation_id": conversation}))
        cli.send("no JSON at all")
        answer = {
            "type": "webhook_response",
            "webhook_conversation_id": conversation,
            "forward_url": "http://127.0.0.1:1/hook",
            "status": 500,
            "body": "boo",
        }
        cli.send(json.dumps(answer))
        told = desk.answers.get(timeout=120)
    assert told == CliDelivery(
        account_id=ACCOUNT, event_id="evt_1", url="http://127.0.0.1:1/hook", status=500, answer="boo"
    )
    assert desk.answers.empty()


def test_another_accounts_events_are_not_told(desk: Desk) -> None:
    """A key is an account, and a session belongs to one."""
    with desk.cli(desk.open()) as cli:
        desk.socket.tell_event("acct_2", "evt_2", EVENT, EVENT)
        desk.socket.tell_event(ACCOUNT, "evt_1", EVENT, EVENT)
        assert received(cli)["webhook_conversation_id"].startswith("evt_1_")


def test_an_unknown_id_is_refused_with_the_words_at_which_the_cli_asks_again(desk: Desk) -> None:
    """As after a restart of the bench."""
    with pytest.raises(InvalidStatus) as refused, desk.cli(CliSession(id="?", account_id="", feature="")):
        pass
    assert refused.value.response.status_code == 404
    assert json.loads(refused.value.response.body or b"")["error"]["message"] == UNKNOWN_ID


def test_a_page_in_a_browser_is_refused(desk: Desk) -> None:
    """It names its origin, whatever else it knows."""
    with pytest.raises(InvalidStatus) as refused, desk.cli(desk.open(), origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 403


def test_a_cli_that_hung_up_is_forgotten(desk: Desk) -> None:
    """Nothing is rendered for it any more."""
    session = desk.open()
    with desk.cli(session):
        assert desk.socket.has_listeners(ACCOUNT)
    while desk.socket.has_listeners(ACCOUNT):
        pass
    desk.socket.tell_event(ACCOUNT, "evt_1", EVENT, EVENT)


def test_logs_tail_shows_what_its_filters_let_through(desk: Desk) -> None:
    """Every filter must, by one of its values; of an error only what the CLI prints is sent."""
    wanted = json.dumps({"filter_http_method": ["POST"], "filter_status_code_type": ["400", "500"]})
    error = {"type": "card_error", "code": "card_declined", "message": "No.", "payment_intent": {}}

    def log(method: str, status: int) -> RequestLog:
        return RequestLog(
            created=NOW, method=method, path="/v1/customers", status=status, request_id="req_1", error=error
        )

    with desk.cli(desk.open(REQUEST_LOGS, filters=wanted)) as cli:
        for method, status in (("GET", 404), ("POST", 200), ("POST", 402)):
            desk.socket.tell_request(ACCOUNT, log(method, status))
        message = received(cli)
    assert message["type"] == "request_log_event"
    payload = json.loads(message["event_payload"])
    assert (payload["status"], payload["url"]) == (402, "/v1/customers")
    assert payload["error"] == {"type": "card_error", "code": "card_declined", "message": "No."}


def test_a_session_tells_where_to_connect_and_keeps_one_secret_for_an_account(desk: Desk) -> None:
    """So that the secret may stay in a backend's environment."""
    session = desk.open()
    told = session.answer("ws://127.0.0.1:1/stripecli", "2026-02-25.clover", API_VERSION)
    assert told["websocket_id"] == session.id
    assert told["websocket_authorized_feature"] == "webhook-payloads"
    assert told["secret"] == desk.open().secret != desk.open(account="acct_2").secret


@pytest.mark.parametrize(
    ("params", "param", "words"),
    [
        ({}, "websocket_features", "webhooks or request_logs"),
        ({"websocket_features": {"0": "v2_events"}}, "websocket_features", "found v2_events"),
        ({"websocket_features": {"0": REQUEST_LOGS}, "filters": "{"}, "filters", "expected a JSON object"),
        ({"websocket_features": {"0": REQUEST_LOGS}, "filters": "[]"}, "filters", "object of lists"),
        (
            {"websocket_features": {"0": REQUEST_LOGS}, "filters": '{"filter_colour": ["red"]}'},
            "filters",
            "found filter_colour, expected one of",
        ),
    ],
    ids=["no feature", "thin events", "no JSON", "no object", "unknown filter"],
)
def test_what_is_not_simulated_is_refused_by_name(
    desk: Desk, params: dict[str, Any], param: str, words: str
) -> None:
    """In Stripe's error shape."""
    with pytest.raises(SessionRefused) as refused:
        desk.sessions.open(ACCOUNT, params)
    assert refused.value.body()["error"]["param"] == param
    assert words in refused.value.body()["error"]["message"]


def test_a_filter_by_connected_account_is_not_applied_and_the_cli_says_so(desk: Desk) -> None:
    """Connect is not simulated."""
    session = desk.open(REQUEST_LOGS, filters='{"filter_account": ["connect_in"]}')
    assert session.filters == {}
    assert session.answer("", API_VERSION, API_VERSION)["display_connect_filter_warning"]


def test_sessions_that_never_connect_are_forgotten_in_the_end(desk: Desk) -> None:
    """`listen --print-secret` opens one each time."""
    first = desk.open()
    for _ in range(CliSessions.MOST):
        last = desk.open()
    assert desk.sessions.find(first.id) is None
    assert desk.sessions.find(last.id) == last
