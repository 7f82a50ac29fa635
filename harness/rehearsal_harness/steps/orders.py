"""Steps about offers: choosing, paying back, disputing, and what became of an order."""

from __future__ import annotations

from rehearsal_harness.core import signed_in
from rehearsal_harness.core import story as told
from rehearsal_harness.core.cards import Card
from rehearsal_harness.steps.builder import StoryWriter
from rehearsal_harness.steps.patterns import step


@step('{who:Who} chooses "{offer}"')
def choose(story: StoryWriter, who: str, offer: str) -> None:
    story.add(signed_in.Buy(person=story.who(who), offer=offer, line=story.line))


@step('{who:Who} chooses "{offer}" {caller:Caller}')
def choose_as(story: StoryWriter, who: str, offer: str, caller: str) -> None:
    story.add(signed_in.Buy(person=story.who(who), offer=offer, caller=caller, line=story.line))


@step("{who:Who} asks for a price that is not offered")
def choose_foreign(story: StoryWriter, who: str) -> None:
    story.add(signed_in.Buy(person=story.who(who), offer=signed_in.FOREIGN, line=story.line))


@step('{who:Who} has bought "{offer}"')
def has_bought(story: StoryWriter, who: str, offer: str) -> None:
    """Paid; the webhooks are still on their way."""
    choose(story, who, offer)
    story.add(told.Pay(person=story.who(who), card=Card.OK, line=story.line))


@step('{who:Who} holds "{offer}"')
def holds(story: StoryWriter, who: str, offer: str) -> None:
    """Paid, and told to the backend."""
    has_bought(story, who, offer)
    story.arrive()
