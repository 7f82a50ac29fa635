"""Steps about deliveries: their order, what may go wrong with them, and who else sends some."""

from __future__ import annotations

from rehearsal_harness.core import story as told
from rehearsal_harness.steps.builder import StoryWriter
from rehearsal_harness.steps.patterns import DAY_S, step


@step("the webhooks arrive in every possible order")
def arrive(story: StoryWriter) -> None:
    """Each any number of times, at once or as late as Stripe tries."""
    story.arrive()


@step("the backend may crash once at any transaction boundary")
def crash(story: StoryWriter) -> None:
    story.allow("crash")


@step("Stripe may fail once when it is asked")
def stripe_fails(story: StoryWriter) -> None:
    story.allow("stripe_fails_fetch")


@step("one webhook may never arrive")
def never_arrives(story: StoryWriter) -> None:
    story.allow("never_arrives")


@step("the webhook endpoint is down for {days:Count} days")
def outage(story: StoryWriter, days: int) -> None:
    story.add(told.Outage(delay_s=days * DAY_S, line=story.line))


@step("the backend reconciles with Stripe")
def reconcile(story: StoryWriter) -> None:
    story.add(told.Reconcile(line=story.line))


@step("somebody posts every event {forgery:Forgery}")
def forge(story: StoryWriter, forgery: str) -> None:
    story.add(told.Forge(fault=forgery, line=story.line))


@step("the webhook secret is being rolled")
def roll(story: StoryWriter) -> None:
    """Stripe signs with the new secret and the old one; the backend still has only the old one."""
    story.rolling = True
