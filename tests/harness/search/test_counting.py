"""What a search counts is what it did: the memo loses no schedule, and no search shrinks in silence."""

from __future__ import annotations

import pytest
from search import stories

from rehearsal_harness.core.findings import Counts
from rehearsal_harness.core.story import Story
from rehearsal_harness.rehearsal import Options, Rehearsal
from rehearsal_harness.resources import shipped
from rehearsal_harness.targets.backend import REFERENCE, load_factory
from rehearsal_specs.reader import read_manifest

MANIFEST = read_manifest(shipped("manifests") / "nyra-billing-server.yaml")
SMALL = (stories.BOUGHT, stories.CANCELED, stories.ENDED, stories.REDIRECTED)


def counted(story: Story, *, memo: bool) -> Counts:
    rehearsal = Rehearsal(MANIFEST, load_factory(REFERENCE), story, Options(store="sqlite"))
    outcome = rehearsal.search(Counts(), memo=memo)
    assert (outcome.finding, outcome.incomplete) == (None, "")
    return outcome.counts


@pytest.mark.parametrize("story", SMALL, ids=lambda story: story.name)
def test_the_memo_counts_every_schedule(story: Story) -> None:
    """Added up over nodes explored once, the schedules are as many as when each is walked by itself."""
    once, each = counted(story, memo=True), counted(story, memo=False)

    assert once.schedules == each.schedules
    assert once.nodes < each.nodes


@pytest.mark.parametrize(("times", "events"), [(1, 4), (2, 6)])
def test_events_of_one_burst_come_in_every_order(times: int, events: int) -> None:
    """n events told at once: n! orders at once, more where some are late, in 2^n nodes for each instant."""
    orders = {4: 24, 6: 720}[events]
    counts = counted(
        stories.story("a burst", *stories.BUY, stories.dither(times, apart_s=1), *stories.ARRIVE), memo=True
    )

    assert counts.events == events
    assert counts.schedules >= orders
    assert 2 * 2**events <= counts.nodes <= 3 * 2**events
