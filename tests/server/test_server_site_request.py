"""Asking people for something: what is kept, once, and without secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from falcon import testing
from served import Server
from signed_in import server_of
from stripe_says import NOW

ROUTE = "/api/saas/service-request"
ADA = {"name": "Ada", "email": "ada@example.test", "plan_id": "deposit_500", "details": "a landing page"}
KEY, HOOK = "sk_live_" + "0" * 24, "whsec_" + "0" * 32


@pytest.fixture(name="server")
def _server() -> Server:
    return server_of("aipowerprogress")


def ask(server: Server, headers: dict[str, str] | None = None, **changes: Any) -> testing.Result:
    body = json.dumps({key: value for key, value in (ADA | changes).items() if value is not None})
    return server.client.simulate_post(ROUTE, body=body, headers=headers or {})


def kept(server: Server) -> list[dict[str, str]]:
    return [json.loads(each.body) for each in server.context.store.requests(10)]


def test_a_request_is_kept(server: Server) -> None:
    answer = ask(server)
    assert answer.status_code == 200
    assert (answer.json["ok"], answer.json["redacted"], answer.json["notice"]) == (True, [], None)
    (found,) = server.context.store.requests(10)
    assert (found.request_id, found.at) == (answer.json["request_id"], NOW)
    assert kept(server) == [ADA]


def test_secrets_are_redacted_before_anything_is_stored(server: Server) -> None:
    """Neither the store nor the answer carries them, whatever field they were pasted into."""
    answer = ask(
        server, website=f"https://example.test/?key={KEY}", details=f"hook {HOOK}", company=f"x {KEY}"
    )
    assert sorted(answer.json["redacted"]) == ["company", "details", "website"]
    assert "revoke it" in answer.json["notice"]
    assert kept(server)[0]["details"] == "hook [redacted]"
    everything = repr(server.contents()) + answer.text
    assert [secret for secret in (KEY, HOOK, "0" * 24) if secret in everything] == []


def test_a_secret_is_no_field_name(server: Server) -> None:
    answer = ask(server, **{KEY: "x"})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "FIELD_INVALID")
    assert KEY not in answer.text


def test_a_double_click_asks_once(server: Server) -> None:
    assert ask(server).json["request_id"] == ask(server).json["request_id"]
    assert len(kept(server)) == 1


def test_the_same_words_later_are_another_request(server: Server) -> None:
    ask(server)
    server.clock.now += 60
    ask(server)
    assert len(kept(server)) == 2


def test_a_retry_with_its_key_asks_once_however_late(server: Server) -> None:
    ask(server, {"Idempotency-Key": "one"})
    server.clock.now += 3_600
    ask(server, {"Idempotency-Key": "one"})
    assert len(kept(server)) == 1
    ask(server, {"Idempotency-Key": "one"}, details="something else")
    assert len(kept(server)) == 2


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": None}, "FIELD_MISSING", "name"),
        ({"name": "  "}, "FIELD_MISSING", "name"),
        ({"email": None}, "FIELD_MISSING", "email"),
        ({"email": "ada"}, "EMAIL_INVALID", "email"),
        ({"email": "a da@example.test"}, "EMAIL_INVALID", "email"),
        ({"plan_id": "gold"}, "UNKNOWN_PLAN", "plan_id"),
        ({"website": 7}, "FIELD_INVALID", "website"),
        ({"website": "x" * 501}, "FIELD_INVALID", "website"),
        ({"details": "x" * 8_001}, "FIELD_INVALID", "details"),
        ({"details": "\x00"}, "FIELD_INVALID", "details"),
        ({"details": "\ud800"}, "FIELD_INVALID", "details"),
        ({"details": {"deep": 1}}, "FIELD_INVALID", "details"),
        ({"no-word": "x"}, "FIELD_INVALID", "name"),
        ({f"f{n}": "x" for n in range(30)}, "FIELDS_TOO_MANY", "fields"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    server: Server, changes: dict[str, Any], code: str, field: str
) -> None:
    answer = ask(server, **changes)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, code)
    assert field in answer.json["error"]["message"]
    assert kept(server) == []


def test_a_body_has_a_bound(server: Server) -> None:
    assert server.client.simulate_post(ROUTE, body="x" * 40_000).status_code == 413


def test_a_plain_form_is_led_to_a_page(server: Server) -> None:
    """A browser without JavaScript sends the form itself, and is shown that its request is in."""
    form = "name=Ada&email=ada%40example.test&plan_id=&website=&details=hello"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html,*/*;q=0.8"}
    answer = server.client.simulate_post(ROUTE, body=form, headers=headers)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/assistant/thanks?request=received"
    assert kept(server) == [{"name": "Ada", "email": "ada@example.test", "details": "hello"}]


def test_a_form_that_is_no_text_is_refused(server: Server) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for form in ("name=%ff", "&".join(f"f{n}=x" for n in range(60))):
        answer = server.client.simulate_post(ROUTE, body=form, headers=headers)
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "FORM_INVALID")
