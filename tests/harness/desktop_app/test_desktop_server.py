"""The server over HTTP: what is sent, what counts as an answer, and what never gets into a message."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
from requests import PreparedRequest

from rehearsal_harness.core.desktop.asking import Ask
from rehearsal_harness.desktop_app.server import ANSWER_BYTES_MAX, Server

ROUTES = {"license_status": ("GET", "/api/license/status"), "portal": ("POST", "/api/billing/portal")}
STATUS = "https://billing.example.test/api/license/status"
PORTAL = "https://billing.example.test/api/billing/portal"
TOKEN = "token-" + "0" * 24
COME_BACK = Ask("license_status", token=TOKEN)

ask = Server("https://billing.example.test", ROUTES)


@responses.activate
def test_a_token_travels_in_its_header_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No password that the machine keeps for the host takes its place."""
    monkeypatch.setattr("requests.sessions.get_netrc_auth", lambda *_: ("ada", "hunter2"))
    responses.get(STATUS, json={"active": True})
    assert ask(COME_BACK).body == {"active": True}
    ask(Ask("license_status", {"checkoutSessionId": "cs_1", "deviceId": "a b&c"}))
    first, second = (call.request for call in responses.calls)
    assert first.headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Authorization" not in second.headers
    assert (first.url, second.url) == (STATUS, f"{STATUS}?checkoutSessionId=cs_1&deviceId=a+b%26c")


@responses.activate
def test_a_body_is_json() -> None:
    """As the routes take it."""
    responses.post(PORTAL, json={"url": "https://portal.example.test"})
    ask(Ask("portal", body={"deviceId": "device-1"}, token=TOKEN))
    assert json.loads(responses.calls[0].request.body or b"") == {"deviceId": "device-1"}


@responses.activate
def test_an_error_is_an_answer() -> None:
    """With the server's own code."""
    body = {"error": {"code": "TOKEN_EXPIRED", "message": "over"}}
    responses.get(STATUS, json=body, status=401)
    assert (ask(COME_BACK).status, ask(COME_BACK).body) == (401, body)


@responses.activate
def test_a_redirect_is_not_followed() -> None:
    """The token would travel along."""
    responses.get(STATUS, status=302, headers={"Location": "https://elsewhere.example.test/"})
    assert (ask(COME_BACK).status, ask(COME_BACK).body) == (302, {})
    assert {call.request.url for call in responses.calls} == {STATUS}


BROKEN: dict[str, Any] = {
    "nobody listens": requests.ConnectionError(f"refused: {STATUS}?token={TOKEN}"),
    "no answer in time": requests.ReadTimeout(TOKEN),
    "no certificate": requests.exceptions.SSLError(TOKEN),
    "cut off": requests.exceptions.ChunkedEncodingError(TOKEN),
}


@pytest.mark.parametrize("case", BROKEN)
@responses.activate
def test_what_a_network_does_is_no_crash(case: str) -> None:
    """It is said in a sentence that holds no token and no address."""
    responses.get(STATUS, body=BROKEN[case])
    told = ask(COME_BACK)
    assert (told.status, told.body) == (0, {})
    assert told.problem
    assert TOKEN not in told.problem
    assert "://" not in told.problem


@pytest.mark.parametrize(
    ("content", "status", "answered"),
    [
        (b"<html>", 200, 0),
        (b"[1]", 200, 0),
        (b"[" * 100_000, 200, 0),
        (b'{"a": "' + b"x" * ANSWER_BYTES_MAX + b'"}', 200, 0),
        (b"<html>", 502, 502),
    ],
    ids=["HTML", "list", "deep", "huge", "a gateway's page"],
)
@responses.activate
def test_only_a_json_object_of_bounded_size_is_an_answer(content: bytes, status: int, answered: int) -> None:
    """Anything else comes from somebody else."""
    responses.get(STATUS, body=content, status=status)
    told = ask(COME_BACK)
    assert (told.status, told.body) == (answered, {})
    assert bool(told.problem) is (answered == 0)


@responses.activate
def test_a_token_that_fits_in_no_header_is_no_crash() -> None:
    """A state file may say anything."""

    def sent(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        request.headers["Authorization"].encode("latin-1")
        return 200, {}, "{}"

    reply: Callable[[PreparedRequest], Any] = sent
    responses.add_callback(responses.GET, STATUS, callback=reply)
    assert ask(Ask("license_status", token="☃")).status == 0


def test_a_route_that_the_manifest_lacks_is_said() -> None:
    """Nothing is asked."""
    assert "'checkout'" in ask(Ask("checkout")).problem
