"""Exact numbers: a search that silently shrinks is worse than a slow one."""

from __future__ import annotations

from math import comb, factorial

import pytest
from search.rehearsed import rehearsal
from search.stories import ACTIVE, ARRIVE, BOUGHT, BUY, CRASHES, DITHERED, FAILED, ONE_LOST, dither, story

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.core.story import Story


def of_one_subscription(changes: int) -> Story:
    """A checkout's two events, and two for each change of mind; nothing has arrived before all are sent."""
    return story("one subscription", *BUY, dither(changes, 1), *ARRIVE)


def orders(count: int) -> int:
    """Every order, with none, one or both of the checkout's events delivered before the others exist, and
    with none or some of the rest left to the last retry.
    """
    return sum(
        comb(2, early) * factorial(early) * factorial(count - early) * (1 + count - early)
        for early in range(3)
    )


@pytest.mark.parametrize("changes", [1, 2, 3])
def test_every_subset_is_a_node_at_each_instant(changes: int) -> None:
    """n events: every order is a schedule, 2^n nodes at the instant they are sent, each given all n once.

    At the last retry there are 2^n again, and 2^m for each later second, of the m events sent since then: the
    first event that is left over says when the last retry is.
    """
    count = 2 + 2 * changes
    now, late, ends = 2**count, 2**count + sum(2**since for since in range(1, count - 1)), count
    result = rehearsal(of_one_subscription(changes)).run()

    assert result.verdict is Verdict.PROVED
    assert result.counts.events == count
    assert result.counts.nodes == 2 + 4 + now + late + ends
    assert result.counts.deliveries == 4 * 2 + (now + late + ends) * count
    assert result.counts.schedules == orders(count)


def test_two_events_have_six_schedules() -> None:
    """Two orders, with both, one or none left to the last retry."""
    result = rehearsal(BOUGHT).run()

    assert (result.counts.nodes, result.counts.deliveries, result.counts.schedules) == (12, 20, 6)


@pytest.mark.parametrize(
    ("told", "nodes", "deliveries", "schedules"),
    [(DITHERED, 32, 100, 36), (FAILED, 72, 216, 264), (CRASHES, 36, 92, 66), (ONE_LOST, 66, 150, 160)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_the_size_of_a_story(told: Story, nodes: int, deliveries: int, schedules: int) -> None:
    """What was counted once, by hand or by a look at the paths, is counted again."""
    counts = rehearsal(told).run().counts

    assert (counts.nodes, counts.deliveries, counts.schedules) == (nodes, deliveries, schedules)


def test_no_duplicate_means_fewer_deliveries_and_as_many_schedules() -> None:
    """Duplicates that change nothing are self-loops: without them the graph is the same."""
    every, none = rehearsal(BOUGHT).run(), rehearsal(BOUGHT, max_duplicates=0).run()

    assert none.counts.deliveries < every.counts.deliveries
    assert (none.counts.nodes, none.counts.schedules) == (every.counts.nodes, every.counts.schedules)


def test_a_number_of_duplicates_is_part_of_a_node() -> None:
    """One duplicate at most: each node exists with and without it spent, as far as one was possible."""
    counts = rehearsal(story("once", *ACTIVE), max_duplicates=1).run().counts

    assert counts.nodes == 12 + 8
    assert counts.schedules > rehearsal(BOUGHT).run().counts.schedules
