"""What a set of rows makes of an order: paid once, taken back when it is, and never by the order of rows."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from stripe_says import NOW, event, session

from rehearsal_server.events import read_event
from rehearsal_server.facts import Row
from rehearsal_server.orders import Order, credits_of, orders_of

WANTED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "charge.refunded",
        "charge.dispute.created",
        "charge.dispute.closed",
    }
)


def row(event_id: str, type_: str, about: dict[str, Any], created: int = NOW) -> Row:
    found = read_event(event(event_id, type_, about, created), WANTED).row
    assert found is not None
    return found


def bought(kind: str = "completed", payment_status: str = "paid", **changes: Any) -> Row:
    """A row of Ada's checkout of 100 credits for ten dollars."""
    about = session(
        payment_status,
        mode="payment",
        subscription=None,
        payment_intent="pi_1",
        amount_total=1_000,
        metadata={"offer_id": "compute_credits", "credits": "100", "user_id": "ada"},
        **changes,
    )
    return row(f"evt_{kind}", f"checkout.session.{kind}", about)


def refunded(cents: int, event_id: str = "evt_refunded") -> Row:
    about = {
        "id": "ch_1",
        "object": "charge",
        "payment_intent": "pi_1",
        "amount_refunded": cents,
        "amount": 1_000,
    }
    return row(event_id, "charge.refunded", about)


def dispute(status: str, dispute_id: str = "dp_1") -> Row:
    about = {
        "id": dispute_id,
        "object": "dispute",
        "payment_intent": "pi_1",
        "charge": "ch_1",
        "status": status,
    }
    kind = "closed" if status in ("won", "lost", "warning_closed") else "created"
    return row(f"evt_{dispute_id}_{status}", f"charge.dispute.{kind}", about)


def only(rows: list[Row]) -> Order:
    """The one order of these rows, the same in every order of them."""
    first, *others = [orders_of(each) for each in permutations(rows)]
    assert all(other == first for other in others)
    (order,) = first
    return order


def test_a_paid_session_is_one_order_of_its_user() -> None:
    order = only([bought()])
    assert (order.session_id, order.user, order.offer, order.amount_cents) == (
        "cs_test_1",
        "ada",
        "compute_credits",
        1_000,
    )
    assert order.is_paid
    assert credits_of([order]) == 100


def test_complete_is_not_paid() -> None:
    """The money of a bank debit is on its way: fulfilling now would give it away."""
    order = only([bought(payment_status="unpaid")])
    assert (order.is_paid, order.is_failed, credits_of([order])) == (False, False, 0)


def test_money_that_comes_later_counts_once() -> None:
    order = only([bought(payment_status="unpaid"), bought("async_payment_succeeded")])
    assert order.is_paid
    assert credits_of([order]) == 100


def test_money_that_never_comes_fails_the_order() -> None:
    order = only([bought(payment_status="unpaid"), bought("async_payment_failed", payment_status="unpaid")])
    assert order.is_failed
    assert credits_of([order]) == 0


@pytest.mark.parametrize(("cents", "credits"), [(999, 100), (1_000, 0)])
def test_only_a_full_refund_takes_credits_back(cents: int, credits: int) -> None:
    assert credits_of([only([bought(), refunded(1, "evt_0"), refunded(cents)])]) == credits


@pytest.mark.parametrize(
    ("statuses", "credits"),
    [
        (["needs_response"], 0),
        (["needs_response", "lost"], 0),
        (["needs_response", "won"], 100),
        (["warning_needs_response"], 100),
        (["warning_needs_response", "needs_response"], 0),
        (["warning_needs_response", "warning_closed"], 100),
    ],
)
def test_a_dispute_withholds_credits_until_it_is_won(statuses: list[str], credits: int) -> None:
    assert credits_of([only([bought(), *map(dispute, statuses)])]) == credits


def test_a_second_dispute_holds_what_the_first_gave_back() -> None:
    rows = [bought(), dispute("won"), dispute("needs_response", "dp_2")]
    assert only(rows).is_disputed


def test_what_somebody_else_wrote_as_credits_is_none() -> None:
    """Metadata is text; only a small whole number is a count."""
    for text in ("-5", "1e9", "9" * 10, "", "ten", "1.5"):
        metadata = {"offer_id": "compute_credits", "credits": text}
        about = session(mode="payment", subscription=None, payment_intent="pi_1", metadata=metadata)
        assert credits_of(orders_of([row("evt_1", "checkout.session.completed", about)])) == 0
