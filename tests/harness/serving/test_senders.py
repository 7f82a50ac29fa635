"""Senders go on whatever a backend answers and whatever breaks, and end when there is nothing to send."""

from __future__ import annotations

import threading

import pytest
from benches import AT, Inbox, ask

from rehearsal_harness.serving import sender, webhooks
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.faults import Faults
from rehearsal_harness.serving.webhooks import NotThere
from rehearsal_specs.reader import read_retry_tables

SETTLED_S = 120


def register(bench: Bench, inbox: Inbox) -> str:
    made = ask(
        bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "customer.created"}
    )
    return str(made["id"])


def make_customers(bench: Bench, count: int = 1) -> None:
    for _ in range(count):
        ask(bench.main, "POST", "/v1/customers")
        assert bench.outbox.wait_settled(bench.clock.now(), SETTLED_S)


def test_an_answer_that_cannot_be_read_is_a_failure_and_the_next_event_is_sent(
    bench: Bench, inbox: Inbox
) -> None:
    inbox.says = lambda number: (200, {"Content-Encoding": "gzip"} if number == 1 else {})
    register(bench, inbox)

    make_customers(bench, 2)

    second, first = bench.outbox.deliveries()
    assert (first.status, second.status) == (None, 200)
    assert first.next_due == AT + read_retry_tables()["test"].delays_s[0]


def test_a_sender_outlives_what_breaks_in_the_bench(
    bench: Bench, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    register(bench, inbox)
    with monkeypatch.context() as broken:
        broken.setattr(webhooks, "render_event", lambda *_: 1 / 0)
        make_customers(bench)

    make_customers(bench)

    second, first = bench.outbox.deliveries()
    assert (first.status, second.status) == (None, 200)
    assert "ZeroDivisionError" in first.error
    assert first.next_due is not None
    assert "ZeroDivisionError" in caplog.text


def test_a_sender_with_nothing_left_to_send_ends_and_another_begins(
    bench: Bench, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "IDLE_S", 0.01)
    monkeypatch.setattr(sender, "LINGER_S", 0.02)
    endpoint = register(bench, inbox)
    make_customers(bench)
    for each in threading.enumerate():
        if each.name == f"sender-{endpoint}":
            each.join(SETTLED_S)
            assert not each.is_alive()

    make_customers(bench)

    assert len(inbox.received) == 2


def test_a_late_first_attempt_that_fails_is_tried_again_as_late_as_any(bench: Bench, inbox: Inbox) -> None:
    inbox.says = lambda number: (500, {})
    register(bench, inbox)
    bench.set_faults(Faults(delay_percent=100, delay_s=60))
    make_customers(bench)
    bench.webhooks.hold()
    late = AT + 30 * 86_400
    bench.advance_to(late, deliver=False, wait=True)
    bench.webhooks.release()
    assert bench.outbox.wait_settled(late, SETTLED_S)

    assert bench.outbox.deliveries()[0].at == late
    assert bench.outbox.deliveries()[0].next_due == late + read_retry_tables()["test"].delays_s[0]


def test_a_deleted_endpoint_is_sent_nothing_by_hand(bench: Bench, inbox: Inbox) -> None:
    endpoint = register(bench, inbox)
    make_customers(bench)
    ask(bench.main, "DELETE", f"/v1/webhook_endpoints/{endpoint}")

    with pytest.raises(NotThere, match=f"no webhook endpoint {endpoint}"):
        bench.resend(inbox.events()[0]["id"], endpoint)


def test_what_is_planned_while_senders_are_held_is_sent_after_their_release(
    bench: Bench, inbox: Inbox
) -> None:
    bench.webhooks.hold()
    register(bench, inbox)
    ask(bench.main, "POST", "/v1/customers")
    assert bench.outbox.waiting() == 1

    bench.webhooks.release()

    assert bench.outbox.wait_settled(AT, SETTLED_S)
    assert len(inbox.received) == 1
