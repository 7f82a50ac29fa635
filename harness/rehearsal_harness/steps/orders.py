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


@step('{who:Who} chooses "{offer}" and wants to come back to {place:Place}')
def choose_return(story: StoryWriter, who: str, offer: str, place: str) -> None:
    wishes = (("success_path", place),)
    story.add(signed_in.Buy(person=story.who(who), offer=offer, wishes=wishes, line=story.line))


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


@step("{who:Who} comes back from the checkout")
def comes_back(story: StoryWriter, who: str) -> None:
    """The redirect, which proves nothing."""
    story.add(signed_in.ComeBack(person=story.who(who), line=story.line))


@step('{who:Who} opens the payment link of "{offer}"')
def opens_link(story: StoryWriter, who: str, offer: str) -> None:
    story.add(signed_in.OpenLink(person=story.who(who), offer=offer, line=story.line))


@step("{who:Who} is paid {part:Share} back")
def refunded(story: StoryWriter, who: str, *, part: bool) -> None:
    story.add(signed_in.Refund(person=story.who(who), part=part, line=story.line))


@step("the bank of {who:Who} disputes the payment")
def disputed(story: StoryWriter, who: str) -> None:
    story.add(signed_in.Dispute(person=story.who(who), line=story.line))


@step("the dispute of {who:Who} is {won:Outcome}")
def dispute_closed(story: StoryWriter, who: str, *, won: bool) -> None:
    story.add(signed_in.CloseDispute(person=story.who(who), won=won, line=story.line))


@step("the order of {who:Who} is {state:OrderState}")
def order_is(story: StoryWriter, who: str, state: str) -> None:
    story.expect(signed_in.ExpectOrder(person=story.who(who), state=state, line=story.line))


@step("{who:Who} has {count:d} credits")
def has_credits(story: StoryWriter, who: str, count: int) -> None:
    story.expect(signed_in.ExpectCredits(person=story.who(who), count=count, line=story.line))
