"""Broken backends are REFUTED, right ones never: the search is judged by what it finds."""

from __future__ import annotations

import pytest
from search.stories import BROKEN, STORIES, Case

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.core.replaying import disagreement
from rehearsal_harness.core.story import Story
from rehearsal_harness.rehearsal import Rehearsal, StoryResult
from rehearsal_harness.resources import shipped
from rehearsal_harness.targets.backend import REFERENCE, load_factory
from rehearsal_specs.reader import read_manifest

MANIFEST = read_manifest(shipped("manifests") / "nyra-billing-server.yaml")
RIGHT = (REFERENCE, "broken.good:event_log", "broken.asking:refetches")


def rehearsal(app: str, story: Story) -> Rehearsal:
    return Rehearsal(MANIFEST, load_factory(app), story)


def breaks_again(told: Rehearsal, result: StoryResult) -> bool:
    """Does the finding's schedule, followed by itself, break the same property?"""
    finding = result.finding
    trace = told.follow(finding.moves)
    if finding.other:
        return disagreement(told.follow(finding.other).seen, trace.seen) == finding.violation
    return trace.violation == finding.violation


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case.name}-{case.story.name}")
def test_a_broken_backend_is_refuted(case: Case) -> None:
    """Its story finds it for its own reason, as shortly as can be, and the finding replays."""
    told = rehearsal(f"broken.{case.app}", case.story)
    result = told.run()

    assert result.verdict is Verdict.REFUTED
    assert result.finding.violation.property_id == case.property_id
    assert result.finding.deliveries == case.deliveries
    assert result.finding.shortest
    assert breaks_again(told, result)


@pytest.mark.parametrize("app", RIGHT)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_right_backend_is_never_refuted(app: str, story: Story) -> None:
    """Three designs that are right are PROVED on every story that finds a bug."""
    result = rehearsal(app, story).run()

    assert (result.verdict, result.reason) == (Verdict.PROVED, "")
