"""What time it is on a machine whose clock its owner may turn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_harness.core.desktop.time_seen import LEEWAY_S, Seen

NOW = 1_780_272_000
DAY_S = 86_400

instants = st.integers(NOW - 30 * DAY_S, NOW + 30 * DAY_S)
seen = st.builds(Seen, instants, instants)


def test_a_clock_that_goes_on_is_believed() -> None:
    """However long nobody looked."""
    assert Seen(NOW, NOW).at(NOW + 9 * DAY_S) == Seen(NOW + 9 * DAY_S, NOW + 9 * DAY_S)


def test_a_clock_that_was_set_back_counts_on_from_the_latest_instant() -> None:
    """Three days on a clock that is a year late are three days."""
    back = Seen(NOW, NOW).at(NOW - 365 * DAY_S)
    assert back.time == NOW
    assert back.at(NOW - 362 * DAY_S).time == NOW + 3 * DAY_S


def test_a_clock_that_is_mended_is_believed_again() -> None:
    """Once it is no longer behind."""
    assert Seen(NOW, NOW - DAY_S).at(NOW + 60).time == NOW + 60


@given(seen, st.lists(instants, max_size=8))
def test_time_never_falls_and_is_never_behind_the_clock(start: Seen, clocks: list[int]) -> None:
    """Whatever the clock shows, in whatever order."""
    here = start
    for clock in clocks:
        before, here = here.time, here.at(clock)
        assert here.time >= max(before, clock)
        assert here.clock == clock


@given(seen, instants, st.integers(0, 30 * DAY_S))
def test_time_that_runs_on_a_late_clock_counts(start: Seen, shown: int, runs_s: int) -> None:
    """From one look to the next, time moves on as much as the clock has, until the clock has caught up."""
    before = start.at(shown)
    after = before.at(shown + runs_s)
    assert after.time == before.time + runs_s or after.time == after.clock


@given(seen, instants, instants)
def test_only_a_newer_licence_lowers_the_latest_instant(start: Seen, said: int, clock: int) -> None:
    """It heals a clock that was once set forward; an old answer, kept and replayed, heals nothing."""
    assert start.told(said, clock, newer=False).time >= max(start.time, said)
    assert start.told(said, clock, newer=True) == Seen(said, clock)


@pytest.mark.parametrize(("late_s", "said_s"), [(0, 0), (LEEWAY_S, 0), (LEEWAY_S + 1, LEEWAY_S + 1), (-9, 0)])
def test_a_few_minutes_trouble_nobody(late_s: int, said_s: int) -> None:
    """Beyond the leeway the owner is told; time counts the same."""
    assert Seen(NOW, NOW).behind_s(NOW - late_s) == said_s
