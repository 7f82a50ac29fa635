"""The webhook route: what is acknowledged, what is refused, and what is then in the store."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
from served import ADMIN_TOKEN, Server, make_server
from stripe_says import DAY_S, NOW, WEBHOOK_SECRET, completed, event, paid, signed, subscription, updated

from rehearsal_server.operations.webhook import BODY_BYTES_MAX
from rehearsal_server.store import StoreError

BODY = json.dumps(paid())


def refused(server: Server, body: str | bytes, header: str | None = None) -> tuple[int, str]:
    """Status and code of a refusal, which must leave the store as it was."""
    before = server.contents()
    answer = server.send(body, header)
    assert answer.headers["content-type"] == "application/json"
    assert server.contents() == before
    return answer.status_code, answer.json["error"]["code"]


def test_an_enabled_event_is_applied_once(server: Server) -> None:
    """The second delivery is a duplicate and writes nothing at all."""
    assert server.decision(paid()) == "applied"
    writes = server.connection.total_changes
    assert server.decision(paid()) == "duplicate"
    assert server.connection.total_changes == writes


@pytest.mark.parametrize(
    ("told", "decision"),
    [
        pytest.param(
            event("evt_1", "customer.subscription.created", subscription()), "ignored", id="not enabled"
        ),
        pytest.param(
            event("evt_1", "invoice.paid", {"id": "in_1", "parent": None}), "ignored", id="one-off invoice"
        ),
        pytest.param(event("evt_1", "moon.full", {"id": "moon_1"}), "unknown_type", id="unknown type"),
        pytest.param({**paid("evt_1"), "livemode": True}, "other_mode", id="live mode"),
        pytest.param({**paid("evt_1"), "account": "acct_2"}, "other_account", id="another account"),
    ],
)
def test_what_says_nothing_here_is_acknowledged_recorded_once_and_has_no_effect(
    server: Server, told: dict[str, Any], decision: str
) -> None:
    """Stripe would repeat for three days whatever is not acknowledged."""
    assert server.decision(told) == decision
    once = server.contents()
    assert once["unused_events"] == [("evt_1", told["type"], decision)]
    assert once["event_rows"] == []
    writes = server.connection.total_changes
    assert server.decision(told) == decision
    assert server.connection.total_changes == writes


@pytest.mark.parametrize(
    ("header", "code"),
    [
        pytest.param("", "SIGNATURE_MISSING", id="none"),
        pytest.param("t=1", "SIGNATURE_INVALID", id="no v1"),
        pytest.param("v1=abc", "SIGNATURE_INVALID", id="no t"),
        pytest.param("t=x,v1=abc", "SIGNATURE_INVALID", id="t is no number"),
        pytest.param("t=" + "9" * 5000 + ",v1=abc", "SIGNATURE_INVALID", id="t is endless"),
        pytest.param(",,,=,", "SIGNATURE_INVALID", id="noise"),
        pytest.param("t=1,v1=é", "SIGNATURE_INVALID", id="not ASCII"),
        pytest.param(signed(BODY, NOW, "whsec_other"), "SIGNATURE_INVALID", id="another secret"),
        pytest.param(signed(BODY, NOW, ""), "SIGNATURE_INVALID", id="a blank secret"),
        pytest.param(signed(BODY + " ", NOW), "SIGNATURE_INVALID", id="another body"),
        pytest.param(signed(BODY).replace("v1=", "v0="), "SIGNATURE_INVALID", id="only v0"),
        pytest.param(signed(BODY, NOW - 301), "SIGNATURE_TIME", id="stale"),
        pytest.param(signed(BODY, NOW + 301), "SIGNATURE_TIME", id="from the future"),
        pytest.param(
            signed(BODY, NOW - 301).replace(",", "=7,", 1), "SIGNATURE_TIME", id="stale, t with a tail"
        ),
    ],
)
def test_what_stripe_did_not_just_sign_is_refused(server: Server, header: str, code: str) -> None:
    """With 400, and nothing is written."""
    assert refused(server, BODY, header) == (400, code)


@pytest.mark.parametrize("at", [NOW - 300, NOW, NOW + 300])
def test_the_tolerance_is_five_minutes_on_both_sides_of_the_servers_clock(server: Server, at: int) -> None:
    """The wall clock has no say."""
    assert server.send(BODY, signed(BODY, at)).status_code == 200


def test_any_of_several_signatures_will_do(server: Server) -> None:
    """Stripe signs once per active secret while one is rolled."""
    theirs, ours = signed(BODY, NOW, "whsec_new"), signed(BODY, NOW)
    both = f"{theirs},{ours.partition(',')[2]}"
    assert server.send(BODY, both).status_code == 200


def test_any_of_several_secrets_will_do(server: Server, environ: dict[str, str]) -> None:
    """STRIPE_WEBHOOK_SECRET may hold the old one and the new one."""
    rolling = {**environ, "STRIPE_WEBHOOK_SECRET": f"whsec_new, {WEBHOOK_SECRET},"}
    context = server.context
    other = make_server(context.manifest, rolling, context.store, server.connection)
    for secret in ("whsec_new", WEBHOOK_SECRET):
        assert other.send(BODY, signed(BODY, NOW, secret)).status_code == 200
    assert refused(other, BODY, signed(BODY, NOW, "")) == (400, "SIGNATURE_INVALID")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param("", 400, "BODY_EMPTY", id="empty"),
        pytest.param("a" * (2 * 2**20), 413, "BODY_TOO_LARGE", id="2 MB"),
        pytest.param("hello", 400, "BODY_NOT_JSON", id="not JSON"),
        pytest.param('{"id": NaN}', 400, "BODY_NOT_JSON", id="NaN"),
        pytest.param("[" * 100_000, 400, "BODY_NOT_JSON", id="deep"),
        pytest.param("[]", 400, "BAD_SHAPE", id="wrong shape"),
        pytest.param('{"object": "v2.core.event"}', 400, "BAD_SHAPE", id="thin event"),
        pytest.param(json.dumps(paid(created=10**30)), 400, "BAD_SHAPE", id="huge integer"),
        pytest.param(b"\xff\xfe{\x00}\x00", 400, "BODY_NOT_JSON", id="not UTF-8"),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(
    server: Server, body: str | bytes, status: int, code: str
) -> None:
    """With a code, never with 500, and nothing half-written."""
    assert refused(server, body) == (status, code)


def test_a_body_as_large_as_the_bound_is_read(server: Server) -> None:
    """And one byte more is not."""
    padding = " " * (BODY_BYTES_MAX - len(BODY))
    assert server.send(BODY + padding).status_code == 200
    assert refused(server, BODY + padding + " ") == (413, "BODY_TOO_LARGE")


def test_a_false_content_length_is_refused_without_reading(server: Server) -> None:
    """It is the size that a caller announces that counts."""
    environ = {"CONTENT_LENGTH": str(10**12), "wsgi.input": io.BytesIO(b"{}")}
    answer = server.client.simulate_post("/api/billing/webhook", extras=environ)
    assert answer.status_code == 413


def test_without_a_webhook_secret_nothing_is_believed(server: Server, environ: dict[str, str]) -> None:
    """503, so that Stripe comes again."""
    del environ["STRIPE_WEBHOOK_SECRET"]
    context = server.context
    bare = make_server(context.manifest, environ, context.store, server.connection)
    assert refused(bare, BODY, signed(BODY, NOW, "")) == (503, "NOT_CONFIGURED")


@pytest.mark.parametrize("key", ["", "sk_of_no_mode"], ids=["unset", "without a mode"])
def test_without_a_mode_of_its_own_nothing_is_acknowledged(
    server: Server, environ: dict[str, str], key: str
) -> None:
    """An event taken for one of another mode would be lost."""
    environ["STRIPE_SECRET_KEY"] = key
    context = server.context
    bare = make_server(context.manifest, environ, context.store, server.connection)
    assert refused(bare, BODY) == (503, "NOT_CONFIGURED")


@pytest.mark.parametrize("key", ["sk_live_0", "rk_live_0", "sk_org_live_0"])
def test_a_live_server_takes_live_events(server: Server, environ: dict[str, str], key: str) -> None:
    """And only those."""
    environ["STRIPE_SECRET_KEY"] = key
    context = server.context
    live = make_server(context.manifest, environ, context.store, server.connection)
    assert live.decision(paid("evt_1")) == "other_mode"
    assert live.decision({**paid("evt_2"), "livemode": True}) == "applied"


def test_a_store_that_fails_is_503(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe will come again; nothing is acknowledged that is not durable."""

    def broken(*_: object) -> None:
        raise StoreError("disk I/O error")

    monkeypatch.setattr(server.context.store, "add_row", broken)
    assert refused(server, BODY) == (503, "STORAGE_UNAVAILABLE")


def test_a_bug_of_ours_is_a_json_500(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The half-done transaction is undone, and the answer says nothing of the inside."""

    def broken(*_: object) -> None:
        raise KeyError("secret inside")

    monkeypatch.setattr(server.context.store, "add_row", broken)
    answer = server.send(BODY)
    assert (answer.status_code, answer.json["error"]["code"]) == (500, "INTERNAL")
    assert "secret" not in answer.text
    assert not server.connection.in_transaction


def test_one_log_line_tells_of_each_delivery_and_keeps_its_secrets(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Event id, type, object, decision and milliseconds; no body, e-mail address or secret."""
    caplog.set_level(logging.INFO, "rehearsal_server.deliveries")
    server.deliver(completed())
    server.deliver(completed())
    server.send("{}")
    server.send(BODY, "")
    lines = [each.message for each in caplog.records if each.name == "rehearsal_server.deliveries"]
    first, again, misshapen, unsigned = map(json.loads, lines)
    milliseconds = first.pop("ms")
    assert first == {
        "event": "evt_completed",
        "type": "checkout.session.completed",
        "object": "cs_test_1",
        "decision": "applied",
    }
    assert milliseconds > 0
    assert again["decision"] == "duplicate"
    assert misshapen["decision"] == "BAD_SHAPE"
    assert unsigned["decision"] == "SIGNATURE_MISSING"
    assert not any(word in caplog.text for word in ("ada@", WEBHOOK_SECRET, "metadata"))


def test_every_answer_is_json_with_a_code(server: Server) -> None:
    """Also for what no route answers."""
    for answer, status, code in (
        (server.client.simulate_get("/nowhere"), 404, "NOT_FOUND"),
        (server.client.simulate_get("/api/billing/webhook"), 405, "METHOD_NOT_ALLOWED"),
        (server.client.simulate_get("/nowhere", headers={"Accept": "text/html"}), 404, "NOT_FOUND"),
    ):
        assert answer.headers["content-type"] == "application/json"
        assert (answer.status_code, answer.json["error"]["code"]) == (status, code)


@pytest.mark.parametrize("late", [0, 1], ids=["in order", "reversed"])
def test_cancellation_set_and_lifted_is_told_in_any_order(server: Server, late: int) -> None:
    """What was lifted does not come back."""
    events = [
        updated("evt_set", subscription(cancel_at=NOW + DAY_S), {"cancel_at": None}, NOW),
        updated("evt_lifted", subscription(), {"cancel_at": NOW + DAY_S}, NOW + 5),
    ]
    server.deliver(paid())
    for each in reversed(events) if late else events:
        server.deliver(each)
    server.clock.now = NOW + DAY_S
    assert server.status(ADMIN_TOKEN, customerId="cus_1").json["code"] == "ACTIVE"
