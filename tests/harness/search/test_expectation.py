"""What a backend ought to answer: the access table, row by row, and who may believe what in mid-flight."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from search.rehearsed import TABLE, Guide
from search.stories import (
    AGAIN_LATER,
    BOUGHT,
    CANCELED,
    DELAYED,
    DITHERED,
    FAILED,
    RECOVERED,
    TRIAL,
)

from rehearsal_harness.core.expectation import Known, boundaries, expect, learn, past_due_since, refusal
from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.story import Story

T = 1_000_000_000
DAY_S = 86_400
END = T + 30 * DAY_S  # of the paid period
LEEWAY_END = END + TABLE.renewal_leeway_s
GRACE_S = TABLE.statuses["past_due"].for_s


def known(status: str = "active", **more: object) -> Known:
    """A subscription paid to END whose newest event says `status` at T."""
    paid = {"paid_through": END, "paid_at": 1, "settled_second": T}
    fields = {"status": status, "status_at": 0 if status else -1, "status_second": T if status else -1}
    return Known(customer="cus_1", subscription="sub_1", first_created=T, **{**fields, **paid, **more})


UNPAID = {"paid_through": None, "paid_at": -1}
PAST_DUE = {"past_due_since": END}

TABLE_OF_TRUTH = [
    # what is known, then: at, allowed, CODE, until
    (known("active"), T, True, "ACTIVE", LEEWAY_END),
    (known("active"), LEEWAY_END - 1, True, "ACTIVE", LEEWAY_END),
    (known("active"), LEEWAY_END, False, "RENEWAL_OVERDUE", None),
    (known(""), T, True, "ACTIVE", LEEWAY_END),
    (known("trialing"), T, True, "TRIALING", LEEWAY_END),
    (known("trialing"), LEEWAY_END, False, "RENEWAL_OVERDUE", None),
    (known("active", cancel_at=END), END - 1, True, "ACTIVE", END),
    (known("active", cancel_at=END), END, False, "CANCELED", None),
    (known("trialing", cancel_at=T + 5), T + 4, True, "TRIALING", T + 5),
    (known("active", **UNPAID), T + DAY_S - 1, True, "SETTLING", T + DAY_S),
    (known("active", **UNPAID), T + DAY_S, False, "PAYMENT_PENDING", None),
    (known("active", **UNPAID, cancel_at=T + 9), T, True, "SETTLING", T + 9),
    (known("active", **{**UNPAID, "settled_second": None}), T, False, "PAYMENT_PENDING", None),
    (known("past_due", **PAST_DUE), END, True, "PAST_DUE_GRACE", END + GRACE_S),
    (known("past_due", **PAST_DUE), END + GRACE_S - 1, True, "PAST_DUE_GRACE", END + GRACE_S),
    (known("past_due", **PAST_DUE), END + GRACE_S, False, "PAST_DUE", None),
    (known("past_due", **PAST_DUE, cancel_at=END + 9), END, True, "PAST_DUE_GRACE", END + 9),
    (known("past_due", **{**PAST_DUE, **UNPAID}), END, False, "PAST_DUE", None),
    (known("active", failures={"in_2": END}), END, True, "PAST_DUE_GRACE", END + GRACE_S),
    (known("active", failures={"in_2": T}), T, True, "ACTIVE", LEEWAY_END),
    (known("unpaid"), T, False, "UNPAID", None),
    (known("paused"), T, False, "PAUSED", None),
    (known("incomplete"), T, False, "INCOMPLETE", None),
    (known("unpaid", cancel_at=END), END, False, "CANCELED", None),
    (known("incomplete_expired"), T, False, "INCOMPLETE_EXPIRED", None),
    (known("canceled"), T, False, "CANCELED", None),
]


@pytest.mark.parametrize(("held", "at", "allowed", "code", "until"), TABLE_OF_TRUTH)
def test_the_truth_of_each_status(held: Known, at: int, allowed: bool, code: str, until: int | None) -> None:
    """Every row of the access table, to the second."""
    wanted = expect([held], TABLE, at)

    assert (wanted.allowed, wanted.answer.code, wanted.until) == (allowed, code, until)


def test_every_status_of_the_manifest_is_in_the_truth_table() -> None:
    """A status that is added is tried here too."""
    assert set(TABLE.statuses) == {held.status for held, *_ in TABLE_OF_TRUTH} - {""}


def test_nobody_is_expected_to_know_a_stranger() -> None:
    """No event, no subscription."""
    assert expect([], TABLE, T).answer.code == "NO_SUBSCRIPTION"


def test_the_best_subscription_speaks_for_its_customer() -> None:
    """The allowed one that lasts longest; of denied ones the newest."""
    old, new = known("canceled"), replace(known("unpaid"), subscription="sub_2", first_created=T + 1)
    running = replace(known(), subscription="sub_0", first_created=T - 1)
    longer = replace(running, subscription="sub_3", paid_through=END + 9)

    assert expect([new, old], TABLE, T).answer.code == "UNPAID"
    assert expect([old, new, running], TABLE, T).answer.code == "ACTIVE"
    assert expect([running, longer], TABLE, T).until == LEEWAY_END + 9


@pytest.mark.parametrize(("held", "at", "allowed", "code", "until"), TABLE_OF_TRUTH)
def test_whatever_is_expected_may_be_granted(
    held: Known, at: int, allowed: bool, code: str, until: int | None
) -> None:
    """In mid-flight a backend may never be refuted for what it must answer at quiescence."""
    if allowed:
        assert refusal([held], TABLE, at) == ""


@pytest.mark.parametrize(
    ("held", "at", "reason"),
    [
        (known("canceled"), T, "access_ends_when_told"),
        (known("active", cancel_at=END), END, "access_ends_when_told"),
        (known("past_due", **PAST_DUE, status_at=2), END + GRACE_S, "access_ends_when_told"),
        (known("unpaid", status_at=2), T, "access_ends_when_told"),
        (known("active"), LEEWAY_END, "access_supported"),
        (known("active", **{**UNPAID, "settled_second": None}), T, "access_supported"),
        (known("active", **UNPAID), T + DAY_S, "access_supported"),
        (known("unpaid", status_at=0), T, ""),  # a payment that came after the status may be believed
    ],
)
def test_what_may_not_be_granted_in_mid_flight(held: Known, at: int, reason: str) -> None:
    """Only what was told counts, and a later word over an earlier one."""
    assert refusal([held], TABLE, at) == reason


def test_one_subscription_that_allows_is_enough_in_mid_flight() -> None:
    """An old deletion does not forbid what a new payment allows."""
    assert refusal([known("canceled"), replace(known(), subscription="sub_2")], TABLE, T) == ""
    assert refusal([], TABLE, T) == "access_supported"


@pytest.mark.parametrize(("held", "at", "allowed", "code", "until"), TABLE_OF_TRUTH)
def test_an_answer_changes_only_at_boundaries(
    held: Known, at: int, allowed: bool, code: str, until: int | None
) -> None:
    """Between two boundaries the answer is the same."""
    edges = sorted({T, *(edge for edge in boundaries([held], TABLE) if edge > T), T + 99 * DAY_S})
    for begin, end in pairwise(edges):
        seconds = (begin, (begin + end) // 2, end - 1)
        assert len({expect([held], TABLE, second).answer.code for second in seconds}) == 1


def known_of(told: Story, moves: int) -> list[Known]:
    """What all events of a story say after so many steps of it, nothing having been delivered."""
    guide = Guide(told)
    guide.proceed(moves)
    (found,) = learn(guide.node.world.events).values()
    return found


def test_events_are_learnt_in_true_order() -> None:
    """Of two changes in one second the later one holds."""
    (found,) = known_of(DITHERED, 2)
    assert (found.status, found.cancel_at) == ("active", None)
    (found,) = known_of(CANCELED, 3)
    assert found.cancel_at == found.paid_through


def test_a_delayed_payment_settles_nothing() -> None:
    """A completed checkout that is not paid starts no window."""
    (found,) = known_of(DELAYED, 2)

    assert (found.settled_second, found.paid_through) == (None, None)


def test_a_checkout_that_is_paid_settles_and_pays() -> None:
    """Its session opens the window of settling, its invoice pays the first period."""
    (found,) = known_of(BOUGHT, 2)

    assert found.settled_second == found.first_created
    assert found.paid_through is not None
    assert past_due_since(found) is None


def told_all(told: Story) -> list[list[Known]]:
    """What each customer's events say at the end of a story whose webhooks arrive at once."""
    guide = Guide(told)
    while not guide.moves.finished(guide.node):
        waiting = next((move for move in guide.possible() if move.kind == "deliver"), None)
        guide.go(*(waiting or ("proceed",)))
    return list(guide.checker.everything(guide.node).values())


def test_a_failed_renewal_is_past_due_since_its_failure() -> None:
    """An hour after the period's end, when the draft was charged; being paid ends it."""
    ((failed,),), ((recovered,),) = told_all(FAILED), told_all(RECOVERED)

    assert failed.status == "past_due"
    assert past_due_since(failed) == failed.paid_through + 3_600
    assert past_due_since(recovered) is None
    assert recovered.paid_through > failed.paid_through


def test_each_subscription_of_a_customer_is_known_apart() -> None:
    """Bought again: the old one is canceled, the new one is not."""
    every = [each.status for customer in told_all(AGAIN_LATER) for each in customer]

    assert sorted(every) == ["", "canceled"]


def test_a_trial_is_paid_with_nothing() -> None:
    """Its first invoice pays the trial, the second the month."""
    ((found,),) = told_all(TRIAL)

    assert found.paid_through > found.first_created + 28 * DAY_S


def test_usage_that_was_billed_afterwards_is_trusted_for_as_long_again() -> None:
    """A bill for time ahead pays for that alone, however late it is paid."""
    (event,) = [event for event in bought_events() if event.type == "invoice.paid"]
    (line,) = event.after.lines
    (ahead,) = learn([replace(event, created=line.period_end + DAY_S)])[event.after.customer]
    billed = replace(event, after=replace(event.after, created=line.period_end))
    (afterwards,) = learn([billed])[event.after.customer]
    waited = replace(billed.after, lines=(replace(line, invoice_item="ii_1"),))
    (prorated,) = learn([replace(billed, after=waited)])[event.after.customer]

    assert prorated.paid_through == line.period_end
    assert ahead.paid_through == line.period_end
    assert afterwards.paid_through == line.period_end + 31 * DAY_S


def bought_events() -> list[Event]:
    """What Stripe says of a checkout."""
    guide = Guide(BOUGHT)
    guide.proceed(2)
    return list(guide.node.world.events)
