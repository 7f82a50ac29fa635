"""Webhooks over HTTP: signed afresh each time, tried again in simulated time, every attempt remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest
import stripe
from benches import AT, Inbox, ask, still_bench

from rehearsal_harness.core.billing.webhook_secret import roll_secret
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.faults import Faults, WrongFault
from rehearsal_harness.serving.webhooks import NotThere
from rehearsal_specs.reader import read_retry_tables

SETTLED_S = 120


def register(bench: Bench, url: str) -> dict[str, str]:
    made: dict[str, str] = ask(
        bench.main, "POST", "/v1/webhook_endpoints", url=url, enabled_events={"0": "customer.created"}
    )
    return made


def settle(bench: Bench) -> None:
    assert bench.outbox.wait_settled(bench.clock.now(), SETTLED_S)


def test_an_event_arrives_with_a_signature_that_the_official_library_accepts(
    bench: Bench, inbox: Inbox
) -> None:
    endpoint = register(bench, inbox.url)

    customer = ask(bench.main, "POST", "/v1/customers", email="ada@example.test")
    settle(bench)

    headers, body = inbox.received[0]
    stripe.WebhookSignature.verify_header(
        body.decode(), headers["Stripe-Signature"], endpoint["secret"], tolerance=None
    )
    assert inbox.events()[0]["data"]["object"]["id"] == customer["id"]


def test_only_what_an_endpoint_enabled_is_sent_there(bench: Bench, inbox: Inbox) -> None:
    register(bench, inbox.url)

    ask(bench.main, "POST", "/v1/products", name="Something")
    ask(bench.main, "POST", "/v1/customers")
    settle(bench)

    assert inbox.types() == ["customer.created"]


@pytest.mark.parametrize("status", [301, 400, 500])
def test_what_is_not_acknowledged_comes_again_when_the_table_says(
    bench: Bench, inbox: Inbox, status: int
) -> None:
    delays_s = read_retry_tables()["test"].delays_s
    inbox.says = lambda number: (200, {}) if number > 2 else (status, {"Location": "http://127.0.0.1:1/"})
    register(bench, inbox.url)
    ask(bench.main, "POST", "/v1/customers")
    settle(bench)
    assert len(inbox.received) == 1

    bench.advance_to(AT + delays_s[-1], wait=True)

    assert [each.at - AT for each in reversed(bench.outbox.deliveries())] == [0, *delays_s[:2]]
    assert [each.status for each in reversed(bench.outbox.deliveries())] == [status, status, 200]
    assert bench.outbox.waiting() == 0


def test_every_attempt_is_signed_for_its_own_second(bench: Bench, inbox: Inbox) -> None:
    inbox.says = lambda number: (500 if number == 1 else 200, {})
    register(bench, inbox.url)
    ask(bench.main, "POST", "/v1/customers")
    settle(bench)

    bench.advance_to(AT + 86_400, wait=True)

    first, second = (headers["Stripe-Signature"].split(",")[0] for headers, _ in inbox.received)
    assert int(second.removeprefix("t=")) > int(first.removeprefix("t="))


def test_a_rolled_secret_and_the_new_one_sign_side_by_side(bench: Bench, inbox: Inbox) -> None:
    endpoint = register(bench, inbox.url)
    bench.main.change(lambda world: roll_secret(world, endpoint["id"], 3_600))

    ask(bench.main, "POST", "/v1/customers")
    settle(bench)
    bench.advance_to(AT + 3_600, wait=True)
    ask(bench.main, "POST", "/v1/customers")
    settle(bench)

    signatures = [headers["Stripe-Signature"].count("v1=") for headers, _ in inbox.received]
    assert signatures == [2, 1]


def test_after_the_last_retry_nothing_comes_any_more(bench: Bench, inbox: Inbox) -> None:
    inbox.says = lambda number: (500, {})
    register(bench, inbox.url)
    ask(bench.main, "POST", "/v1/customers")

    bench.advance_to(AT + 7 * 86_400, wait=True)

    assert len(inbox.received) == 1 + len(read_retry_tables()["test"].delays_s)
    assert bench.outbox.deliveries()[0].next_due is None


def test_a_backend_that_is_down_is_a_failed_delivery_that_says_so(bench: Bench, inbox: Inbox) -> None:
    register(bench, inbox.url)
    inbox.close()

    ask(bench.main, "POST", "/v1/customers")
    settle(bench)

    delivery = bench.outbox.deliveries()[0]
    assert (delivery.status, delivery.error) == (None, "nobody answers at this address")
    assert delivery.next_due == AT + read_retry_tables()["test"].delays_s[0]


def test_a_disabled_endpoint_is_sent_nothing(bench: Bench, inbox: Inbox) -> None:
    endpoint = register(bench, inbox.url)
    ask(bench.main, "POST", f"/v1/webhook_endpoints/{endpoint['id']}", disabled="true")

    ask(bench.main, "POST", "/v1/customers")
    settle(bench)

    assert inbox.received == []


def test_an_event_is_sent_again_by_hand(bench: Bench, inbox: Inbox) -> None:
    register(bench, inbox.url)
    ask(bench.main, "POST", "/v1/customers")
    settle(bench)

    bench.resend(inbox.events()[0]["id"], None)
    settle(bench)

    first, second = (event["id"] for event in inbox.events())
    assert first == second
    assert bench.outbox.deliveries()[0].cause == "resend"


def test_an_unknown_event_is_not_sent_again(bench: Bench) -> None:
    with pytest.raises(NotThere, match="no event evt_unknown"):
        bench.resend("evt_unknown", None)


@pytest.mark.parametrize(
    ("faults", "received"),
    [
        (Faults(duplicate_percent=100), 2),
        (Faults(lose_percent=100), 0),
        (Faults(drop_percent=100), 0),
        (Faults(), 1),
    ],
    ids=["duplicate", "lose", "drop", "none"],
)
def test_a_fault_strikes_what_comes_after_it_was_switched_on(
    bench: Bench, inbox: Inbox, faults: Faults, received: int
) -> None:
    register(bench, inbox.url)
    bench.set_faults(faults)

    ask(bench.main, "POST", "/v1/customers")
    settle(bench)

    assert len(inbox.received) == received


def test_a_dropped_delivery_arrives_once_the_fault_is_off(bench: Bench, inbox: Inbox) -> None:
    register(bench, inbox.url)
    bench.set_faults(Faults(drop_percent=100))
    ask(bench.main, "POST", "/v1/customers")
    settle(bench)

    bench.set_faults(Faults())
    bench.advance_to(AT + 86_400, wait=True)

    assert [each.struck for each in reversed(bench.outbox.deliveries())] == ["dropped", ""]
    assert len(inbox.received) == 1


def test_a_delayed_event_comes_late(bench: Bench, inbox: Inbox) -> None:
    register(bench, inbox.url)
    bench.set_faults(Faults(delay_percent=100, delay_s=120))
    ask(bench.main, "POST", "/v1/customers")
    settle(bench)
    assert inbox.received == []

    bench.advance_to(AT + 120, wait=True)

    assert bench.outbox.deliveries()[0].at == AT + 120


def test_shuffled_events_come_in_another_order_equal_for_equal_seeds() -> None:
    orders = []
    for _ in range(2):
        with still_bench() as bench:
            inbox = Inbox()
            register(bench, inbox.url)
            bench.set_faults(Faults(shuffle=True, delay_percent=100, delay_s=60))
            for number in range(8):
                ask(bench.main, "POST", "/v1/customers", name=str(number))
            bench.advance_to(AT + 60, wait=True)
            orders.append([event["data"]["object"]["name"] for event in inbox.events()])
            inbox.close()

    assert orders[0] == orders[1] != sorted(orders[0])


@pytest.mark.parametrize("wrong", [{"drop_percent": 101}, {"slow_ms": -1}, {"shuffle": 1}, {"seed": "x"}])
def test_a_fault_out_of_its_range_is_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(WrongFault, match=next(iter(wrong))):
        replace(Faults(), **wrong)  # type: ignore[arg-type]
