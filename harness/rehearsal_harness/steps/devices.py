"""Steps about desktops: activation, refresh, the portal, and the gated features."""

from __future__ import annotations

from rehearsal_harness.core import story as told
from rehearsal_harness.core.signed_in import BROWSER
from rehearsal_harness.core.story import Anchor, Moment
from rehearsal_harness.steps.builder import StoryWriter
from rehearsal_harness.steps.patterns import step

NOW = Moment(Anchor.NOW)


@step("{who:Who} activates her {device:w}")
def activate(story: StoryWriter, who: str, device: str) -> None:
    story.add(told.Activate(person=story.who(who), device=device, line=story.line))


@step("{who:Who} refreshes the licence on her {device:w}")
def refresh(story: StoryWriter, who: str, device: str) -> None:
    story.add(told.Refresh(person=story.who(who), device=device, line=story.line))


@step("{who:Who} refreshes the licence on her {device:w} while the server is out of reach")
def refresh_in_vain(story: StoryWriter, who: str, device: str) -> None:
    story.add(told.RefreshInVain(person=story.who(who), device=device, line=story.line))


@step("the clock of {who:Who} {device:w} is set back by {count:Count} {unit_s:Unit}")
def clock_set_back(story: StoryWriter, who: str, device: str, count: int, unit_s: int) -> None:
    story.add(told.SetClockBack(person=story.who(who), device=device, by_s=count * unit_s, line=story.line))


@step("{who:Who} opens the Customer Portal from her {device:w}")
def open_portal(story: StoryWriter, who: str, device: str) -> None:
    story.add(told.OpenPortal(person=story.who(who), device=device, line=story.line))


@step("{who:Who} {device:w} is answered {status:d}")
def answered(story: StoryWriter, who: str, device: str, status: int) -> None:
    expectation = told.ExpectAnswer(person=story.who(who), device=device, status=status, line=story.line)
    story.heard(expectation) if device == BROWSER else story.expect(expectation)


@step("{who:Who} {device:w} is answered {status:d} with {code:Code}")
def answered_with(story: StoryWriter, who: str, device: str, status: int, code: str) -> None:
    expectation = told.ExpectAnswer(
        person=story.who(who), device=device, status=status, code=code, line=story.line
    )
    story.heard(expectation) if device == BROWSER else story.expect(expectation)


@step("the paid features are {is_open:Works} on {who:Who} {device:w}")
def features(story: StoryWriter, who: str, device: str, *, is_open: bool) -> None:
    features_offline(story, who, device, NOW, is_open=is_open)


@step("offline, the paid features are {is_open:Works} on {who:Who} {device:w} at {moment:Moment}")
def features_offline(story: StoryWriter, who: str, device: str, moment: Moment, *, is_open: bool) -> None:
    story.expect(
        told.ExpectFeatures(person=story.who(who), device=device, at=moment, open=is_open, line=story.line)
    )
