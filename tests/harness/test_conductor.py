"""What a run of stories is made of: which of them are told, and which names are twins."""

from __future__ import annotations

import pytest

from rehearsal_harness.core.story import Story
from rehearsal_harness.steps.plugin import Conductor, StoryError


@pytest.fixture(name="conductor")
def _conductor() -> Conductor:
    """Wants no story, so that none is rehearsed."""
    conductor = Conductor()
    conductor.wanted = "another story"
    return conductor


def told(service: str, line: int = 1) -> Story:
    """A story that each service has."""
    path = f"features/{service}/rollback.feature"
    return Story(name="nobody new", rule="A paused checkout", feature="Rollback", path=path, line=line)


def test_two_services_may_tell_the_same_story(conductor: Conductor) -> None:
    """A finding says which service it is of."""
    assert conductor.rehearse(told("one")) is None
    assert conductor.rehearse(told("two")) is None


def test_one_service_may_not_tell_it_twice(conductor: Conductor) -> None:
    """A finding could not say which of them it means."""
    conductor.rehearse(told("one"))

    with pytest.raises(StoryError, match=r"rollback.feature:7: .* is also at .*:1; names must differ"):
        conductor.rehearse(told("one", line=7))
