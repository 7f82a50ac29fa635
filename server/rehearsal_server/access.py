"""Facts and a clock to access: (allowed, phrase, CODE).

Decides what a customer may do at an instant, by the manifest's access table.  Does not know where facts
come from, nor the time (it is passed in).  Every window starts at an instant that an event states, never at
an arrival, and is [start, end): at the end the answer has changed.  Rule: the access table; the guards'
order is their precedence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal_server.facts import TERMINAL_STATUSES, SubscriptionFacts
from rehearsal_specs.manifest import AccessTable, Answer

BLOCKING_STATUSES = frozenset({"unpaid", "paused", "incomplete"})
UNKNOWN_STATUS = Answer(
    allowed=False, phrase="has a subscription status that this server does not know", code="STATUS_UNKNOWN"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The answer for one customer at one instant.

    `until` is the unix second at which an allowed answer ends by itself, None for a denied or an endless one.
    """

    allowed: bool
    phrase: str
    code: str
    until: int | None
    subscription_id: str | None
    status: str | None


def check(facts: SubscriptionFacts, table: AccessTable, now: int) -> Access:
    """What one subscription allows at `now`."""
    answer, until = _judge(facts, table, now)
    cancel_at = facts.value.cancel_at if facts.value else None
    if cancel_at is not None and (until is None or cancel_at < until):
        until = cancel_at
    return Access(
        allowed=answer.allowed,
        phrase=answer.phrase,
        code=answer.code,
        until=until if answer.allowed else None,
        subscription_id=facts.subscription_id,
        status=facts.value.status if facts.value else None,
    )


def best(every: Sequence[SubscriptionFacts], table: AccessTable, now: int) -> Access:
    """What a customer may do at `now`: the allowed answer that lasts longest, else the newest
    subscription's.
    """
    newest_first = sorted(every, key=lambda each: (each.first_created, each.subscription_id), reverse=True)
    answers = [check(each, table, now) for each in newest_first]
    allowed = [each for each in answers if each.allowed]
    if allowed:
        return max(allowed, key=lambda each: float("inf") if each.until is None else each.until)
    if answers:
        return answers[0]
    none = table.no_subscription
    return Access(
        allowed=none.allowed,
        phrase=none.phrase,
        code=none.code,
        until=None,
        subscription_id=None,
        status=None,
    )


def _judge(facts: SubscriptionFacts, table: AccessTable, now: int) -> tuple[Answer, int | None]:
    """The answer and the instant at which it ends, before `cancel_at` bounds it."""
    status = facts.value.status if facts.value else "active"
    if status not in table.statuses:
        return UNKNOWN_STATUS, None
    if status in TERMINAL_STATUSES:
        return table.statuses[status].answer, None
    if facts.value and facts.value.cancel_at is not None and now >= facts.value.cancel_at:
        return table.statuses["canceled"].answer, None
    if status in BLOCKING_STATUSES:
        return table.statuses[status].answer, None
    if status == "past_due" or facts.failed_since is not None:
        return _past_due(facts, table, now)
    return _paying(facts, table, status, now)


def _past_due(facts: SubscriptionFacts, table: AccessTable, now: int) -> tuple[Answer, int | None]:
    rule = table.statuses["past_due"]
    afterwards = rule.then or table.payment_pending
    if facts.paid_through is None:
        return afterwards, None
    since = facts.failed_since if facts.past_due_since is None else facts.past_due_since
    if rule.for_s is None or since is None:
        return rule.answer, None
    return (rule.answer, since + rule.for_s) if now < since + rule.for_s else (afterwards, None)


def _paying(facts: SubscriptionFacts, table: AccessTable, status: str, now: int) -> tuple[Answer, int | None]:
    if facts.paid_through is not None:
        end = facts.paid_through + table.renewal_leeway_s
        return (table.statuses[status].answer, end) if now < end else (table.renewal_overdue, None)
    if facts.paid_at_checkout is not None:
        end = facts.paid_at_checkout + table.settling_s
        if now < end:
            return table.settling, end
    return table.payment_pending, None
