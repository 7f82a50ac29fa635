"""Broken backends are REFUTED, right ones never: the search is judged by what it finds."""

from __future__ import annotations

import pytest
from search.rehearsed import breaks_again, rehearsal
from search.stories import BROKEN, DITHERED, STORIES, Case

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.core.story import Story
from rehearsal_harness.targets.backend import REFERENCE

RIGHT = (REFERENCE, "broken.good:event_log", "broken.asking:refetches", "broken.asking:asks_stripe_each_time")


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case.name}-{case.story.name}")
def test_a_broken_backend_is_refuted(case: Case) -> None:
    """Its story finds it for its own reason, as shortly as can be, and the finding replays."""
    told = rehearsal(case.story, f"broken.{case.app}")
    result = told.run()

    assert result.verdict is Verdict.REFUTED
    assert result.finding.violation.property_id == case.property_id
    assert result.finding.deliveries == case.deliveries
    assert result.finding.shortest
    assert breaks_again(told, result)


@pytest.mark.parametrize("app", RIGHT)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_right_backend_is_never_refuted(app: str, story: Story) -> None:
    """Four designs that are right are PROVED on every story that finds a bug."""
    result = rehearsal(story, app).run()

    assert (result.verdict, result.reason) == (Verdict.PROVED, "")


# The naive backends have one bug besides that of every running winner: two events in one second.
WITHOUT_ITS_BUG = [case for case in BROKEN if case.app.startswith("naive:") and case.story is not DITHERED]


@pytest.mark.parametrize("case", WITHOUT_ITS_BUG, ids=lambda case: case.name)
def test_a_naive_backend_falls_by_its_own_bug(case: Case) -> None:
    """The same backend without its bug is PROVED on the same story."""
    assert rehearsal(case.story, "broken.naive:running_winner").run().verdict is Verdict.PROVED
