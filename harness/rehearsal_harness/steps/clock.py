"""Steps about time; it moves only when a story says so."""

from __future__ import annotations

from rehearsal_harness.core import story as told
from rehearsal_harness.core.story import Anchor, Moment
from rehearsal_harness.steps.builder import StoryWriter
from rehearsal_harness.steps.patterns import DAY_S, HOUR_S, step


@step("{days:d} days pass")
def days_pass(story: StoryWriter, days: int) -> None:
    story.add(told.Wait(until=Moment(Anchor.NOW, days * DAY_S), line=story.line))


@step("{hours:d} hours pass")
def hours_pass(story: StoryWriter, hours: int) -> None:
    story.add(told.Wait(until=Moment(Anchor.NOW, hours * HOUR_S), line=story.line))


@step("the paid period of {who:Who} ends")
def period_ends(story: StoryWriter, who: str) -> None:
    story.add(told.Wait(person=story.who(who), until=Moment(Anchor.PERIOD_END), line=story.line))
