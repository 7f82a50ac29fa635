"""Steps about time; it moves only when a story says so."""

from __future__ import annotations

from rehearsal_harness.core import story as told
from rehearsal_harness.core.story import Anchor, Moment
from rehearsal_harness.steps.builder import StoryWriter
from rehearsal_harness.steps.patterns import step


@step("{count:Count} {unit_s:Unit} pass")
def time_passes(story: StoryWriter, count: int, unit_s: int) -> None:
    story.add(told.Wait(until=Moment(Anchor.NOW, count * unit_s), line=story.line))


@step("the paid period of {who:Who} ends")
def period_ends(story: StoryWriter, who: str) -> None:
    story.add(told.Wait(person=story.who(who), until=Moment(Anchor.PERIOD_END), line=story.line))
