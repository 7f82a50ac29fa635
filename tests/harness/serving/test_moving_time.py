"""Moving the clock: everything happens at its second, pages answer meanwhile, and it can be stopped."""

from __future__ import annotations

import threading
import time

import pytest
from benches import AT, Inbox, ask, still_bench

from rehearsal_harness.core.actions import CreateSubscription, ReplaceCard
from rehearsal_harness.core.objects import Invoice, InvoiceStatus
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.clock import SimulatedClock
from rehearsal_harness.serving.moving import Moving, move
from rehearsal_harness.serving.serving import keep_time

MONTH_S = 31 * 86_400
LONGEST_S = 120
FAR = AT + 1_200 * MONTH_S  # half a minute's work: nobody gets there before it is stopped


def subscribe(bench: Bench, customers: int = 1) -> None:
    product = ask(bench.main, "POST", "/v1/products", name="Something")
    price = ask(
        bench.main,
        *("POST", "/v1/prices"),
        product=product["id"],
        currency="usd",
        unit_amount="1000",
        recurring={"interval": "month"},
    )
    for number in range(customers):
        customer = ask(bench.main, "POST", "/v1/customers", name=str(number))
        bench.main.act(ReplaceCard(customer["id"]), CreateSubscription(customer["id"], (price["id"],)))


def test_a_month_later_the_renewal_is_paid_and_was_told_at_its_seconds(bench: Bench) -> None:
    inbox = Inbox()
    ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "invoice.paid"})
    subscribe(bench)

    bench.advance_to(AT + MONTH_S + 7_200, wait=True)

    statuses = [each.status for each in bench.main.world.invoices]
    assert statuses == [InvoiceStatus.PAID, InvoiceStatus.PAID]
    assert [each.at - each.event_created for each in bench.outbox.deliveries()] == [0, 0]
    inbox.close()


def test_the_clock_is_where_it_was_moved_to(bench: Bench) -> None:
    bench.advance_to(AT + 100, wait=True)

    assert bench.clock.now() == AT + 100
    assert ask(bench.main, "POST", "/v1/customers")["created"] == AT + 100


@pytest.mark.parametrize("to", [AT - 1, 0])
def test_time_runs_forward(bench: Bench, to: int) -> None:
    with pytest.raises(ValueError, match="time runs forward"):
        bench.advance_to(to)


def test_the_clock_is_moved_by_one_at_a_time(bench: Bench) -> None:
    subscribe(bench, customers=20)
    moving = bench.advance_to(FAR)

    with pytest.raises(ValueError, match="is being moved"):
        bench.advance_to(FAR + MONTH_S)

    bench.stop_moving()
    assert moving.finished.wait(LONGEST_S)


def test_a_move_that_is_stopped_leaves_the_clock_where_it_came_to(bench: Bench) -> None:
    subscribe(bench, customers=20)
    moving = bench.advance_to(FAR)
    while not moving.events:
        time.sleep(0.01)

    bench.stop_moving()

    assert moving.finished.wait(LONGEST_S)
    assert AT < bench.clock.now() < FAR


def test_api_requests_are_answered_while_the_clock_moves(bench: Bench) -> None:
    subscribe(bench, customers=20)
    moving = bench.advance_to(FAR)

    made = ask(bench.main, "POST", "/v1/customers", name="meanwhile")
    found = ask(bench.main, "GET", f"/v1/customers/{made['id']}")

    assert not moving.is_done
    assert found["name"] == "meanwhile"
    bench.stop_moving()
    assert moving.finished.wait(LONGEST_S)


def test_slices_give_the_same_world_as_one_advance() -> None:
    worlds = []
    for steps in (1, 12):
        with still_bench() as bench:
            subscribe(bench, customers=3)
            for number in range(1, steps + 1):
                bench.advance_to(AT + 6 * MONTH_S * number // steps, wait=True)
            worlds.append(bench.main.world)

    assert worlds[0].version == worlds[1].version
    assert len(list(worlds[0].table(Invoice))) == 3 * 7


def test_a_running_clock_lets_happen_what_it_reaches() -> None:
    seconds = iter((0.0, 0.0, 10.0, 10.0, 10.0))
    clock = SimulatedClock(100, 60, monotonic=lambda: next(seconds))

    assert clock.now() == 100
    assert clock.now() == 700


def test_a_held_clock_stands_still_and_runs_on_from_there() -> None:
    seconds = iter((0.0, 5.0, 50.0, 50.0, 53.0))
    clock = SimulatedClock(100, monotonic=lambda: next(seconds))

    clock.hold()
    held = clock.now()
    clock.release()

    assert held == 105
    assert clock.now() >= 105


def test_speed_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="speed"):
        SimulatedClock(100).set_speed(-1)


def test_what_a_backend_does_at_a_retry_happens_at_the_second_of_the_retry(bench: Bench) -> None:
    inbox = Inbox()
    ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "customer.created"})
    made: list[int] = []

    def says(number: int) -> tuple[int, dict[str, str]]:
        if number == 1:
            return 500, {}
        made.append(ask(bench.main, "POST", "/v1/products", name="Something")["created"])
        return 200, {}

    inbox.says = says
    ask(bench.main, "POST", "/v1/customers")
    assert bench.outbox.wait_settled(AT, LONGEST_S)

    bench.advance_to(AT + MONTH_S, wait=True)

    assert made == [bench.outbox.deliveries()[0].at]
    assert made[0] > AT
    inbox.close()


def test_a_clock_that_has_run_past_where_it_is_to_be_moved_is_there(bench: Bench) -> None:
    moving = Moving(AT, AT + 10)
    bench.clock.move_to(AT + 20)

    move(bench, moving)

    assert moving.problem == ""
    assert bench.clock.now() == AT + 20


def test_time_is_kept_after_something_broke(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept, closing = [], threading.Event()

    def breaks() -> None:
        kept.append(1)
        if len(kept) == 3:
            closing.set()
        raise OSError("disk is full")

    monkeypatch.setattr(bench, "keep_time", breaks)

    keep_time(bench, closing)

    assert len(kept) == 3
    told = [each for each in caplog.records if each.name == "rehearsal_harness.serving.serving"]
    assert [each.exc_info is not None for each in told] == [True]
