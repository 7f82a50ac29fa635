"""Steps about buying: the checkout session, the payment, and the subscription it begins."""

from __future__ import annotations

from rehearsal_harness.core import story as told
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.story import Anchor, Moment
from rehearsal_harness.steps.builder import DEFAULT_DEVICE, StoryWriter
from rehearsal_harness.steps.patterns import DAY_S, step


@step("{who:Who} starts a checkout on her {device:w}")
def start_checkout(story: StoryWriter, who: str, device: str) -> None:
    story.add(told.Checkout(person=story.who(who), device=device, line=story.line))


@step("{who:Who} pays {card:Payment}")
def pay(story: StoryWriter, who: str, card: Card) -> None:
    story.add(told.Pay(person=story.who(who), card=card, line=story.line))


@step("the bank debit of {who:Who} {succeeded:Settles} {days:Count} days later")
def debit_settles(story: StoryWriter, who: str, days: int, *, succeeded: bool) -> None:
    person = story.who(who)
    until = Moment(Anchor.NOW, days * DAY_S)
    story.add(
        told.Wait(person=person, until=until, line=story.line),
        told.SettleDelayed(person=person, succeeded=succeeded, line=story.line),
    )


@step("{who:Who} has bought a subscription on her {device:w}")
def bought(story: StoryWriter, who: str, device: str) -> None:
    """Paid; the webhooks are still on their way."""
    person = story.who(who)
    story.add(
        told.Checkout(person=person, device=device, line=story.line),
        told.Pay(person=person, card=Card.OK, line=story.line),
    )


@step("{who:Who} has an active subscription")
def active(story: StoryWriter, who: str) -> None:
    """Paid, told to the backend, and activated on her laptop."""
    bought(story, who, DEFAULT_DEVICE)
    story.arrive()
    story.add(told.Activate(person=story.who(who), device=DEFAULT_DEVICE, line=story.line))


@step("every plan begins with a trial of {days:Count} days")
def trial(story: StoryWriter, days: int) -> None:
    story.trial_days = days
