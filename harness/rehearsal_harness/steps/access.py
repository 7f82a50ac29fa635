"""Steps about who may use the product, for which reason and until when."""

from __future__ import annotations

from dataclasses import replace

from rehearsal_harness.core import story as told
from rehearsal_harness.core.story import Anchor, Moment
from rehearsal_harness.steps.builder import StoryWriter
from rehearsal_harness.steps.patterns import step

NOW = Moment(Anchor.NOW)
KINDS = {
    "checkout session": "checkout_sessions",
    "checkout sessions": "checkout_sessions",
    "portal session": "portal_sessions",
    "portal sessions": "portal_sessions",
    "subscription": "subscriptions",
    "subscriptions": "subscriptions",
}


@step("{who:Who} has access")
def has_access(story: StoryWriter, who: str) -> None:
    _expect(story, who, NOW, allowed=True)


@step("{who:Who} has access as {code:Code}")
def has_access_as(story: StoryWriter, who: str, code: str) -> None:
    _expect(story, who, NOW, allowed=True, code=code)


@step("{who:Who} has no access")
def has_no_access(story: StoryWriter, who: str) -> None:
    _expect(story, who, NOW, allowed=False)


@step("{who:Who} has no access because of {code:Code}")
def has_no_access_because(story: StoryWriter, who: str, code: str) -> None:
    _expect(story, who, NOW, allowed=False, code=code)


@step("{who:Who} keeps access until {moment:Moment}")
def keeps_access(story: StoryWriter, who: str, moment: Moment) -> None:
    """To the second before, and not at that second."""
    _expect(story, who, replace(moment, offset_s=moment.offset_s - 1), allowed=True)
    _expect(story, who, moment, allowed=False)


@step("{who:Who} keeps access until {moment:Moment} and is then refused as {code:Code}")
def keeps_access_then(story: StoryWriter, who: str, moment: Moment, code: str) -> None:
    _expect(story, who, replace(moment, offset_s=moment.offset_s - 1), allowed=True)
    _expect(story, who, moment, allowed=False, code=code)


@step("Stripe holds {count:d} {kind}")
def stripe_holds(story: StoryWriter, count: int, kind: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"'{kind}' is not counted; counted are {', '.join(sorted(KINDS))}")
    story.expect(told.ExpectCount(kind=KINDS[kind], count=count, line=story.line))


def _expect(story: StoryWriter, who: str, at: Moment, *, allowed: bool, code: str = "") -> None:
    story.expect(told.ExpectAccess(person=story.who(who), at=at, allowed=allowed, code=code, line=story.line))
