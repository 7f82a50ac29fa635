"""Steps about a running subscription: renewal, failed payments, cancellation."""

from __future__ import annotations

from rehearsal_harness.core import signed_in
from rehearsal_harness.core import story as told
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.story import Anchor, Moment
from rehearsal_harness.steps.builder import DEFAULT_DEVICE, StoryWriter
from rehearsal_harness.steps.patterns import DAY_S, HOUR_S, step

CHARGED = Moment(Anchor.PERIOD_END, HOUR_S)  # a renewal invoice is a draft for an hour


@step("{who:Who} subscription renews")
def renews(story: StoryWriter, who: str) -> None:
    story.add(told.Wait(person=story.who(who), until=CHARGED, line=story.line))


@step("{who:Who} subscription renews {times:Count} times")
def renews_often(story: StoryWriter, who: str, times: int) -> None:
    for _ in range(times):
        renews(story, who)


@step("{who:Who} renewal payment fails")
def renewal_fails(story: StoryWriter, who: str) -> None:
    person = story.who(who)
    story.add(told.ReplaceCard(person=person, card=Card.ATTACHES_THEN_DECLINES, line=story.line))
    renews(story, person)


@step("{who:Who} renewal payment waits for her bank")
def renewal_waits(story: StoryWriter, who: str) -> None:
    person = story.who(who)
    story.add(told.ReplaceCard(person=person, card=Card.REQUIRES_ACTION, line=story.line))
    renews(story, person)


@step("every later attempt to collect fails")
def collection_fails(story: StoryWriter) -> None:
    until = Moment(Anchor.FAILED_PAYMENT, 20 * DAY_S)
    story.add(told.Wait(person=story.who("she"), until=until, line=story.line))


@step("Stripe ends failed collection with {action:Final}")
def final_action(story: StoryWriter, action: str) -> None:
    story.dunning_final = action


@step("{who:Who} pays the open invoice with a good card")
def pays_invoice(story: StoryWriter, who: str) -> None:
    person = story.who(who)
    story.add(
        told.ReplaceCard(person=person, card=Card.OK, line=story.line),
        told.PayInvoice(person=person, line=story.line),
    )


@step("{who:Who} cancels in the Customer Portal")
def cancels(story: StoryWriter, who: str) -> None:
    person = story.who(who)
    story.add(
        told.OpenPortal(person=person, device=DEFAULT_DEVICE, line=story.line),
        told.CancelAtPeriodEnd(person=person, line=story.line),
    )


@step("{who:Who} takes the cancellation back")
def undoes(story: StoryWriter, who: str) -> None:
    story.add(told.UndoCancel(person=story.who(who), line=story.line))


@step("{who:Who} cancels and takes it back {times:Count} times{apart_s:Pace}")
def dithers(story: StoryWriter, who: str, times: int, apart_s: int) -> None:
    story.add(told.Dither(person=story.who(who), times=times, apart_s=apart_s, line=story.line))


@step("{who:Who} subscription is canceled at once")
def canceled(story: StoryWriter, who: str) -> None:
    story.add(told.CancelNow(person=story.who(who), line=story.line))


@step("Stripe says {who:Who} subscription is {status:Status}")
def stripe_says(story: StoryWriter, who: str, status: str) -> None:
    story.expect(told.ExpectStatus(person=story.who(who), status=status, line=story.line))


@step("{who:Who} uses {units:Count} units of it")
def uses(story: StoryWriter, who: str, units: int) -> None:
    """Told to Stripe by whoever meters."""
    story.add(signed_in.Use(person=story.who(who), units=units, line=story.line))


@step('{who:Who} changes her plan to "{offer}"')
def changes(story: StoryWriter, who: str, offer: str) -> None:
    story.add(signed_in.ChangePlan(person=story.who(who), offer=offer, line=story.line))
