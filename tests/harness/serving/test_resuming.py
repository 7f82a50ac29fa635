"""A bench with a state file goes on where it ended, and what was not delivered is delivered then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from benches import AT, Inbox, ask

from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.faults import Faults
from rehearsal_harness.serving.starting import bench_of
from rehearsal_harness.serving.state_file import StateError

SETTLED_S = 20
OTHER = {"authorization": "Bearer sk_test_" + "1" * 24}


@contextmanager
def kept_bench(file: Path, at: int | None = None) -> Iterator[Bench]:
    bench = bench_of(at=at, speed=0, state=file)
    try:
        yield bench
    finally:
        bench.close()


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
        bench._keeper._write = lambda bench: None  # type: ignore[method-assign]  # as if it were killed now

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
