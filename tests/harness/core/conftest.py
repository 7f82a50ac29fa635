"""Everything that a test of the core makes the simulated Stripe emit is held against Stripe's own schemas."""

from __future__ import annotations

from collections.abc import Iterator

import conformance
import pytest
from worlds import SCENES

from rehearsal_harness.core.render import render, render_event
from rehearsal_harness.core.world import TABLES


@pytest.fixture(autouse=True)
def _everything_emitted_conforms() -> Iterator[None]:
    """Each event and each object of each scene has the keys, types and words of API 2026-10-28.endive."""
    SCENES.clear()
    yield
    for scene in SCENES:
        world = scene.world
        rendered = [render_event(event) for event in world.events if event.type != "invoice.upcoming"]
        for kind in TABLES:
            rendered += [render(each, livemode=world.settings.livemode) for each in world.table(kind)]
        wrong = [each for each in rendered if not conformance.accepted(each)]
        assert [problem for each in wrong for problem in conformance.problems(each)] == []
