"""A server that is killed keeps what it acknowledged, on each store; servers that share a database agree."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from serving import deliver, killed_under_load, manifest_for, running
from stores import KINDS, place_of
from stripe_says import NOW

MOMENTS = int(os.environ.get("KILLED_MOMENTS", "2"))  # tox -e durability: fifty


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_acknowledged_survives_a_kill(kind: str, environ: dict[str, str], tmp_path: Path) -> None:
    """kill -9 under load, at moments drawn by a seed: nothing is lost, and nothing applied twice."""
    place = place_of(kind, tmp_path)
    assert killed_under_load(environ, place, tmp_path, moments=MOMENTS, seed=1) == []


Event = tuple[str, int]
EVENTS: list[Event] = [(f"evt_{number}", NOW + number // 4) for number in range(24)]


def deliver_together(addresses: list[str], orders: list[list[Event]]) -> set[int]:
    """Deliver each list from a thread of its own, to the servers in turn; the statuses."""
    statuses: list[int] = []

    def one(number: int, order: list[Event]) -> None:
        statuses.extend(deliver(addresses[number % len(addresses)], *each) for each in order)

    threads = [threading.Thread(target=one, args=each) for each in enumerate(orders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return set(statuses)


def test_two_servers_on_one_database_end_in_the_same_facts(environ: dict[str, str], tmp_path: Path) -> None:
    """The same and different events of one subscription, at once, as one delivery after the other."""
    shared, alone = place_of("postgresql", tmp_path), place_of("postgresql", tmp_path)
    manifest = manifest_for(shared, tmp_path)
    with running(manifest, environ, shared) as (first, _), running(manifest, environ, shared) as (second, _):
        orders = [EVENTS[shift:] + EVENTS[:shift] for shift in range(0, 24, 3)]
        assert deliver_together([first, second], orders) == {200}
    with running(manifest, environ, alone) as (address, _):
        assert deliver_together([address], [EVENTS]) == {200}
    assert shared.contents() == alone.contents()
    assert len(shared.contents()["event_rows"]) == len(EVENTS)
