"""Taking events in: rows, folding, and Stripe's own answer where rows do not decide."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from served import Server
from stripe_says import DAY_S, NOW, deleted, paid, subscription, updated

FETCH = "GET /v1/subscriptions/sub_1"
LATER = NOW + DAY_S


def set_and_lifted() -> list[dict[str, Any]]:
    """A cancellation set and lifted in one second: the rows do not decide."""
    return [
        updated("evt_set", subscription(cancel_at=LATER), {"cancel_at": None}),
        updated("evt_lifted", subscription(), {"cancel_at": LATER}),
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_four_events_in_one_second_end_alike_in_every_order(server: Server, order: tuple[int, ...]) -> None:
    """Started, cancellation set, lifted, set again for another day."""
    server.stripe.answers[FETCH] = (200, subscription(cancel_at=LATER + 1))
    steps = [
        updated("evt_1", subscription(), {"status": "incomplete"}),
        updated("evt_2", subscription(cancel_at=LATER), {"cancel_at": None}),
        updated("evt_3", subscription(), {"cancel_at": LATER}),
        updated("evt_4", subscription(cancel_at=LATER + 1), {"cancel_at": None}),
    ]
    server.deliver(paid())
    for place in order:
        assert server.decision(steps[place]) == "applied"
    assert server.contents()["settlements"] == []
    assert server.claim()["active"] is False  # no session was completed
    server.clock.now = LATER
    assert server.code() == "ACTIVE"
    server.clock.now = LATER + 1
    assert server.code() == "CANCELED"


def test_what_rows_do_not_decide_stripe_settles_once(server: Server) -> None:
    """The answer is kept with the rows it settled; a duplicate asks nobody and writes nothing."""
    server.stripe.answers[FETCH] = (200, subscription())
    first, second = set_and_lifted()
    server.deliver(first)
    assert server.stripe.sent == []
    assert server.decision(second) == "applied"
    assert len(server.stripe.sent) == 1
    ((sub, _, value),) = server.contents()["settlements"]
    assert (sub, value) == ("sub_1", '{"cancel_at":null,"ended_at":null,"price_ids":[],"status":"active"}')
    writes = server.connection.total_changes
    assert [server.decision(each) for each in (first, second)] == ["duplicate", "duplicate"]
    assert (server.connection.total_changes, len(server.stripe.sent)) == (writes, 1)


def test_a_fetch_that_fails_leaves_nothing_behind(server: Server) -> None:
    """503; when Stripe answers again the same delivery is applied."""
    first, second = set_and_lifted()
    server.deliver(first)
    before = server.contents()
    for answer in ((500, {"error": {"type": "api_error"}}), (200, {"id": "sub_1", "status": 7})):
        server.stripe.answers[FETCH] = answer
        refusal = server.deliver(second)
        assert (refusal.status_code, refusal.json["error"]["code"]) == (503, "STRIPE_UNAVAILABLE")
        assert server.contents() == before
    server.stripe.answers[FETCH] = (200, subscription())
    assert server.decision(second) == "applied"


def test_stripe_is_never_asked_inside_a_transaction(server: Server) -> None:
    """No lock is held while a network is slow."""
    open_while_asked = []

    def answer(*_: object) -> tuple[int, Any]:
        open_while_asked.append(server.connection.in_transaction)
        return 200, subscription()

    server.stripe.answers[FETCH] = answer
    for each in set_and_lifted():
        server.deliver(each)
    assert open_while_asked == [False]


def test_a_settlement_is_void_when_the_rows_grow(server: Server) -> None:
    """Still undecided: asked again.  Decided by a newer second: forgotten."""
    server.stripe.answers[FETCH] = (200, subscription())
    for each in set_and_lifted():
        server.deliver(each)
    (kept,) = server.contents()["settlements"]
    server.deliver(updated("evt_old", subscription(), {"status": "incomplete"}, NOW - 5))
    (other,) = server.contents()["settlements"]
    assert other[1] != kept[1]
    assert len(server.stripe.sent) == 2
    server.deliver(updated("evt_new", subscription("past_due"), {"status": "active"}, NOW + 5))
    assert server.contents()["settlements"] == []
    assert len(server.stripe.sent) == 2


def test_an_answer_for_other_rows_is_not_used(server: Server) -> None:
    """An event that came in while Stripe was asked makes the server ask again."""
    first, second = set_and_lifted()
    server.deliver(first)
    meanwhile = [updated("evt_meanwhile", subscription(), {"default_payment_method": None})]

    def answer(*_: object) -> tuple[int, Any]:
        if meanwhile:
            assert server.decision(meanwhile.pop()) == "applied"
            return 200, subscription("unpaid")
        return 200, subscription()

    server.stripe.answers[FETCH] = answer
    assert server.decision(second) == "applied"
    ((_, _, value),) = server.contents()["settlements"]
    assert '"active"' in value


def test_events_that_never_cease_end_in_503(server: Server) -> None:
    """Rather than in an endless loop."""
    first, second = set_and_lifted()
    server.deliver(first)
    numbers = itertools.count()

    def answer(*_: object) -> tuple[int, Any]:
        event_id = f"evt_meanwhile_{next(numbers)}"
        server.deliver(updated(event_id, subscription(), {"default_payment_method": None}))
        return 200, subscription()

    server.stripe.answers[FETCH] = answer
    assert server.deliver(second).status_code == 503


def test_updated_after_deleted_revives_nothing(server: Server) -> None:
    """Whichever comes first, and whatever their seconds say."""
    late = updated("evt_late", subscription(), {"default_payment_method": None}, NOW + 5)
    server.deliver(paid())
    server.deliver(deleted())
    server.deliver(late)
    assert server.code() == "CANCELED"


def test_two_event_ids_for_one_fact_are_two_rows_and_one_fact(server: Server) -> None:
    """Stripe may tell a fact twice under different ids."""
    server.deliver(paid("evt_1"))
    once = server.status("admin-" + "0" * 32, customerId="cus_1").json
    assert server.decision(paid("evt_2")) == "applied"
    assert server.status("admin-" + "0" * 32, customerId="cus_1").json == once
