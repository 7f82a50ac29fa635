"""Facts are a function of the set of rows."""

from __future__ import annotations

import itertools
import json
import random

import pytest

from rehearsal_server.facts import (
    Row,
    Settlement,
    UnsettledError,
    current_value,
    fold,
    past_due_since,
    row_set,
    subscriptions,
)

STATUSES = ("incomplete", "active", "past_due", "trialing")
ENDS = (None, 500, 900)


def value(status: str, cancel_at: int | None = None) -> str:
    """Canonical JSON, as a row keeps it."""
    return json.dumps({"cancel_at": cancel_at, "ended_at": None, "status": status}, separators=(",", ":"))


def row(name: str, created: int, after: str, before: str | None = None, **changes: object) -> Row:
    of_type = "customer.subscription.updated"
    return Row(
        f"evt_{name}", of_type, "sub_1", "cus_1", "sub_1", None, None, None, created, after, before
    )._replace(**changes)


def told(name: str, object_id: str, created: int, type_: str, **fields: object) -> Row:
    """A row of an invoice or a checkout session of sub_1."""
    return Row(
        f"evt_{name}", type_, object_id, "cus_1", "sub_1", None, None, None, created, json.dumps(fields), None
    )


def history(chance: random.Random) -> tuple[list[Row], str]:
    """A complete history of one subscription, up to four events in a second, and its true last value."""
    now, rows = 100, []
    current = value("incomplete")
    if chance.random() < 0.5:
        rows.append(row("0", now, current, None, type="customer.subscription.created"))
    for number in range(1, chance.randint(2, 10)):
        now += chance.choice((0, 0, 0, 1, 7))
        after = chance.choice((current, value(chance.choice(STATUSES), chance.choice(ENDS))))
        if chance.random() < 0.03:
            after = value("canceled")
        rows.append(row(str(number), now, after, current))
        current = after
        if current == value("canceled"):
            break
    return rows, current


def ends_where_it_began_or_repeats(rows: list[Row]) -> bool:
    """Does the newest second return to its first value, or hold one change twice?"""
    newest = max(each.created for each in rows)
    last = [each for each in rows if each.created == newest]
    moves = [(each.undone, each.fields) for each in last if each.undone != each.fields]
    return last[0].undone == last[-1].fields or len(set(moves)) < len(moves)


def test_every_complete_history_gives_its_last_value_in_any_order() -> None:
    """Of 20,000 random ones none gives a wrong value; what is undecided returns to its start or repeats."""
    chance = random.Random(1)
    undecided = 0
    for _ in range(20_000):
        rows, truth = history(chance)
        shuffled = chance.sample(rows, len(rows))
        found = fold(shuffled)
        assert found == fold(rows)
        if found is None:
            undecided += 1
            assert ends_where_it_began_or_repeats(rows), rows
        else:
            assert found == truth, rows
    assert undecided < 2_000


def test_every_order_of_three_events_in_one_second_gives_the_last_value() -> None:
    """Incomplete, active, cancellation set: six orders, one answer."""
    steps = [value("incomplete"), value("active"), value("active", 900)]
    rows = [
        row("1", 100, steps[0], None),
        row("2", 100, steps[1], steps[0]),
        row("3", 100, steps[2], steps[1]),
    ]
    assert {fold(order) for order in itertools.permutations(rows)} == {steps[2]}


def test_missing_older_events_never_make_a_complete_newest_second_wrong() -> None:
    """Of 20,000 random subsets that hold the whole newest second, none decides a wrong value."""
    chance = random.Random(2)
    for _ in range(20_000):
        rows, truth = history(chance)
        newest = max(each.created for each in rows)
        some = [each for each in rows if each.created == newest or chance.random() < 0.5]
        assert fold(some) in (None, truth), some


def test_a_second_event_id_for_the_same_change_is_harmless() -> None:
    """Of 20,000 random histories with changes told twice, none decides a wrong value."""
    chance = random.Random(3)
    for _ in range(20_000):
        rows, truth = history(chance)
        again = [each._replace(event_id=each.event_id + "_again") for each in rows if chance.random() < 0.3]
        assert fold(chance.sample([*rows, *again], len(rows) + len(again))) in (None, truth), (rows, again)


def test_a_terminal_status_is_absorbing() -> None:
    """Nothing that is told later, or of a later second, revives a canceled subscription."""
    rows = [row("1", 100, value("canceled")), row("2", 200, value("active"), value("past_due"))]
    assert fold(rows) == value("canceled")


def test_a_newest_second_with_a_gap_is_undecided() -> None:
    """Two values are reached and not left: the event between them is still on its way."""
    first = row("1", 100, value("active"), value("incomplete"))
    third = row("3", 100, value("active", 900), value("past_due"))
    assert fold([first, third]) is None


def test_set_and_undone_within_a_second_is_undecided() -> None:
    """A-B-A and B-A-B leave the same rows in the second, so no set of rows may decide between them."""
    rows = [
        row("1", 100, value("active"), value("trialing")),
        row("2", 100, value("trialing"), value("active")),
    ]
    assert fold(rows) is None


def test_a_settlement_stands_for_one_set_of_rows_only() -> None:
    """Stripe's answer is used for the rows it settled; one row more, and it is void."""
    rows = [
        row("1", 100, value("active"), value("trialing")),
        row("2", 100, value("trialing"), value("active")),
    ]
    settled = Settlement(row_set(rows), value("active"))
    assert current_value(rows, settled).status == "active"
    more = [*rows, row("3", 100, value("active"), value("trialing"))]
    with pytest.raises(UnsettledError):
        current_value(more, settled)


@pytest.mark.parametrize(
    ("rows", "since"),
    [
        pytest.param([row("1", 100, value("past_due"), value("active"))], 100, id="one event"),
        pytest.param(
            [
                row("1", 100, value("past_due"), value("active")),
                row("2", 200, value("past_due"), value("past_due")),
                row("3", 300, value("past_due", 900), value("past_due")),
            ],
            100,
            id="a run goes back to its first second",
        ),
        pytest.param(
            [
                row("1", 100, value("past_due"), value("active")),
                row("2", 200, value("active"), value("past_due")),
                row("3", 300, value("past_due"), value("active")),
            ],
            300,
            id="a recovery ends the run",
        ),
        pytest.param(
            [
                row("1", 100, value("past_due"), value("active")),
                row("3", 300, value("past_due"), value("active")),
            ],
            300,
            id="a recovery that was not told is seen in what was undone",
        ),
        pytest.param(
            [
                row("1", 100, value("past_due"), value("active")),
                row("2", 300, value("active"), value("past_due")),
                row("3", 300, value("past_due", 900), value("active")),
            ],
            300,
            id="recovery and failure in one second",
        ),
    ],
)
def test_past_due_since_is_the_first_second_of_the_trailing_run(rows: list[Row], since: int) -> None:
    """In every order of the rows."""
    assert {past_due_since(order) for order in itertools.permutations(rows)} == {since}


def test_paid_through_is_the_latest_period_end_of_paid_invoices() -> None:
    """An open invoice of a later period extends nothing, and neither does one without lines."""
    rows = [
        told("1", "in_1", 100, "invoice.paid", paid=True, period_end=1_000),
        told("2", "in_2", 200, "invoice.paid", paid=True, period_end=2_000),
        told("3", "in_3", 300, "invoice.payment_failed", paid=False, period_end=3_000),
        told("4", "in_4", 300, "invoice.paid", paid=True, period_end=None),
    ]
    (facts,) = subscriptions(rows, {})
    assert facts.paid_through == 2_000


def test_a_failure_counts_from_its_first_try_until_the_invoice_is_paid() -> None:
    """Retries move nothing; payment ends it, in whatever order the events came."""
    rows = [
        row("1", 50, value("active")),
        told("2", "in_1", 100, "invoice.payment_failed", paid=False, period_end=None),
        told("3", "in_1", 200, "invoice.payment_failed", paid=False, period_end=None),
    ]
    payment = told("4", "in_1", 150, "invoice.paid", paid=True, period_end=1_000)
    assert {subscriptions(order, {})[0].failed_since for order in itertools.permutations(rows)} == {100}
    assert subscriptions([*rows, payment], {})[0].failed_since is None


def test_a_failure_that_the_status_already_knows_does_not_count() -> None:
    """A subscription event of the same second or later says what the failure did."""
    failure = told("2", "in_1", 100, "invoice.payment_failed", paid=False, period_end=None)
    (facts,) = subscriptions([row("1", 100, value("active")), failure], {})
    assert facts.failed_since is None


def test_facts_are_kept_apart_by_subscription() -> None:
    """What is told of one subscription says nothing of another of the same customer."""
    other = row("2", 200, value("active"), object_id="sub_2", subscription="sub_2")
    found = subscriptions([row("1", 300, value("canceled")), other], {})
    assert {each.subscription_id: each.value.status for each in found if each.value} == {
        "sub_1": "canceled",
        "sub_2": "active",
    }
