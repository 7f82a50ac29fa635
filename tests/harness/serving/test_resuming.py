"""A bench with a state file goes on where it ended, and what was not delivered is delivered then."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from benches import AT, Inbox, ask

from rehearsal_harness.serving import keeping
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.faults import Faults
from rehearsal_harness.serving.starting import bench_of
from rehearsal_harness.serving.state_file import StateError

SETTLED_S = 120
OTHER = {"authorization": "Bearer sk_test_" + "1" * 24}


@contextmanager
def kept_bench(file: Path, at: int | None = None, *, held: bool = False) -> Iterator[Bench]:
    bench = bench_of(at=at, speed=0, state=file, held=held)
    try:
        yield bench
    finally:
        bench.close()


def kill(bench: Bench) -> None:
    """From here on nothing is noted, as after SIGKILL."""
    assert bench._keeper is not None
    bench._keeper._write = lambda bench: None  # type: ignore[method-assign]


def note(bench: Bench) -> None:
    """Write the notes now."""
    assert bench._keeper is not None
    bench._keeper._write(bench)


def full(*_: Any) -> None:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "world.sqlite3"


def test_a_world_goes_on_where_it_ended(file: Path) -> None:
    with kept_bench(file, AT) as bench:
        made = ask(bench.main, "POST", "/v1/customers", name="Ada")
        bench.advance_to(AT + 500, wait=True)
        version = bench.main.world.version

    with kept_bench(file) as bench:
        assert bench.main.world.version == version
        assert bench.clock.now() == AT + 500
        assert ask(bench.main, "GET", f"/v1/customers/{made['id']}")["name"] == "Ada"


def test_the_api_version_of_every_account_is_kept(file: Path) -> None:
    bench = bench_of(at=AT, speed=0, state=file, api_version="2024-06-20")
    bench.by_key.of(OTHER)
    bench.close()

    with kept_bench(file) as bench:
        opened = bench.by_key.of({"authorization": "Bearer sk_test_" + "2" * 24})

        assert {each.world.settings.api_version for each in bench.accounts()} == {"2024-06-20"}
        assert opened.world.settings.api_version == "2024-06-20"


def test_a_kept_bench_takes_another_api_version_and_keeps_it(file: Path) -> None:
    with kept_bench(file, AT) as bench:
        made = ask(bench.main, "POST", "/v1/customers", name="Ada")
        bench.by_key.of(OTHER)
    bench_of(at=AT, speed=0, state=file, api_version="2023-10-16").close()

    with kept_bench(file) as bench:
        assert {each.world.settings.api_version for each in bench.accounts()} == {"2023-10-16"}
        assert ask(bench.main, "GET", f"/v1/customers/{made['id']}")["name"] == "Ada"
        ask(bench.main, "POST", "/v1/customers", name="Grace")


def test_every_account_is_there_again(file: Path) -> None:
    with kept_bench(file, AT) as bench:
        other = bench.by_key.of(OTHER)
        ask(other, "POST", "/v1/customers", name="Grace")

    with kept_bench(file) as bench:
        listed = ask(bench.by_key.of(OTHER), "GET", "/v1/customers")["data"]
        assert [each["name"] for each in listed] == ["Grace"]
        assert ask(bench.main, "GET", "/v1/customers")["data"] == []


def test_what_failed_before_the_end_is_tried_again_after_it(file: Path) -> None:
    inbox = Inbox()
    inbox.says = lambda number: (500 if number == 1 else 200, {})
    with kept_bench(file, AT) as bench:
        ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "*"})
        ask(bench.main, "POST", "/v1/customers")
        assert bench.outbox.wait_settled(AT, SETTLED_S)

    with kept_bench(file) as bench:
        bench.advance_to(AT + 86_400, wait=True)

    assert [event["type"] for event in inbox.events()] == ["customer.created", "customer.created"]
    inbox.close()


def test_what_happened_after_the_last_note_is_delivered_all_the_same(file: Path) -> None:
    inbox = Inbox()
    with kept_bench(file, AT) as bench:
        ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "*"})
        bench.set_faults(Faults(delay_percent=100, delay_s=60))
        assert bench._keeper is not None
        bench._keeper.tick(bench)
        ask(bench.main, "POST", "/v1/customers")
        kill(bench)

    with kept_bench(file) as bench:
        bench.advance_to(AT + 60, wait=True)

    assert inbox.types() == ["customer.created"]
    inbox.close()


def test_faults_are_as_they_were(file: Path) -> None:
    with kept_bench(file, AT) as bench:
        bench.set_faults(Faults(seed=7, drop_percent=30))

    with kept_bench(file) as bench:
        assert bench.faults == Faults(seed=7, drop_percent=30)


def test_one_file_is_kept_by_one_bench(file: Path) -> None:
    with kept_bench(file, AT), pytest.raises(StateError, match="another process"), kept_bench(file):
        pass


def test_a_file_that_is_something_else_is_refused_and_left_alone(file: Path) -> None:
    file.write_text("my notes\n")

    with pytest.raises(StateError, match="no state file"), kept_bench(file):
        pass

    assert file.read_text() == "my notes\n"


def test_what_happened_before_the_first_tick_is_delivered_all_the_same(file: Path) -> None:
    inbox = Inbox()
    with kept_bench(file, AT) as bench:
        bench.webhooks.hold()
        ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "*"})
        ask(bench.main, "POST", "/v1/customers")
        kill(bench)

    with kept_bench(file, AT) as bench:
        assert bench.outbox.wait_settled(AT, SETTLED_S)

    assert inbox.types() == ["customer.created"]
    inbox.close()


def test_an_endpoint_is_not_sent_what_happened_before_it_was_made(file: Path) -> None:
    inbox = Inbox()
    with kept_bench(file, AT) as bench:
        ask(bench.main, "POST", "/v1/customers", name="before")
        bench.advance_to(AT + 1, wait=True)
        ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "*"})
        kill(bench)

    with kept_bench(file, AT) as bench:
        assert bench.outbox.wait_settled(AT + 1, SETTLED_S)

    assert inbox.types() == []
    inbox.close()


def test_time_does_not_go_back_behind_what_was_kept_after_the_last_note(file: Path) -> None:
    with kept_bench(file, AT) as bench:
        note(bench)
        bench.advance_to(AT + 500, wait=True)
        ask(bench.main, "POST", "/v1/customers")
        kill(bench)

    with kept_bench(file) as bench:
        assert bench.clock.now() == AT + 500


def test_a_note_does_not_count_an_event_whose_webhooks_are_not_planned_yet(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept_bench(file, AT) as bench:
        ask(bench.main, "POST", "/v1/webhook_endpoints", url="http://127.0.0.1:9/", enabled_events={"0": "*"})
        bench.webhooks.hold()
        plan, noting = bench.webhooks.plan, threading.Thread(target=note, args=(bench,))

        def plan_later(*planned: Any) -> None:
            noting.start()
            noting.join(0.3)  # it has to wait for this change
            plan(*planned)

        monkeypatch.setattr(bench.webhooks, "plan", plan_later)
        ask(bench.main, "POST", "/v1/customers")
        noting.join(SETTLED_S)
        kill(bench)

    with kept_bench(file, held=True) as bench:
        assert bench.outbox.waiting() == 1


def test_what_cannot_be_kept_has_not_happened(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox()
    with kept_bench(file, AT) as bench:
        assert bench._keeper is not None
        ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "*"})
        with monkeypatch.context() as disk:
            disk.setattr(bench._keeper._file, "save", full)
            with pytest.raises(sqlite3.OperationalError):
                ask(bench.main, "POST", "/v1/customers", name="refused")
        ask(bench.main, "POST", "/v1/customers", name="kept")
        assert bench.outbox.wait_settled(AT, SETTLED_S)

    with kept_bench(file) as bench:
        assert [each["name"] for each in ask(bench.main, "GET", "/v1/customers")["data"]] == ["kept"]
    assert [event["data"]["object"]["name"] for event in inbox.events()] == ["kept"]
    inbox.close()


def test_a_note_that_could_not_be_written_is_written_by_the_next_tick(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept_bench(file, AT) as bench:
        assert bench._keeper is not None
        ask(bench.main, "POST", "/v1/customers")
        with monkeypatch.context() as disk:
            disk.setattr(bench._keeper._file, "keep", full)
            with pytest.raises(sqlite3.OperationalError):
                bench._keeper.tick(bench)

        bench._keeper.tick(bench)

        assert bench._keeper.note["planned"][bench.main.id] == len(bench.main.world.events)


def test_that_only_time_passed_is_noted_too(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is killed while nothing happens goes on at about that second."""
    monkeypatch.setattr(keeping, "IDLE_PAUSE_S", 0)
    with kept_bench(file, AT) as bench:
        assert bench._keeper is not None
        note(bench)
        bench.clock.move_to(AT + 60)
        bench._keeper.tick(bench)
        kill(bench)

    with kept_bench(file) as bench:
        assert bench.clock.now() == AT + 60


def test_many_planned_attempts_are_noted_less_often_but_noted(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note is written whole, so that its pause grows with it."""
    monkeypatch.setattr(keeping, "ATTEMPTS_NOTED", 2)
    monkeypatch.setattr(keeping, "PAUSE_S", 1_000)
    with kept_bench(file, AT, held=True) as bench:
        ask(bench.main, "POST", "/v1/webhook_endpoints", url="http://127.0.0.1:9/", enabled_events={"0": "*"})
        for _ in range(5):
            ask(bench.main, "POST", "/v1/customers")
        keeper = bench._keeper
        assert keeper is not None
        keeper._noted_at = time.monotonic() - keeping.PAUSE_S * 2
        keeper.tick(bench)
        assert keeper.note["attempts"] == []

        keeper._noted_at = time.monotonic() - keeping.PAUSE_S * 3
        keeper.tick(bench)

        assert len(keeper.note["attempts"]) == 5


def test_a_file_that_cannot_be_written_at_the_end_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = bench_of(at=AT, speed=0, state=file)
    assert bench._keeper is not None
    monkeypatch.setattr(bench._keeper._file, "keep", full)

    with pytest.raises(StateError, match=r"world\.sqlite3.*disk is full"):
        bench.close()

    with kept_bench(file):
        pass  # it was let go of


def test_what_is_asked_of_a_closed_bench_is_refused_and_not_half_done(file: Path) -> None:
    with kept_bench(file, AT) as bench:
        pass

    with pytest.raises(StateError, match="closed"):
        ask(bench.main, "POST", "/v1/customers")
    assert len(bench.main.world.customers) == 0


def test_a_resumed_bench_sends_nothing_before_its_backends_are_there(file: Path) -> None:
    inbox = Inbox()
    with kept_bench(file, AT, held=True) as bench:
        ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "*"})
        ask(bench.main, "POST", "/v1/customers")

    with kept_bench(file, held=True) as bench:
        assert not bench.outbox.wait_settled(AT, 0.2)
        bench.webhooks.release()
        assert bench.outbox.wait_settled(AT, SETTLED_S)

    assert inbox.types() == ["customer.created"]
    inbox.close()
