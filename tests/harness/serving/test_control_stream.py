"""Live updates: an event for each change, a heartbeat, an end, and never so many that webhooks wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests
from benches import Inbox, ask, still_bench
from controlling import TIMEOUT_S, Controlled, controlled

from rehearsal_harness.serving.control.panel import Panel
from rehearsal_harness.serving.control.stream import STREAMS_MAX, Stream
from rehearsal_harness.serving.serving import STRIPE_THREADS

PAGES = 30


@pytest.fixture
def here() -> Iterator[Controlled]:
    with controlled(threads=STRIPE_THREADS) as here:
        yield here


class Reading:
    """A page that listens."""

    def __init__(self, here: Controlled, last: str = "") -> None:
        headers = {"Last-Event-ID": last} if last else {}
        url = f"{here.address}/control/stream"
        self.response = requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S)
        self._lines = self.response.iter_lines()

    def next_id(self) -> int:
        """The revision of the next event."""
        for line in self._lines:
            if line.startswith(b"id: "):
                return int(line[4:])
        raise AssertionError("the stream ended")

    def ends(self) -> bool:
        """Read to the end, which must come."""
        try:
            for _ in self._lines:
                pass
        except requests.RequestException:
            pass
        return True


def test_a_page_is_told_of_each_change(here: Controlled) -> None:
    """At once where it stands, then of what changes."""
    with Reading(here).response as response:
        reading = Reading.__new__(Reading)
        reading.response, reading._lines = response, response.iter_lines()
        first = reading.next_id()

        ask(here.bench.main, "POST", "/v1/customers")

        assert reading.next_id() > first


def test_thirty_open_pages_do_not_hold_up_webhooks(here: Controlled) -> None:
    """Nor the API, nor the page itself."""
    inbox = Inbox()
    ask(
        here.bench.main,
        "POST",
        "/v1/webhook_endpoints",
        url=inbox.url,
        enabled_events={"0": "customer.created"},
    )
    with ExitStack() as stack:
        pages = [Reading(here) for _ in range(PAGES)]
        for page in pages:
            stack.enter_context(page.response)
        assert [page.response.status_code for page in pages] == [200] * PAGES

        made = requests.post(
            f"{here.address}/v1/customers", auth=("sk_test_" + "0" * 24, ""), timeout=TIMEOUT_S
        )
        here.settle()

        assert made.status_code == 200
        assert inbox.types() == ["customer.created"]
        assert requests.get(here.address, timeout=TIMEOUT_S).status_code == 200
        assert all(page.next_id() >= 0 for page in pages)
    inbox.close()


def test_one_page_too_many_is_told_to_come_back(here: Controlled) -> None:
    """It polls meanwhile; when another page goes, there is room again."""
    with ExitStack() as stack:
        for _ in range(STREAMS_MAX):
            stack.enter_context(Reading(here).response)

        with Reading(here).response as refused:
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")


def test_every_stream_ends_when_the_bench_closes(here: Controlled) -> None:
    """Nobody keeps the process running."""
    page = Reading(here)
    page.next_id()
    done = threading.Thread(target=page.ends)
    done.start()

    here.bench.close()

    done.join(TIMEOUT_S)
    assert not done.is_alive()


def test_a_page_that_comes_back_is_not_told_what_it_knows() -> None:
    """By Last-Event-ID; silence is broken by a comment."""
    with still_bench() as bench:
        stream = Stream(Panel(bench), heartbeat_s=0.01)
        told = stream.told(str(bench.news.revision))

        assert next(told) == b"retry: 5000\n\n"
        assert next(told) == b": nothing new\n\n"
        bench.news.tell()
        assert next(told).startswith(f"id: {bench.news.revision}\nevent: changed\n".encode())


@pytest.mark.parametrize("last", ["", "x", "-1", "9" * 30, "99", "１"])
def test_a_page_from_another_run_is_told_at_once(last: str) -> None:
    """An id that this bench never gave means nothing."""
    with still_bench() as bench:
        told = Stream(Panel(bench), heartbeat_s=0.01).told(last)
        next(told)

        assert next(told).startswith(f"id: {bench.news.revision}\n".encode())


def test_a_page_that_goes_makes_room() -> None:
    """However often it is told to close."""
    from types import SimpleNamespace

    with still_bench() as bench:
        stream = Stream(Panel(bench))
        request = SimpleNamespace(get_header=lambda name: None)
        response = SimpleNamespace(set_header=lambda *header: None, stream=None)
        stream.on_get(request, response)  # type: ignore[arg-type]
        assert stream.listening == 1

        response.stream.close()
        response.stream.close()

        assert stream.listening == 0
