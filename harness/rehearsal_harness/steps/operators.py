"""Steps about whoever runs the service: switches, replays, and whose pages may call."""

from __future__ import annotations

from rehearsal_harness.core import signed_in
from rehearsal_harness.steps.builder import StoryWriter
from rehearsal_harness.steps.patterns import step

NO_EVENT = "evt_never_was"


@step("{switch:Switch}")
def switched(story: StoryWriter, switch: str) -> None:
    """How the backend is configured, from the start of the story."""
    story.switches.append(switch)


@step("{who:Who} replays the {type_:Webhook} {caller:Caller}")
def replays(story: StoryWriter, who: str, type_: str, caller: str) -> None:
    story.add(signed_in.Replay(person=story.who(who), type=type_, caller=caller, line=story.line))


@step("{who:Who} replays the {type_:Webhook} {times:Count} times {caller:Caller}")
def replays_often(story: StoryWriter, who: str, type_: str, times: int, caller: str) -> None:
    action = signed_in.Replay(person=story.who(who), type=type_, caller=caller, times=times, line=story.line)
    story.add(action)


@step("{who:Who} replays the {type_:Webhook} with an ordinary sign-in")
def replays_plainly(story: StoryWriter, who: str, type_: str) -> None:
    replays(story, who, type_, signed_in.Caller.USER)


@step("{who:Who} replays a webhook that never was {caller:Caller}")
def replays_nothing(story: StoryWriter, who: str, caller: str) -> None:
    action = signed_in.Replay(person=story.who(who), event_id=NO_EVENT, caller=caller, line=story.line)
    story.add(action)


@step("from now on {switch:Switch}")
def switched_later(story: StoryWriter, switch: str) -> None:
    story.add(signed_in.Reconfigure(switches=(switch,) if switch else (), line=story.line))


@step("{who:Who} calls from a page of {origin:Origin}")
def calls(story: StoryWriter, who: str, origin: str) -> None:
    action = signed_in.Ask(
        person=story.who(who),
        operation="health",
        caller=signed_in.Caller.NOBODY,
        headers=(("Origin", origin),),
        line=story.line,
    )
    story.add(action)


@step("{who:Who} asks beforehand whether a page of {origin:Origin} may call")
def preflight(story: StoryWriter, who: str, origin: str) -> None:
    headers = (("Access-Control-Request-Method", "POST"), ("Origin", origin))
    action = signed_in.Ask(
        person=story.who(who),
        operation="portal",
        caller=signed_in.Caller.NOBODY,
        method="OPTIONS",
        headers=headers,
        line=story.line,
    )
    story.add(action)
