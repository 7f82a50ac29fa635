"""What every test shares: searches that are the same on each run and never judged by the clock, and a process
that each test leaves as it found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from left_behind import left_behind, process

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _leaves_its_process_as_it_was() -> Iterator[None]:
    """Set up first and so ended last: what other fixtures change they have taken back by then."""
    before = process()
    yield
    assert left_behind(before, process()) == []
