"""Access is facts, a clock and the manifest's table."""

from __future__ import annotations

from typing import Any

import pytest
from stripe_says import DAY_S, HOUR_S, NOW

from rehearsal_server.access import best, check
from rehearsal_server.facts import SubscriptionFacts, SubscriptionValue
from rehearsal_specs.manifest import AccessTable

END = NOW + 30 * DAY_S
LEEWAY_END = END + 24 * HOUR_S


def facts(status: str | None = "active", cancel_at: int | None = None, **changes: Any) -> SubscriptionFacts:
    value = None if status is None else SubscriptionValue(status=status, cancel_at=cancel_at, ended_at=None)
    known: dict[str, Any] = {
        "subscription_id": "sub_1",
        "customer": "cus_1",
        "first_created": NOW,
        "value": value,
        "past_due_since": None,
        "failed_since": None,
        "paid_through": END,
        "paid_at_checkout": None,
    }
    return SubscriptionFacts(**{**known, **changes})


@pytest.mark.parametrize(
    ("known", "at", "code", "until"),
    [
        pytest.param(facts(), NOW, "ACTIVE", LEEWAY_END, id="paid"),
        pytest.param(facts(None), NOW, "ACTIVE", LEEWAY_END, id="paid, no subscription event yet"),
        pytest.param(facts("trialing"), NOW, "TRIALING", LEEWAY_END, id="trialing"),
        pytest.param(facts(), LEEWAY_END - 1, "ACTIVE", LEEWAY_END, id="last second of the leeway"),
        pytest.param(facts(), LEEWAY_END, "RENEWAL_OVERDUE", None, id="leeway over"),
        pytest.param(facts("canceled"), NOW, "CANCELED", None, id="canceled"),
        pytest.param(facts("incomplete_expired"), NOW, "INCOMPLETE_EXPIRED", None, id="incomplete_expired"),
        pytest.param(facts("unpaid"), NOW, "UNPAID", None, id="unpaid"),
        pytest.param(facts("paused"), NOW, "PAUSED", None, id="paused"),
        pytest.param(facts("incomplete"), NOW, "INCOMPLETE", None, id="incomplete"),
        pytest.param(facts("frozen"), NOW, "STATUS_UNKNOWN", None, id="a status of tomorrow"),
        pytest.param(facts(cancel_at=END), END - 1, "ACTIVE", END, id="last second before cancel_at"),
        pytest.param(facts(cancel_at=END), END, "CANCELED", None, id="cancel_at reached, .deleted not told"),
        pytest.param(facts("unpaid", cancel_at=END), END, "CANCELED", None, id="cancel_at before status"),
    ],
)
def test_a_status_answers_as_its_row(
    known: SubscriptionFacts, at: int, code: str, until: int | None, table: AccessTable
) -> None:
    """With its end, where an allowed answer has one; at the end the answer has changed."""
    answer = check(known, table, at)
    assert (answer.code, answer.until, answer.allowed) == (code, until, until is not None)


@pytest.mark.parametrize(
    ("known", "at", "code", "until"),
    [
        pytest.param(
            facts("past_due", past_due_since=NOW), NOW, "PAST_DUE_GRACE", NOW + 3 * DAY_S, id="in its grace"
        ),
        pytest.param(
            facts("past_due", past_due_since=NOW), NOW + 3 * DAY_S, "PAST_DUE", None, id="grace over"
        ),
        pytest.param(
            facts("past_due", past_due_since=NOW, paid_through=None), NOW, "PAST_DUE", None, id="never paid"
        ),
        pytest.param(
            facts("past_due", NOW + DAY_S, past_due_since=NOW),
            NOW,
            "PAST_DUE_GRACE",
            NOW + DAY_S,
            id="cancel_at",
        ),
        pytest.param(
            facts(failed_since=NOW), NOW, "PAST_DUE_GRACE", NOW + 3 * DAY_S, id="failure, status not told yet"
        ),
        pytest.param(
            facts("past_due", past_due_since=NOW, failed_since=NOW + DAY_S),
            NOW,
            "PAST_DUE_GRACE",
            NOW + 3 * DAY_S,
            id="a later failure of the same run moves nothing",
        ),
        pytest.param(
            facts(None, failed_since=NOW, paid_through=None), NOW, "PAST_DUE", None, id="only a failure"
        ),
    ],
)
def test_past_due_has_a_grace_that_starts_at_the_failure(
    known: SubscriptionFacts, at: int, code: str, until: int | None, table: AccessTable
) -> None:
    """Three days, for somebody who has paid before."""
    answer = check(known, table, at)
    assert (answer.code, answer.until) == (code, until)


@pytest.mark.parametrize(
    ("known", "at", "code", "until"),
    [
        pytest.param(facts(paid_through=None), NOW, "PAYMENT_PENDING", None, id="no payment known"),
        pytest.param(
            facts(None, paid_through=None, paid_at_checkout=NOW), NOW, "SETTLING", NOW + DAY_S, id="settling"
        ),
        pytest.param(
            facts(paid_through=None, paid_at_checkout=NOW),
            NOW + DAY_S,
            "PAYMENT_PENDING",
            None,
            id="settled never",
        ),
    ],
)
def test_a_paid_checkout_settles_for_a_day(
    known: SubscriptionFacts, at: int, code: str, until: int | None, table: AccessTable
) -> None:
    """While invoice.paid is on its way."""
    answer = check(known, table, at)
    assert (answer.code, answer.until) == (code, until)


def test_a_customer_has_the_best_of_all_subscriptions(table: AccessTable) -> None:
    """An old subscription's end revokes nothing of a newer one; of two allowed the longer lasts."""
    old = facts("canceled", subscription_id="sub_0", first_created=NOW - DAY_S)
    short = facts(subscription_id="sub_1", cancel_at=NOW + DAY_S)
    long = facts(subscription_id="sub_2", first_created=NOW - DAY_S)
    assert best([old, short, long], table, NOW).subscription_id == "sub_2"


def test_without_any_access_the_newest_subscription_answers(table: AccessTable) -> None:
    """By its first event, then by its id."""
    old = facts("canceled", subscription_id="sub_9", first_created=NOW - DAY_S)
    new = [facts("unpaid", subscription_id=each) for each in ("sub_1", "sub_2")]
    assert best([*new, old], table, NOW).subscription_id == "sub_2"


def test_a_customer_without_subscriptions_has_none(table: AccessTable) -> None:
    """And is told so."""
    answer = best([], table, NOW)
    assert (answer.code, answer.allowed, answer.subscription_id) == ("NO_SUBSCRIPTION", False, None)
