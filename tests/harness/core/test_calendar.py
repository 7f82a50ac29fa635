"""Where periods begin and end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_harness.core.calendar import DAY_S, boundary


def _unix(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("anchor", "interval", "count", "k", "expected"),
    [
        ((2026, 1, 31), "month", 1, 1, (2026, 2, 28)),
        ((2028, 1, 31), "month", 1, 1, (2028, 2, 29)),
        ((2026, 1, 31), "month", 1, 2, (2026, 3, 31)),
        ((2026, 1, 31), "month", 1, 3, (2026, 4, 30)),
        ((2026, 11, 30), "month", 3, 1, (2027, 2, 28)),
        ((2028, 2, 29), "year", 1, 1, (2029, 2, 28)),
        ((2028, 2, 29), "year", 1, 4, (2032, 2, 29)),
        ((2026, 12, 15, 8, 5, 3), "month", 1, 1, (2027, 1, 15, 8, 5, 3)),
        ((2026, 1, 1), "week", 2, 3, (2026, 2, 12)),
        ((2026, 2, 27), "day", 1, 2, (2026, 3, 1)),
    ],
)
def test_periods_keep_the_day_of_the_anchor(
    anchor: tuple[int, ...], interval: str, count: int, k: int, expected: tuple[int, ...]
) -> None:
    """Clamped to the length of the month, never chained from a clamped date."""
    assert boundary(_unix(*anchor), interval, count, k) == _unix(*expected)


@given(st.integers(0, 4_000_000_000), st.integers(0, 60))
def test_months_are_28_to_31_days_long(anchor: int, k: int) -> None:
    """For every anchor and every k."""
    start, end = boundary(anchor, "month", 1, k), boundary(anchor, "month", 1, k + 1)

    assert 28 * DAY_S <= end - start <= 31 * DAY_S
