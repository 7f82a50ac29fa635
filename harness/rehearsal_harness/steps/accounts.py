"""Steps about signed-in people: their pages, their portal, and what they are shown."""

from __future__ import annotations

from rehearsal_harness.core import signed_in
from rehearsal_harness.core import story as told
from rehearsal_harness.steps.builder import StoryWriter
from rehearsal_harness.steps.patterns import step


@step("{who:Who} looks at {page:Page}")
def looks(story: StoryWriter, who: str, page: str) -> None:
    story.add(signed_in.Ask(person=story.who(who), operation=page, line=story.line))


@step("{who:Who} looks at {page:Page} {caller:Caller}")
def looks_as(story: StoryWriter, who: str, page: str, caller: str) -> None:
    story.add(signed_in.Ask(person=story.who(who), operation=page, caller=caller, line=story.line))


@step("{who:Who} asks for her own Customer Portal")
def own_portal(story: StoryWriter, who: str) -> None:
    story.add(signed_in.AskPortal(person=story.who(who), line=story.line))


@step("{who:Who} asks for her own Customer Portal {caller:Caller}")
def own_portal_as(story: StoryWriter, who: str, caller: str) -> None:
    story.add(signed_in.AskPortal(person=story.who(who), caller=caller, line=story.line))


@step("{who:Who} cancels in her own Customer Portal")
def cancels(story: StoryWriter, who: str) -> None:
    own_portal(story, who)
    story.add(told.CancelAtPeriodEnd(person=story.who(who), line=story.line))


@step("{who:Who} asks for the Customer Portal of {other:Who}")
def portal_of(story: StoryWriter, who: str, other: str) -> None:
    story.add(signed_in.AskPortal(person=story.who(who), of=other, line=story.line))


@step("{who:Who} is shown {shown:Shown}")
def shown(story: StoryWriter, who: str, shown: tuple[str, str]) -> None:
    key, value = shown
    story.heard(signed_in.ExpectSaid(person=story.who(who), key=key, value=value, line=story.line))


@step("{who:Who} is not shown {shown:Shown}")
def not_shown(story: StoryWriter, who: str, shown: tuple[str, str]) -> None:
    key, value = shown
    expectation = signed_in.ExpectSaid(
        person=story.who(who), key=key, value=value, wanted=False, line=story.line
    )
    story.heard(expectation)


@step("{who:Who} sends a request that mentions {text:Mention}")
def requests(story: StoryWriter, who: str, text: str) -> None:
    person = story.who(who)
    body = (
        ("details", f"Please look at this: {text}"),
        ("email", f"{person.lower()}@example.test"),
        ("name", person),
    )
    action = signed_in.Ask(person=person, operation="service_request", body=body, line=story.line)
    story.add(action)
